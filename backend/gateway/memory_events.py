"""Telling a user's clients that memory has followed a change of what was said."""

from typing import Any
from uuid import UUID

from backend.gateway.hub import Hub
from backend.gateway.protocol import ServerEvent, user_room
from backend.gateway.views import MemoryView, RelationshipView
from backend.memory.withdrawal import Withdrawal
from backend.models import Memory, Owner


async def announce_withdrawal(
    hub: Hub, owner: Owner, withdrawal: Withdrawal, *, deleted: bool = False
) -> None:
    """`memory:updated` and `relationship:updated`, where there is something to tell. What rested on
    `deleted` messages is forgotten, and named by its id alone."""
    gone = [
        forgotten(memory.id) if deleted else _change("retracted", memory)
        for memory in withdrawal.unsupported
    ]
    changes = [
        *gone,
        *(_change("weakened", memory) for memory in withdrawal.weakened),
        *(_change("restored", memory) for memory in withdrawal.restored),
    ]
    if changes:
        await announce_memory(hub, owner, changes)
    if withdrawal.relationship:
        view = RelationshipView.of(withdrawal.relationship).wire()
        await hub.publish(user_room(owner.user_id), ServerEvent.RELATIONSHIP_UPDATED, view)


async def announce_memory(hub: Hub, owner: Owner, changes: list[dict[str, Any]]) -> None:
    """`memory:updated`; a change is {action, memory}."""
    who = {"characterId": str(owner.character_id), "userId": str(owner.user_id)}
    await hub.publish(
        user_room(owner.user_id), ServerEvent.MEMORY_UPDATED, {**who, "changes": changes}
    )


def forgotten(memory_id: UUID | None) -> dict[str, Any]:
    """The change that says that a memory is gone, or, after None, everything."""
    return {"action": "forgotten", "memory": {"id": str(memory_id)} if memory_id else None}


def _change(action: str, memory: Memory) -> dict[str, Any]:
    return {"action": action, "memory": MemoryView.of(memory).wire()}
