"""The books on the vector index, in PostgreSQL.

Two kinds of lock, both PostgreSQL's advisory ones: whoever marks memories as in step with the live
collection holds the shared one until its transaction ends, whoever changes roles holds it alone. So a
memory is never counted as written to a collection that stopped being the live one meanwhile.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Conflict
from backend.models import IndexBehind, IndexCollection, Memory

ROLES_LOCK = 7_305_173_002  # any number, the same in every process
BESIDE = ("building", "previous")
_HOLDING_ROLES = select(func.pg_advisory_xact_lock_shared(ROLES_LOCK))


async def hold_roles(session: AsyncSession) -> None:
    """Until the transaction ends, nobody changes which collection serves."""
    await session.exec(_HOLDING_ROLES)


class PostgresCollections:
    """Implements `Collections`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[IndexCollection]:
        found = await self._session.exec(
            select(IndexCollection)
            .order_by(col(IndexCollection.id))
            .execution_options(populate_existing=True)
        )
        return list(found)

    async def register(self, live: IndexCollection) -> None:
        values = live.model_dump(exclude={"id"})
        await self._session.exec(insert(IndexCollection).values(values).on_conflict_do_nothing())

    async def begin(self, source: str) -> IndexCollection:
        await self._change_roles()
        await self._set_role("dropped", *BESIDE)
        await self._session.exec(delete(IndexBehind))
        total = await self._session.exec(
            select(func.count()).select_from(Memory).where(col(Memory.status) == "active")
        )
        building = IndexCollection(role="building", source=source, total=total.one())
        self._session.add(building)
        await self._session.flush()
        return building

    async def begin_return(self) -> IndexCollection | None:
        await self._change_roles()
        previous = await self._with_role("previous")
        if previous is None:
            return None
        await self._set_role("dropped", "building")
        previous.role, previous.problem = "building", None
        await self._session.flush()
        return previous

    async def give_up(self) -> bool:
        await self._change_roles()
        return await self._set_role("dropped", "building") > 0

    async def drop_previous(self) -> bool:
        await self._change_roles()
        return await self._set_role("dropped", "previous") > 0

    async def remove(self, collection_id: int) -> None:
        await self._session.exec(
            delete(IndexCollection).where(
                col(IndexCollection.id) == collection_id, col(IndexCollection.role) == "dropped"
            )
        )

    async def prepare(self, collection_id: int, model: str, dimension: int, name: str) -> None:
        await self._change(collection_id, model=model, dimension=dimension, name=name)

    async def start_over(self, collection_id: int) -> None:
        await self._change(collection_id, cursor=None, walked=False, done=0, in_flight=[])

    async def walk(self, after: UUID | None, *, limit: int) -> list[Memory]:
        wanted = select(Memory).where(col(Memory.status) == "active")
        if after:
            wanted = wanted.where(col(Memory.id) > after)
        return list(await self._session.exec(wanted.order_by(col(Memory.id)).limit(limit)))

    async def behind(self, *, limit: int) -> list[Memory]:
        found = await self._session.exec(
            select(Memory)
            .join(IndexBehind, col(IndexBehind.memory_id) == col(Memory.id))
            .order_by(col(Memory.id))
            .limit(limit)
        )
        return list(found)

    async def active_among(self, memory_ids: Sequence[UUID]) -> set[UUID]:
        found = await self._session.exec(
            select(Memory.id).where(col(Memory.id).in_(memory_ids), col(Memory.status) == "active")
        )
        return set(found)

    async def writing(
        self, collection_id: int, after: UUID | None, memories: Sequence[Memory]
    ) -> None:
        places = [
            (str(memory.character_id), str(memory.user_id), str(memory.id)) for memory in memories
        ]
        marked = await self._session.exec(
            update(IndexCollection)
            .where(
                col(IndexCollection.id) == collection_id,
                col(IndexCollection.role) == "building",
                col(IndexCollection.cursor).is_not_distinct_from(after),
            )
            .values(in_flight=places)
        )
        assert isinstance(marked, CursorResult)
        if marked.rowcount == 0:
            raise Conflict("This build of the index was given up.")

    async def written(
        self, collection_id: int, cursor: UUID | None, memories: Sequence[Memory]
    ) -> None:
        await self._no_longer_behind(memories)
        done = IndexCollection.done + len(memories)
        await self._change(collection_id, cursor=cursor, done=done, in_flight=[], problem=None)

    async def caught_up(self, collection_id: int, memories: Sequence[Memory]) -> None:
        await self._no_longer_behind(memories)
        await self._change(collection_id, in_flight=[], problem=None)

    async def finish_walk(self, collection_id: int) -> None:
        await self._change(collection_id, walked=True)

    async def swap(self, collection_id: int) -> bool:
        await self._change_roles()
        building = await self._with_role("building")
        missing = await self._session.exec(select(IndexBehind.memory_id).limit(1))
        if building is None or building.id != collection_id or not building.walked:
            return False
        if missing.first():
            return False
        await self._set_role("previous", "live")
        await self._set_role("live", "building")
        return True

    async def relabel(self, model: str, after: UUID | None, *, limit: int) -> UUID | None:
        told = [or_(col(Memory.embedding_model) != model, col(Memory.embedding_model).is_(None))]
        if after:
            told.append(col(Memory.id) > after)
        chosen = (
            select(Memory.id)
            .where(col(Memory.status) == "active", col(Memory.index_state) == "synced", *told)
            .order_by(col(Memory.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list(await self._session.exec(chosen))
        if not ids:
            return None
        await self._session.exec(
            update(Memory)
            .where(col(Memory.id).in_(ids))
            .values(embedding_model=model)
            .execution_options(synchronize_session=False)
        )
        return ids[-1]

    async def report(self, collection_id: int, problem: str | None) -> None:
        await self._change(collection_id, problem=problem)

    async def _no_longer_behind(self, memories: Sequence[Memory]) -> None:
        """But for those that changed since they were read."""
        versions = [func.row(memory.id, memory.updated_at) for memory in memories]
        ids = [memory.id for memory in memories]
        unchanged = select(Memory.id).where(
            col(Memory.id).in_(ids), func.row(Memory.id, Memory.updated_at).in_(versions)
        )
        await self._session.exec(
            delete(IndexBehind)
            .where(col(IndexBehind.memory_id).in_(unchanged))
            .execution_options(synchronize_session=False)
        )

    async def _change_roles(self) -> None:
        await self._session.exec(select(func.pg_advisory_xact_lock(ROLES_LOCK)))

    async def _with_role(self, role: str) -> IndexCollection | None:
        found = await self._session.exec(
            select(IndexCollection)
            .where(col(IndexCollection.role) == role)
            .execution_options(populate_existing=True)
        )
        return found.first()

    async def _set_role(self, role: str, *of: str) -> int:
        changed = await self._session.exec(
            update(IndexCollection)
            .where(col(IndexCollection.role).in_(of))
            .values(role=role)
            .execution_options(synchronize_session=False)
        )
        assert isinstance(changed, CursorResult)
        return changed.rowcount

    async def _change(self, collection_id: int, **values: object) -> None:
        await self._session.exec(
            update(IndexCollection)
            .where(col(IndexCollection.id) == collection_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
