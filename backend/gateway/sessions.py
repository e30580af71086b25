"""Renewing tokens, and ending them before they expire.

A session is all that comes of one sign-in: every renewal gives a fresh pair and uses the old refresh
token up (RFC 9700, 4.14.2). One that is used twice was copied, so the whole session ends. What has
ended is told to every process, which cuts its connections off.
"""

from backend.errors import NotAuthenticated
from backend.gateway.authentication import REFRESH_LIFETIME, TokenPair, holder, refuse_blocked
from backend.gateway.control import SignedOutEverywhere, TokensRevoked
from backend.gateway.services import Services
from backend.models import SignIn, User, utc_now


async def renew(services: Services, refresh_token: str) -> TokenPair:
    """A fresh pair for a refresh token, which can't be used again.

    Raises:
        NotAuthenticated: wrong, expired, revoked or used before, which ends the session.
        AccountBlocked: by an admin.
    """
    sign_in = services.tokens.read(refresh_token, "refresh")
    if sign_in.session_id is None:
        raise NotAuthenticated("The token is not valid.")
    async with services.store.transaction() as tx:
        found = await tx.sign_ins.account(sign_in, renewing=True)
        if found:
            refuse_blocked(found[0])  # ahead of using the token up: a block may be lifted
        fresh = await tx.sign_ins.revoke(sign_in.token_id, sign_in.expires_at)
        pair = services.tokens.issue(sign_in.user_id, sign_in.session_id)
    if not fresh:
        await _end(services, sign_in)
        raise NotAuthenticated("The refresh token was used before. Sign in again.")
    holder(found)
    return pair


async def revoke(services: Services, token: str) -> None:
    """End an access token, or a refresh token with its session. Any other text is ended already."""
    for kind in ("access", "refresh"):
        try:
            sign_in = services.tokens.read(token, kind)
        except NotAuthenticated:
            continue
        await _end(services, sign_in, alone=kind == "access")


async def revoke_all(services: Services, user: User) -> None:
    """End every token that the user has been given until now, whoever issued it."""
    async with services.store.transaction() as tx:
        before = await tx.sign_ins.revoke_all(user.id)
    await services.control.tell(SignedOutEverywhere(user_id=user.id, before=before))


async def _end(services: Services, sign_in: SignIn, *, alone: bool = False) -> None:
    if alone or sign_in.session_id is None:
        ended, until = sign_in.token_id, sign_in.expires_at
    else:
        ended, until = sign_in.session_id, utc_now() + REFRESH_LIFETIME
    async with services.store.transaction() as tx:
        await tx.sign_ins.revoke(ended, until)
    await services.control.tell(TokensRevoked(user_id=sign_in.user_id, ids=(ended,)))
