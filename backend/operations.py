"""What the command line does beside serving: tokens."""

from backend.bootstrap.services import local_user_id, tokens_of
from backend.bootstrap.stores import reach_store
from backend.errors import NotFound
from backend.settings import Settings


async def print_token(settings: Settings, email: str | None) -> str:
    """An access token, for the local user or the account with this address.

    Raises:
        NotFound: there is no such account.
    """
    async with reach_store(settings) as (store, stores):
        if email is None:
            user_id = await local_user_id(store)
        else:
            async with store.transaction() as tx:
                user = await tx.users.by_email(email)
            if user is None:
                raise NotFound(f"There is no account with the address {email}.")
            user_id = user.id
        return tokens_of(settings, stores).issue(user_id).access_token
