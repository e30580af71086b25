"""Blocking people: what holds for whoever asks for it."""

from uuid import UUID

from backend.errors import Conflict, NotFound
from backend.gateway.administration import Admin
from backend.gateway.control import UserBlocked
from backend.gateway.services import Services
from backend.models import User
from backend.models.user import ADMIN
from backend.store import Transaction


async def block_user(tx: Transaction, admin: Admin, user_id: UUID, reason: str) -> User:
    """Let nobody in by this account any more. Call `cut_off` once that is committed.

    Raises:
        NotFound: there is no such account.
        Conflict: it is the admin's own, or another admin's, who has to be made a user first.
    """
    _refuse_own(admin, user_id)
    user = await tx.people.block_user(user_id, reason)
    if user is None:
        raise NotFound("There is no such user.")
    if user.role == ADMIN:
        raise Conflict("This is an admin. Take that role away first.")
    return user


async def set_role(tx: Transaction, admin: Admin, user_id: UUID, role: str) -> User:
    """Make somebody an admin, or no longer one: their next request shows it, on every process.

    Raises:
        NotFound: there is no such account.
        Conflict: it is the admin's own: nobody must be able to lock everybody out.
    """
    _refuse_own(admin, user_id)
    user = await tx.people.set_role(user_id, role)
    if user is None:
        raise NotFound("There is no such user.")
    return user


async def cut_off(services: Services, user_id: UUID) -> None:
    """Close a blocked user's connections, on every process."""
    await services.control.tell(UserBlocked(user_id=user_id))


def _refuse_own(admin: Admin, user_id: UUID) -> None:
    if admin.id == user_id:
        raise Conflict("This is your own account. Have another admin do it.")
