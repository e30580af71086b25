"""`keepsake token`: a way in for whoever runs the server."""

from backend.bootstrap.stores import reach_store
from backend.bootstrap.tokens import tokens_of
from backend.commands.account import account
from backend.settings import Settings


async def access_token(settings: Settings, email: str | None) -> str:
    """An access token, for the local user or the account with this address.

    Raises:
        NotFound: there is no such account.
    """
    async with reach_store(settings) as (store, stores):
        user = await account(store, email)
        return tokens_of(settings, stores).issue(user.id).access_token
