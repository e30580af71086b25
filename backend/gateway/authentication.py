"""Who is calling: JSON Web Tokens, and FastAPI's dependency for the caller."""

import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

import jwt
from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from jwt.types import Options
from pydantic import ConfigDict

from backend.errors import AccountBlocked, Conflict, NotAuthenticated
from backend.gateway.issuer import LEEWAY, OtherIssuer, account_of_subject, newcomer_of
from backend.gateway.limits import SIGN_IN
from backend.gateway.services import Services
from backend.models import SignIn, User, utc_now
from backend.models.sign_in import Newcomer
from backend.store import Store, Transaction

ACCESS_LIFETIME = timedelta(hours=24)
REFRESH_LIFETIME = timedelta(days=30)
TICKET_LIFETIME = timedelta(seconds=30)
# What a token can make reading it end with: no JSON, claims of other kinds, numbers too large.
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, AttributeError, ArithmeticError)
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in gives; `expires_in` in seconds."""

    # As OAuth2 names them, also within a view whose names are camelCase.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(alias_generator=None)

    access_token: str
    refresh_token: str
    token_type: str = "bearer"
    expires_in: int = int(ACCESS_LIFETIME.total_seconds())


class Tokens:
    """Issues and reads our own tokens (HS256), and reads those of another issuer if there is one.
    Access and refresh tokens can't stand in for each other."""

    def __init__(self, secret: str, other: OtherIssuer | None = None) -> None:
        self._secret = secret
        self._other = other

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
            header = jwt.get_unverified_header(token)
            if "crit" in header:  # RFC 7515: to be refused by who doesn't know what it asks for
                raise jwt.InvalidTokenError("extensions that we don't know")
            # Each kind of key goes with algorithms of its own: a token can't have a public key taken
            # for a shared secret.
            if self._other is not None and header.get("alg") == self._other.algorithm:
                return self._theirs(token, self._other.claims(token), kind)
            return _ours(token, self._claims(token), kind)
        except jwt.ExpiredSignatureError as error:
            raise NotAuthenticated("The token has expired. Sign in again.") from error
        except UNREADABLE as error:
            raise NotAuthenticated("The token is not valid.") from error

    def mark(self, user_id: UUID) -> bytes:
        """What an erased account is known by once its id is forgotten: nobody without our secret can
        tell from it whose it was."""
        return hmac.digest(self._secret.encode(), f"erased {user_id}".encode(), "sha256")

    def _theirs(self, token: str, claims: dict[str, Any], kind: str) -> SignIn:
        if kind != "access":
            raise NotAuthenticated(f"This is no {kind} token of ours.")
        newcomer = newcomer_of(claims)
        user_id = account_of_subject(newcomer)
        return SignIn(
            user_id=user_id,
            token_id=_identity(token),
            expires_at=_moment(claims["exp"] + LEEWAY.total_seconds()),
            issued_at=_moment(claims["iat"]) if "iat" in claims else None,
            newcomer=replace(newcomer, mark=self.mark(user_id)),
        )

    def _claims(self, token: str) -> dict[str, Any]:
        required: Options = {"require": ["exp", "sub"]}
        return jwt.decode(token, self._secret, algorithms=["HS256"], options=required)


def _ours(token: str, claims: dict[str, Any], kind: str) -> SignIn:
    if claims.get("typ", "access") != kind:
        raise NotAuthenticated(f"This is no {kind} token.")
    return SignIn(
        user_id=UUID(claims["sub"]),
        token_id=_identity(token),
        expires_at=_moment(claims["exp"]),
        session_id=UUID(claims["sid"]) if "sid" in claims else None,
        issued_at=_moment(claims["iat"]) if "iat" in claims else None,
    )


def _identity(token: str) -> UUID:
    """The token's own id, of what its signature covers: the signature itself can be written in several
    ways, and another issuer's token may have no `jti`."""
    signed = token.rpartition(".")[0]
    return UUID(bytes=sha256(signed.encode()).digest()[:16])


def _moment(seconds: float) -> datetime:
    """A JWT's NumericDate; some issuers write one beyond the calendar for "never"."""
    within = max(0.0, min(float(seconds), END_OF_TIME.timestamp()))
    return datetime.fromtimestamp(within, UTC)


async def account_of(store: Store, sign_in: SignIn, *, even_blocked: bool = False) -> User:
    """The user that was let in, if the account still exists and the token still counts. Whom another
    issuer lets in for the first time gets an account.

    Raises:
        NotAuthenticated: the token was revoked, or the account is gone.
        AccountBlocked: by an admin, unless `even_blocked`.
    """
    async with store.transaction() as tx:
        found = await tx.sign_ins.account(sign_in)
        if found is None and sign_in.newcomer:
            await _welcome(tx, sign_in.user_id, sign_in.newcomer)
            await _refuse_erased(tx, sign_in, sign_in.newcomer)
            found = await tx.sign_ins.account(sign_in)
        user = holder(found)
    if not even_blocked:
        refuse_blocked(user)
    return user


async def _welcome(tx: Transaction, user_id: UUID, newcomer: Newcomer) -> None:
    """Make an account for somebody whom another issuer knows. An address that is taken stays with
    whom it is taken by: nobody proved to us that it is theirs."""
    nowhere = f"{user_id}@external.invalid"
    for email in (newcomer.email or nowhere, nowhere):
        try:
            await tx.users.add(
                User(
                    id=user_id,
                    email=email,
                    display_name=newcomer.display_name or "Friend",
                    issuer=newcomer.issuer,
                    external_subject=newcomer.subject,
                )
            )
        except Conflict:  # the address is taken, or another request was first
            continue
        return


async def _refuse_erased(tx: Transaction, sign_in: SignIn, newcomer: Newcomer) -> None:
    """After the account was made, in the same transaction: so no erasure of the same id can come in
    between unseen.

    Raises:
        NotAuthenticated: an erased account isn't to come back by a token from before.
    """
    erasure = await tx.erasures.latest(sign_in.user_id, newcomer.mark)
    if erasure is None:
        return
    if erasure.user_id or erasure.finished_at is None:
        raise NotAuthenticated(
            "The account of this token is being erased. Sign in anew in a quarter of an hour."
        )
    if sign_in.older_than(erasure.finished_at + LEEWAY):
        raise NotAuthenticated("The account of this token was erased. Sign in anew for a new one.")


def holder(found: tuple[User, bool] | None) -> User:
    """The user of a sign-in that holds, blocked or not; see `SignIns.account`.

    Raises:
        NotAuthenticated: the token was revoked, or the account is gone.
    """
    if found is None:
        raise NotAuthenticated("The account of this token no longer exists.")
    user, holds = found
    if not holds:
        raise NotAuthenticated("The token was revoked. Sign in again.")
    return user


def refuse_blocked(user: User) -> None:
    """Raises: AccountBlocked: an admin blocked the account; says why."""
    if user.blocked_at:
        raise AccountBlocked(user.blocked_reason)


def services_of(request: Request) -> Services:
    """What the application was started with."""
    services: Services = request.app.state.services
    return services


Here = Annotated[Services, Depends(services_of)]


async def current_sign_in(
    here: Here, request: Request, token: Annotated[str | None, Depends(_bearer)]
) -> SignIn:
    """FastAPI dependency: what the caller signed in with. Alone it doesn't say that it still holds."""
    known: SignIn | None = request.scope.get(SIGN_IN)  # counting the request has read it
    return known or here.tokens.read(token)


CallersSignIn = Annotated[SignIn, Depends(current_sign_in)]


async def current_user(here: Here, sign_in: CallersSignIn) -> User:
    """FastAPI dependency: the caller."""
    return await account_of(here.store, sign_in)


Caller = Annotated[User, Depends(current_user)]


async def current_owner(here: Here, sign_in: CallersSignIn) -> User:
    """FastAPI dependency: the caller, also one whom an admin has blocked: what is held on somebody is
    theirs to take away and to have erased."""
    return await account_of(here.store, sign_in, even_blocked=True)


EvenBlocked = Annotated[User, Depends(current_owner)]
