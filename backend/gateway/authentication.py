"""Who is calling: passwords, JSON Web Tokens, and FastAPI's dependency for the caller."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID, uuid4

import jwt
from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from jwt.types import Options
from pwdlib import PasswordHash

from backend.errors import NotAuthenticated
from backend.gateway.services import Services
from backend.models import SignIn, User, utc_now
from backend.store import Store

ACCESS_LIFETIME = timedelta(hours=24)
REFRESH_LIFETIME = timedelta(days=30)
TICKET_LIFETIME = timedelta(seconds=30)
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)

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

    def issue(self, user_id: UUID, session_id: UUID | None = None) -> TokenPair:
        """A fresh pair for a user, of a session that goes on or of a new one."""
        session_id = session_id or uuid4()
        return TokenPair(
            self._sign(user_id, session_id, "access", ACCESS_LIFETIME),
            self._sign(user_id, session_id, "refresh", REFRESH_LIFETIME),
        )

    def _sign(self, user_id: UUID, session_id: UUID, kind: str, lifetime: timedelta) -> str:
        now = utc_now()
        claims = {
            "sub": str(user_id),
            "typ": kind,
            # With the fraction: a sign-in in the second of a sign-out is the newer of the two.
            "iat": now.timestamp(),
            "exp": now + lifetime,
            "jti": str(uuid4()),
            "sid": str(session_id),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read(self, token: str | None, kind: str = "access") -> SignIn:
        """What a token lets in. Whether it was revoked since is for the store to say.

        Raises:
            NotAuthenticated: none, wrong, expired, without an expiry, or of the other kind.
        """
        if not token:
            raise NotAuthenticated("Sign in first: no token was sent.")
        try:
            claims, ours = self._claims(token)
            if claims.get("typ", "access") != kind:
                raise NotAuthenticated(f"This is no {kind} token.")
            return SignIn(
                user_id=UUID(claims["sub"]),
                token_id=_identity(token),
                expires_at=_moment(claims["exp"]),
                session_id=UUID(claims["sid"]) if ours and "sid" in claims else None,
                issued_at=_moment(claims["iat"]) if "iat" in claims else None,
            )
        except jwt.ExpiredSignatureError as error:
            raise NotAuthenticated("The token has expired. Sign in again.") from error
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as error:
            raise NotAuthenticated("The token is not valid.") from error

    def _claims(self, token: str) -> tuple[dict[str, Any], bool]:
        """The checked claims, and whether we issued them."""
        required: Options = {"require": ["exp", "sub"]}
        if self._public_key and jwt.get_unverified_header(token).get("alg") == self._algorithm:
            theirs = jwt.decode(
                token, self._public_key, algorithms=[self._algorithm], options=required
            )
            return theirs, False
        return jwt.decode(token, self._secret, algorithms=["HS256"], options=required), True


def _identity(token: str) -> UUID:
    """The token's own id, of what its signature covers: the signature itself can be written in several
    ways, and another issuer's token may have no `jti`."""
    signed = token.rpartition(".")[0]
    return UUID(bytes=sha256(signed.encode()).digest()[:16])


def _moment(seconds: float) -> datetime:
    """A JWT's NumericDate; some issuers write one beyond the calendar for "never"."""
    within = max(0.0, min(float(seconds), END_OF_TIME.timestamp()))
    return datetime.fromtimestamp(within, UTC)


async def account_of(store: Store, sign_in: SignIn) -> User:
    """The user that was let in, if the account still exists and the token still counts.

    Raises:
        NotAuthenticated: the token was revoked, or the account is gone.
    """
    async with store.transaction() as tx:
        return holder(await tx.sign_ins.account(sign_in))


def holder(found: tuple[User, bool] | None) -> User:
    """The user of a sign-in that holds; see `SignIns.account`.

    Raises:
        NotAuthenticated: the token was revoked, or the account is gone.
    """
    if found is None:
        raise NotAuthenticated("The account of this token no longer exists.")
    user, holds = found
    if not holds:
        raise NotAuthenticated("The token was revoked. Sign in again.")
    return user


def services_of(request: Request) -> Services:
    """What the application was started with."""
    services: Services = request.app.state.services
    return services


Here = Annotated[Services, Depends(services_of)]


async def current_sign_in(here: Here, token: Annotated[str | None, Depends(_bearer)]) -> SignIn:
    """FastAPI dependency: what the caller signed in with. Alone it doesn't say that it still holds."""
    return here.tokens.read(token)


CallersSignIn = Annotated[SignIn, Depends(current_sign_in)]


async def current_user(here: Here, sign_in: CallersSignIn) -> User:
    """FastAPI dependency: the caller."""
    return await account_of(here.store, sign_in)


Caller = Annotated[User, Depends(current_user)]
