"""Telling a user's clients that memory has followed a change of what was said."""

from collections.abc import Sequence
from uuid import UUID

from backend.gateway.hub import Hub
from backend.gateway.protocol import (
    ChangedMemory,
    ForgottenMemory,
    MemoryUpdated,
    ServerEvent,
    user_room,
)
from backend.gateway.views_memory import MemoryView, RelationshipView
from backend.memory.withdrawal import Withdrawal
from backend.models import Memory, Owner


async def announce_withdrawal(
    hub: Hub, owner: Owner, withdrawal: Withdrawal, *, deleted: bool = False
) -> None:
    """`memory:updated` and `relationship:updated`, where there is something to tell. What rested on
    `deleted` messages is forgotten, and named by its id alone."""
    gone = [
        forgotten(memory.id) if deleted else changed("retracted", memory)
        for memory in withdrawal.unsupported
    ]
    changes = [
        *gone,
        *(changed("weakened", memory) for memory in withdrawal.weakened),
        *(changed("restored", memory) for memory in withdrawal.restored),
    ]
    if changes:
        await announce_memory(hub, owner, changes)
    if withdrawal.relationship:
        view = RelationshipView.of(withdrawal.relationship).wire()
        await hub.publish(user_room(owner.user_id), ServerEvent.RELATIONSHIP_UPDATED, view)


async def announce_memory(hub: Hub, owner: Owner, changes: Sequence[ChangedMemory]) -> None:
    """`memory:updated`."""
    event = memory_updated(owner, changes)
    await hub.publish(user_room(owner.user_id), ServerEvent.MEMORY_UPDATED, event.wire())


def memory_updated(owner: Owner, changes: Sequence[ChangedMemory]) -> MemoryUpdated:
    """What the owner's user is told of changes; there is at least one."""
    return MemoryUpdated(
        character_id=owner.character_id, user_id=owner.user_id, changes=list(changes)
    )


def forgotten(memory_id: UUID | None) -> ChangedMemory:
    """The change that says that a memory is gone, or, after None, everything."""
    memory = ForgottenMemory(id=memory_id) if memory_id else None
    return ChangedMemory(action="forgotten", memory=memory)


def changed(action: str, memory: Memory) -> ChangedMemory:
    """A change, and the memory as it is now."""
    return ChangedMemory.model_validate({"action": action, "memory": MemoryView.of(memory)})
