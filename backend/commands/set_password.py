"""`keepsake set-password`: gives an account a new password, whatever the old one was."""

from backend.bootstrap.stores import reach_store
from backend.errors import InvalidRequest, NotFound
from backend.gateway.emails import is_ours
from backend.gateway.passwords import hash_password, refuse_weak
from backend.models import utc_now
from backend.settings import Settings


async def set_password(settings: Settings, email: str, password: str) -> None:
    """Whoever signed in by the old password is signed out. Role and block stay as they are.

    Raises:
        NotFound: there is no account with this address.
        InvalidRequest: the password would be guessed early, or the account is signed in without one.
    """
    async with reach_store(settings) as (store, _stores):
        async with store.transaction() as tx:
            known = await tx.users.by_email(email)
        if known is None or known.leaving_at:
            raise NotFound(f"There is no account with the address {email}.")
        if known.issuer or is_ours(known.email):
            raise InvalidRequest(f"{email} has no password: the account is signed in without one.")
        refuse_weak(password, known.email, known.display_name)
        password_hash = await hash_password(password)
        async with store.transaction() as tx:
            user = await tx.users.get(known.id, lock=True)
            if user is None:
                raise NotFound(f"There is no account with the address {email}.")
            user.password_hash, user.tokens_valid_from = password_hash, utc_now()
            await tx.users.save(user)
            await tx.audit.record("cli.set_password", target=("user", user.id))
