"""Memories in PostgreSQL. Every query names the owner, but for the index reconciler's own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import Memory, MemoryRevision, Owner
from backend.store import MemoryFilter

INSERT_CHUNK = 100


class PostgresMemories:
    """Implements `Memories`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, owner: Owner) -> None:
        await self._session.exec(
            select(func.pg_advisory_xact_lock(func.hashtextextended(owner.key, 0)))
        )

    async def add(self, memories: Sequence[Memory]) -> list[Memory]:
        stored: list[Memory] = []
        for start in range(0, len(memories), INSERT_CHUNK):
            chunk = memories[start : start + INSERT_CHUNK]
            # Rows as parameters, not as values of the statement: that one would be compiled anew
            # each time, half a second for a full chunk.
            inserted = await self._session.exec(
                insert(Memory).on_conflict_do_nothing().returning(col(Memory.id)),
                params=[memory.model_dump() for memory in chunk],
            )
            ids = set(inserted.scalars())
            stored += [memory for memory in chunk if memory.id in ids]
        return stored

    async def revise(self, revision: MemoryRevision) -> None:
        self._session.add(revision)
        await self._session.flush()

    async def history(self, memory_id: UUID) -> list[MemoryRevision]:
        found = await self._session.exec(
            select(MemoryRevision)
            .where(col(MemoryRevision.memory_id) == memory_id)
            .order_by(col(MemoryRevision.id))
        )
        return list(found)

    async def delete_history(self, memory_ids: Sequence[UUID]) -> None:
        await self._session.exec(
            delete(MemoryRevision).where(col(MemoryRevision.memory_id).in_(memory_ids))
        )

    async def of_owner(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        if not memory_ids:
            return []
        return await self._all(owner, col(Memory.id).in_(memory_ids))

    async def page(
        self, owner: Owner, narrow: MemoryFilter, *, limit: int, before: UUID | None
    ) -> list[Memory]:
        conditions = list(_narrowing(narrow))
        if before:
            conditions.append(col(Memory.id) < before)
        found = await self._session.exec(
            select(Memory)
            .where(*_owned(owner), *conditions)
            .order_by(col(Memory.id).desc())
            .limit(limit)
        )
        return list(found)

    async def best_known(self, owner: Owner, *, limit: int) -> list[Memory]:
        found = await self._session.exec(
            select(Memory)
            .where(
                *_owned(owner),
                col(Memory.status) == "active",
                col(Memory.kind) == "fact",
                col(Memory.realm) == "real",
                col(Memory.about) != "character",
            )
            .order_by(
                col(Memory.pinned).desc(),
                col(Memory.importance).desc(),
                col(Memory.last_reinforced).desc(),
            )
            .limit(limit)
        )
        return list(found)

    async def by_attribute(self, owner: Owner, attribute: str) -> list[Memory]:
        return await self._all(
            owner, col(Memory.status) == "active", col(Memory.attribute) == attribute
        )

    async def by_content_hash(self, owner: Owner, kind: str, content_hash: str) -> Memory | None:
        found = await self._all(
            owner,
            col(Memory.status) == "active",
            col(Memory.kind) == kind,
            col(Memory.content_hash) == content_hash,
        )
        return found[0] if found else None

    async def of_messages(
        self, owner: Owner, message_ids: Sequence[UUID], *, kind: str | None = None
    ) -> list[Memory]:
        conditions = [col(Memory.source_message_ids).overlap(list(message_ids))]  # type: ignore[attr-defined]
        if kind:
            conditions.append(col(Memory.kind) == kind)
        return await self._all(owner, *conditions)

    async def quoting(self, owner: Owner, quote: str) -> list[Memory]:
        return await self._all(
            owner, col(Memory.kind) == "episode", func.strpos(Memory.index_text, quote) > 0
        )

    async def superseded_by(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        return await self._all(owner, col(Memory.superseded_by).in_(memory_ids))

    async def count_by_kind(self, owner: Owner) -> dict[str, int]:
        counted = await self._session.exec(
            select(Memory.kind, func.count())
            .where(*_owned(owner), col(Memory.status) == "active")
            .group_by(col(Memory.kind))
        )
        return dict(counted.all())

    async def save(self, memory: Memory) -> None:
        await self._session.merge(memory)
        await self._session.flush()

    async def delete(self, memory_ids: Sequence[UUID]) -> None:
        await self._session.exec(delete(Memory).where(col(Memory.id).in_(memory_ids)))

    async def unsynced(self, *, limit: int, older_than: datetime) -> list[Memory]:
        found = await self._session.exec(
            select(Memory)
            .where(col(Memory.index_state) != "synced", col(Memory.updated_at) < older_than)
            .order_by(col(Memory.id))
            .limit(limit)
        )
        return list(found)

    async def mark_synced(self, memories: Sequence[Memory], model: str) -> set[UUID]:
        versions = {memory.id: memory.updated_at for memory in memories}
        marked = await self._session.exec(
            update(Memory)
            .where(
                col(Memory.id).in_(versions),
                func.row(Memory.id, Memory.updated_at).in_(
                    [func.row(key, at) for key, at in versions.items()]
                ),
            )
            .values(index_state="synced", embedding_model=model)
            .returning(col(Memory.id))
            .execution_options(synchronize_session=False)
        )
        return set(marked.scalars())

    async def mark_all_pending(self) -> int:
        marked = await self._session.exec(
            update(Memory)
            .where(col(Memory.status) == "active")
            .values(index_state="pending")
            .execution_options(synchronize_session=False)
        )
        assert isinstance(marked, CursorResult)
        return marked.rowcount

    async def _all(self, owner: Owner, *conditions: ColumnElement[bool]) -> list[Memory]:
        return list(await self._session.exec(select(Memory).where(*_owned(owner), *conditions)))


def _owned(owner: Owner) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Memory.character_id) == owner.character_id, col(Memory.user_id) == owner.user_id


def _narrowing(narrow: MemoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrow.kinds:
        conditions.append(col(Memory.kind).in_(narrow.kinds))
    if narrow.category:
        conditions.append(col(Memory.category) == narrow.category)
    if narrow.status:
        conditions.append(col(Memory.status) == narrow.status)
    if narrow.text:
        conditions.append(col(Memory.content).icontains(narrow.text, autoescape=True))
    return conditions
