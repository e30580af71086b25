"""The store's histories: what was done to each memory, line by line."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from backend.models import MemoryRevision, Owner


class Histories(Protocol):
    """Each line is written once, with the change that it tells of."""

    async def add(self, revision: MemoryRevision) -> None:
        """Write a line of a memory's history, by the end of the transaction."""

    async def of(self, memory_id: UUID) -> list[MemoryRevision]:
        """Oldest line first."""

    async def of_each(self, memory_ids: Sequence[UUID]) -> dict[UUID, list[MemoryRevision]]:
        """The history of each, oldest line first; without those that have none."""

    async def save(self, revision: MemoryRevision) -> None:
        """Change a line, by the end of the transaction: a message that it names no longer says so."""

    async def uncite(self, owner: Owner, message_ids: Sequence[UUID]) -> None:
        """Take messages that are no more out of every line of the owner's histories."""

    async def delete(self, memory_ids: Sequence[UUID]) -> None:
        """Delete the histories of memories: their lines hold what the memories said."""
