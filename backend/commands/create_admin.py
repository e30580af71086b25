"""`keepsake create-admin`: makes an admin, or gives that role to an account that exists."""

from collections.abc import Callable

from backend.bootstrap.stores import reach_store
from backend.errors import InvalidRequest
from backend.gateway.emails import is_email
from backend.gateway.passwords import hash_password, refuse_weak
from backend.models import User, utc_now
from backend.models.user import ADMIN
from backend.settings import Settings
from backend.store import Store


async def create_admin(
    settings: Settings, email: str, password: str | None, ask: Callable[[], str]
) -> str:
    """Says what was done. A new account needs a password, which is asked for if none is given; one
    that exists keeps its own unless another is given, which signs it out everywhere. A block is
    lifted: this is also the way back in when the last admin is locked out.

    Raises:
        InvalidRequest: it is no address, or the password would be guessed early.
    """
    async with reach_store(settings) as (store, _stores):
        async with store.transaction() as tx:
            known = await tx.users.by_email(email)
        if known is None:
            if not is_email(email):
                raise InvalidRequest(f"{email} is no email address that somebody can have.")
            password = ask() if password is None else password
        password_hash = None
        if password is not None:
            refuse_weak(password, email)
            password_hash = await hash_password(password)
        return await _make_admin(store, email, password_hash)


async def _make_admin(store: Store, email: str, password_hash: str | None) -> str:
    async with store.transaction() as tx:
        user = await tx.users.by_email(email)
        done = []
        if user is None:
            user = User(email=email, display_name=email.split("@", 1)[0])
            await tx.users.add(user)
            done.append("a new account")
        else:
            if user.role != ADMIN:
                done.append("an account that was there")
            if user.blocked_at:
                done.append("no longer blocked")
            if password_hash:
                user.tokens_valid_from = utc_now()  # whoever signed in by the old one is out
                done.append("with a new password")
        user.role = ADMIN
        user.password_hash = password_hash or user.password_hash
        user.blocked_at = user.blocked_reason = None
        await tx.users.save(user)
        await tx.audit.record("cli.create_admin", target=("user", user.id))
    return ", ".join(done) or "as before"
