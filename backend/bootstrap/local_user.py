"""The user of this machine, whom an embedded Keepsake lets in without a form."""

from uuid import UUID

from backend.models import User
from backend.models.user import ADMIN
from backend.store import Store

LOCAL_USER_EMAIL = "local@keepsake.localhost"


async def local_user_id(store: Store) -> UUID:
    """Made on first use, and anew once erased."""
    async with store.transaction() as tx:
        user = await tx.users.by_email(LOCAL_USER_EMAIL)
        if user is None:
            # Who sits at the machine runs it: see docs/decisions/0022.
            user = User(email=LOCAL_USER_EMAIL, display_name="Friend", role=ADMIN)
            await tx.users.add(user)
    return user.id
