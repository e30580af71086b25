"""The history of a memory: every change is a line, written in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.models import Memory, MemoryRevision
from backend.store import Transaction


@dataclass(frozen=True, slots=True)
class MemoryChange:
    """What formation did with one thing: `added`, `reinforced`, `repeated`, `superseded` or
    `questioned`."""

    action: str
    memory: Memory


async def write_line(
    tx: Transaction,
    memory: Memory,
    action: str,
    because_of: Sequence[UUID],
    details: Mapping[str, Any],
) -> None:
    """Write what happened to a memory, as it is now, and because of which messages."""
    counted = {"confidence": memory.confidence, "count": memory.reinforcement_count}
    await tx.histories.add(
        MemoryRevision(
            memory_id=memory.id,
            action=action,
            content=memory.content,
            details=counted | dict(details),
            source_message_ids=list(because_of),
            sensitive=memory.sensitive,
        )
    )
