"""Who is calling: passwords, JSON Web Tokens, and FastAPI's dependency for the caller."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

import jwt
from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from jwt.types import Options
from pwdlib import PasswordHash

from backend.errors import NotAuthenticated
from backend.gateway.services import Services
from backend.models import User, utc_now
from backend.ports import Tickets
from backend.store import Store

ACCESS_LIFETIME = timedelta(hours=24)
REFRESH_LIFETIME = timedelta(days=30)
TICKET_LIFETIME = timedelta(seconds=30)

passwords = PasswordHash.recommended()
_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in gives; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"
    expires_in: int = int(ACCESS_LIFETIME.total_seconds())


class Tokens:
    """Issues and reads our own tokens (HS256), and reads those of another issuer if its public
    key is given. Access and refresh tokens can't stand in for each other."""

    def __init__(
        self, secret: str, *, public_key: str | None = None, algorithm: str = "HS256"
    ) -> None:
        self._secret = secret
        self._public_key = public_key
        self._algorithm = algorithm

    def issue(self, user_id: UUID) -> TokenPair:
        """A fresh pair for a user."""
        return TokenPair(
            self._sign(user_id, "access", ACCESS_LIFETIME),
            self._sign(user_id, "refresh", REFRESH_LIFETIME),
        )

    def _sign(self, user_id: UUID, kind: str, lifetime: timedelta) -> str:
        now = utc_now()
        claims = {
            "sub": str(user_id),
            "typ": kind,
            "iat": now,
            "exp": now + lifetime,
            "jti": str(uuid4()),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read(self, token: str, kind: str = "access") -> UUID:
        """The user that a token stands for.

        Raises:
            NotAuthenticated: wrong, expired, or of the other kind.
        """
        try:
            claims = self._claims(token)
            if claims.get("typ", "access") != kind:
                raise NotAuthenticated(f"This is not an {kind} token.")
            return UUID(claims["sub"])
        except jwt.ExpiredSignatureError as error:
            raise NotAuthenticated("The token has expired. Sign in again.") from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise NotAuthenticated("The token is not valid.") from error

    def _claims(self, token: str) -> dict[str, Any]:
        required: Options = {"require": ["exp", "sub"]}
        if self._public_key and jwt.get_unverified_header(token).get("alg") == self._algorithm:
            return jwt.decode(
                token, self._public_key, algorithms=[self._algorithm], options=required
            )
        return jwt.decode(token, self._secret, algorithms=["HS256"], options=required)


async def user_of_token(store: Store, tokens: Tokens, token: str | None) -> User:
    """The user that a token stands for, if the account still exists.

    Raises:
        NotAuthenticated: no token, a wrong one, or the account is gone.
    """
    if not token:
        raise NotAuthenticated("Sign in first: no token was sent.")
    user = await _account(store, tokens.read(token))
    if user is None:
        raise NotAuthenticated("The account of this token no longer exists.")
    return user


async def user_of_ticket(store: Store, tickets: Tickets, ticket: str) -> User:
    """The user that a ticket was issued to, if the account still exists. Uses the ticket up.

    Raises:
        NotAuthenticated: unknown, used or expired, or the account is gone.
        ServiceUnavailable: tickets can't be looked up.
    """
    user = await _account(store, await tickets.redeem(ticket))
    if user is None:
        raise NotAuthenticated("The account of this ticket no longer exists.")
    return user


async def _account(store: Store, user_id: UUID) -> User | None:
    async with store.transaction() as tx:
        return await tx.users.get(user_id)


def services_of(request: Request) -> Services:
    """What the application was started with."""
    services: Services = request.app.state.services
    return services


Here = Annotated[Services, Depends(services_of)]


async def current_user(here: Here, token: Annotated[str | None, Depends(_bearer)]) -> User:
    """FastAPI dependency: the caller."""
    return await user_of_token(here.store, here.tokens, token)


Caller = Annotated[User, Depends(current_user)]
