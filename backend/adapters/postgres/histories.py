"""Histories of memories in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import MemoryRevision, Owner

_UNCITE = text("""
    UPDATE memory_revision AS line SET source_message_ids = ARRAY(
        SELECT unnest(line.source_message_ids) EXCEPT SELECT unnest(CAST(:messages AS uuid[])))
    FROM memory
    WHERE memory.id = line.memory_id
      AND memory.character_id = :character_id AND memory.user_id = :user_id
      AND line.source_message_ids && CAST(:messages AS uuid[])
""")


class PostgresHistories:
    """Implements `Histories`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, revision: MemoryRevision) -> None:
        self._session.add(revision)

    async def of(self, memory_id: UUID) -> list[MemoryRevision]:
        found = await self._session.exec(
            select(MemoryRevision)
            .where(col(MemoryRevision.memory_id) == memory_id)
            .order_by(col(MemoryRevision.id))
        )
        return list(found)

    async def of_each(self, memory_ids: Sequence[UUID]) -> dict[UUID, list[MemoryRevision]]:
        found = await self._session.exec(
            select(MemoryRevision)
            .where(col(MemoryRevision.memory_id).in_(memory_ids))
            .order_by(col(MemoryRevision.id))
        )
        lines: dict[UUID, list[MemoryRevision]] = {}
        for line in found:
            lines.setdefault(line.memory_id, []).append(line)
        return lines

    async def save(self, revision: MemoryRevision) -> None:
        if revision not in self._session:
            await self._session.merge(revision)

    async def uncite(self, owner: Owner, message_ids: Sequence[UUID]) -> None:
        await self._session.flush()  # lines that were changed as records
        connection = await self._session.connection()
        values = {"user_id": owner.user_id, "character_id": owner.character_id}
        await connection.execute(_UNCITE, values | {"messages": list(message_ids)})

    async def delete(self, memory_ids: Sequence[UUID]) -> None:
        await self._session.exec(
            delete(MemoryRevision).where(col(MemoryRevision.memory_id).in_(memory_ids))
        )
