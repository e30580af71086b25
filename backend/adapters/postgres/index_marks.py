"""Which memories the vector index reflects as they are now. Not by owner: the index holds everybody's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.collections import BESIDE, hold_roles
from backend.models import Memory

_MARK_SYNCED = text("""
    WITH marked AS (
        UPDATE memory SET index_state = 'synced', embedding_model = :model
        FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS timestamptz[])) AS written(id, version)
        WHERE memory.id = written.id AND memory.updated_at = written.version
          AND (CAST(:collection AS integer) IS NULL OR EXISTS (
              SELECT FROM index_collection WHERE id = :collection AND role = 'live'))
        RETURNING memory.id
    ), lacking AS (
        INSERT INTO index_behind (memory_id) SELECT id FROM marked
        WHERE EXISTS (SELECT FROM index_collection WHERE role = ANY(CAST(:beside AS text[])))
        ON CONFLICT DO NOTHING
    )
    SELECT id FROM marked
""")


async def unsynced(session: AsyncSession, *, limit: int, older_than: datetime) -> list[Memory]:
    """See `Memories.unsynced`."""
    found = await session.exec(
        select(Memory)
        .where(col(Memory.index_state) != "synced", col(Memory.updated_at) < older_than)
        .order_by(col(Memory.id))
        .limit(limit)
    )
    return list(found)


async def mark_synced(
    session: AsyncSession, memories: Sequence[Memory], model: str, collection_id: int | None
) -> set[UUID]:
    """See `Memories.mark_synced`."""
    await hold_roles(session)
    connection = await session.connection()
    marked = await connection.execute(
        _MARK_SYNCED,
        {
            "ids": [memory.id for memory in memories],
            "versions": [memory.updated_at for memory in memories],
            "model": model,
            "collection": collection_id,
            "beside": list(BESIDE),
        },
    )
    return set(marked.scalars())


async def mark_all_pending(session: AsyncSession) -> int:
    """See `Memories.mark_all_pending`."""
    marked = await session.exec(
        update(Memory)
        .where(col(Memory.status) == "active")
        .values(index_state="pending")
        .execution_options(synchronize_session=False)
    )
    assert isinstance(marked, CursorResult)
    return marked.rowcount
