"""The relationship of a character and a user: how they stand, why, and beginning again."""

from uuid import UUID

from fastapi import APIRouter

from backend.gateway.authentication import Caller, Here
from backend.gateway.protocol import ServerEvent, user_room
from backend.gateway.rest.characters import callers_own, own_pair
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    id_cursor,
    page_of,
)
from backend.gateway.views_memory import RelationshipChangeView, RelationshipView
from backend.memory.ledger import begin_anew

router = APIRouter(prefix="/characters/{character_id}/relationship", tags=["relationships"])


@router.get("/{user_id}")
async def get_relationship(
    here: Here, caller: Caller, character_id: UUID, user_id: str
) -> RelationshipView:
    """How the two stand by now."""
    async with here.store.transaction() as tx:
        owner, _ = await own_pair(tx, character_id, user_id, caller, "relationship")
        return RelationshipView.of(await tx.relationships.get(owner))


@router.get("/{user_id}/history")
async def relationship_history(
    here: Here,
    caller: Caller,
    character_id: UUID,
    user_id: str,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
) -> Page[RelationshipChangeView]:
    """The ledger, newest step first: what moved, by how much, because of which message. Steps that
    were undone are shown as such."""
    cursor = id_cursor(before)
    async with here.store.transaction() as tx:
        owner, _ = await own_pair(tx, character_id, user_id, caller, "relationship")
        found = await tx.relationships.page(owner, limit=limit + 1, before=cursor)
    return page_of(found, limit, RelationshipChangeView.of)


@router.post("/{user_id}/reset")
async def reset_relationship(
    here: Here, caller: Caller, character_id: UUID, user_id: str
) -> RelationshipView:
    """Let the two be strangers again. What is remembered stays; the ledger keeps what was."""
    owner = callers_own(character_id, user_id, caller, "relationship")
    async with here.store.transaction() as tx:
        relationship = await begin_anew(tx, owner)
    view = RelationshipView.of(relationship)
    await here.hub.publish(user_room(caller.id), ServerEvent.RELATIONSHIP_UPDATED, view.wire())
    return view
