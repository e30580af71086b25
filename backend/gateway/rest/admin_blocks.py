"""For admins: find people, block them or characters, make others admins."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from backend.errors import NotFound
from backend.gateway.administration import Acting, Admin
from backend.gateway.authentication import Here
from backend.gateway.blocking import block_user, cut_off, set_role
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    id_cursor,
    page_of,
)
from backend.gateway.views import View
from backend.gateway.views_admin import AdminCharacterView, AdminUserView
from backend.gateway.wire_types import worded
from backend.store import UserFilter

router = APIRouter()

Role = Literal["user", "admin"]
Why = Annotated[str, worded(500)]


class Block(View):
    """`reason` is told to those whom it concerns."""

    reason: Why


class NewRole(View):
    role: Role


@router.get("/users")
async def list_users(
    admin: Acting,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
    q: Annotated[str | None, Query(max_length=254)] = None,
    role: Annotated[Role | None, Query()] = None,
    blocked: Annotated[bool | None, Query()] = None,
) -> Page[AdminUserView]:
    """Accounts, newest first. `q` is an id, or part of a name or an address."""
    cursor = id_cursor(before)
    async with admin.acting("users.list") as tx:
        found = await tx.people.page(UserFilter(q, role, blocked), limit=limit + 1, before=cursor)
    return page_of(found, limit, AdminUserView.of)


@router.put("/users/{user_id}/block")
async def put_user_block(here: Here, admin: Acting, user_id: UUID, wanted: Block) -> AdminUserView:
    """Block an account. Its tokens are refused and its connections closed at once, on every process."""
    async with admin.acting("user.block", ("user", user_id)) as tx:
        user = await block_user(tx, admin, user_id, wanted.reason)
    await cut_off(here, user_id)
    return AdminUserView.of(user)


@router.delete("/users/{user_id}/block")
async def delete_user_block(admin: Acting, user_id: UUID) -> AdminUserView:
    """Let an account in again."""
    async with admin.acting("user.unblock", ("user", user_id)) as tx:
        user = await tx.people.block_user(user_id, None)
        if user is None:
            raise NotFound("There is no such user.")
    return AdminUserView.of(user)


@router.put("/users/{user_id}/role")
async def put_role(admin: Acting, user_id: UUID, wanted: NewRole) -> AdminUserView:
    """Make somebody an admin, or no longer one. It holds from their next request on."""
    async with admin.acting("user.role", ("user", user_id), role=wanted.role) as tx:
        user = await set_role(tx, admin, user_id, wanted.role)
    return AdminUserView.of(user)


@router.get("/characters")
async def find_characters(
    admin: Acting,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
    blocked: Annotated[bool | None, Query()] = None,
) -> Page[AdminCharacterView]:
    """Public and blocked characters, newest first. Private ones are listed only once they are blocked."""
    cursor = id_cursor(before)
    async with admin.acting("characters.list") as tx:
        found = await tx.people.characters(blocked=blocked, limit=limit + 1, before=cursor)
    return page_of(found, limit, AdminCharacterView.of)


@router.put("/characters/{character_id}/block")
async def put_character_block(
    admin: Acting, character_id: UUID, wanted: Block
) -> AdminCharacterView:
    """Block a character, also one that its owner has deleted or made private. Nobody can talk to it, and
    it is listed to its owner alone."""
    return await _block_character(admin, character_id, wanted.reason)


@router.delete("/characters/{character_id}/block")
async def delete_character_block(admin: Acting, character_id: UUID) -> AdminCharacterView:
    """Let people talk to a character again. What waits for its answer is answered."""
    return await _block_character(admin, character_id, None)


async def _block_character(
    admin: Admin, character_id: UUID, reason: str | None
) -> AdminCharacterView:
    action = "character.unblock" if reason is None else "character.block"
    async with admin.acting(action, ("character", character_id)) as tx:
        character = await tx.people.block_character(character_id, reason)
        if character is None:
            raise NotFound("There is no such character.")
    return AdminCharacterView.of(character)
