"""Memories in PostgreSQL. Every query names the owner, but for the index reconciler's own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CursorResult,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    text,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.collections import BESIDE, hold_roles
from backend.adapters.postgres.known_memories import UUIDS, read_known
from backend.adapters.postgres.sealed_search import MOST_SEARCHED, Matches, contains, sealed_ids
from backend.adapters.postgres.sealing import forms_of, rows_of, sealing_of
from backend.models import (
    Conversation,
    IndexBehind,
    IndexCollection,
    KnownMemory,
    Memory,
    MemoryRevision,
    Owner,
    Relationship,
    utc_now,
)
from backend.store import MemoryFilter

INSERT_CHUNK = 100
_SINGULAR = ("episode", "summary")  # what no other says the same as
# Read in every turn, so built once: building takes longer than running them. What their partial
# indexes go by stands in the text, as a prepared statement needs it.
_THE_OWNERS = (
    col(Memory.character_id) == bindparam("character_id"),
    col(Memory.user_id) == bindparam("user_id"),
)
_UNSURE = (
    select(Memory).where(*_THE_OWNERS, text("status = 'unsure'")).order_by(col(Memory.id).desc())
)
_NEWEST_SUMMARY = (
    select(Memory)
    .where(
        *_THE_OWNERS,
        col(Memory.conversation_id) == bindparam("conversation_id"),
        text("kind = 'summary' AND status = 'active'"),
    )
    .order_by(col(Memory.id).desc())
    .limit(1)
)
_ROLES = select(IndexCollection.id, IndexCollection.role)


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
        memories = await self._without_twins(memories)
        for start in range(0, len(memories), INSERT_CHUNK):
            chunk = memories[start : start + INSERT_CHUNK]
            # Rows as parameters, not as values of the statement: that one would be compiled anew
            # each time, half a second for a full chunk.
            inserted = await self._session.exec(
                insert(Memory).on_conflict_do_nothing().returning(col(Memory.id)),
                params=rows_of(self._session, chunk),
            )
            ids = set(inserted.scalars())
            stored += [memory for memory in chunk if memory.id in ids]
        return stored

    async def _without_twins(self, memories: Sequence[Memory]) -> Sequence[Memory]:
        """A twin in clear and a sealed one have different hashes, so the database sees none."""
        if sealing_of(self._session) is None:
            return memories
        hashes = [each.content_hash for each in memories if each.kind not in _SINGULAR]
        if not hashes:
            return memories
        known = {
            (twin.owner, twin.kind, twin.content_hash)
            for owner in {memory.owner for memory in memories}
            for twin in await self.twins(owner, hashes)
            if twin.status == "active"
        }
        return [
            memory
            for memory in memories
            if memory.status != "active"
            or (memory.owner, memory.kind, memory.content_hash) not in known
        ]

    async def of_owner(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        if not memory_ids:
            return []
        # An array, not a list of parameters: one statement for any number, so it stays prepared.
        return await self._all(owner, col(Memory.id) == any_(literal(list(memory_ids), UUIDS)))

    async def page(
        self, owner: Owner, narrow: MemoryFilter, *, limit: int, before: UUID | None
    ) -> list[Memory]:
        wanted = select(Memory).where(*_owned(owner), *_narrowing(narrow))
        if before:
            wanted = wanted.where(col(Memory.id) < before)
        if narrow.text:
            sealed = await sealed_ids(
                self._session, Memory, wanted, contains([narrow.text]), most=MOST_SEARCHED
            )
            in_clear = col(Memory.content).icontains(narrow.text, autoescape=True)
            wanted = wanted.where(or_(in_clear, col(Memory.id).in_(sealed)))
        found = await self._session.exec(wanted.order_by(col(Memory.id).desc()).limit(limit))
        return list(found)

    async def known(
        self, owner: Owner, memory_ids: Sequence[UUID], *, best: int
    ) -> tuple[list[KnownMemory], list[KnownMemory]]:
        return await read_known(self._session, owner, memory_ids, best=best)

    async def facts_since(self, owner: Owner, since: datetime, *, limit: int) -> list[Memory]:
        found = await self._session.exec(
            select(Memory)
            .where(
                *_owned(owner),
                col(Memory.kind) == "fact",
                col(Memory.status) == "active",
                or_(col(Memory.updated_at) >= since, col(Memory.index_state) != "synced"),
            )
            .order_by(col(Memory.updated_at).desc())
            .limit(limit)
        )
        return list(found)

    async def unsure(self, owner: Owner) -> list[Memory]:
        values = {"character_id": owner.character_id, "user_id": owner.user_id}
        return list(await self._session.exec(_UNSURE, params=values))

    async def by_attribute(self, owner: Owner, attribute: str) -> list[Memory]:
        return await self._all(
            owner,
            col(Memory.status) == "active",
            col(Memory.attribute).in_(forms_of(self._session, [attribute])),
        )

    async def by_content_hash(self, owner: Owner, kind: str, content_hash: str) -> Memory | None:
        found = await self._all(
            owner,
            col(Memory.status) == "active",
            col(Memory.kind) == kind,
            col(Memory.content_hash).in_(forms_of(self._session, [content_hash])),
        )
        return found[0] if found else None

    async def of_messages(
        self, owner: Owner, message_ids: Sequence[UUID], *, kind: str | None = None
    ) -> list[Memory]:
        conditions = [col(Memory.source_message_ids).overlap(list(message_ids))]  # type: ignore[attr-defined]
        if kind:
            conditions.append(col(Memory.kind) == kind)
        return await self._all(owner, *conditions)

    async def twins(self, owner: Owner, content_hashes: Sequence[str]) -> list[Memory]:
        return await self._all(
            owner,
            col(Memory.kind) != "episode",
            col(Memory.content_hash).in_(forms_of(self._session, content_hashes)),
        )

    async def questioning(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        return await self._all(owner, col(Memory.questions).in_(memory_ids))

    async def saying(self, owner: Owner, words: Sequence[str]) -> list[Memory]:
        in_clear = (col(Memory.content).icontains(word, autoescape=True) for word in words)
        return await self._episodes(owner, and_(*in_clear), contains(words))

    async def ids_of(self, owner: Owner) -> list[UUID]:
        return list(await self._session.exec(select(Memory.id).where(*_owned(owner))))

    async def owners_of(self, user_id: UUID) -> list[Owner]:
        of_each = (
            select(model.character_id).where(col(model.user_id) == user_id)
            for model in (Memory, Conversation, Relationship)
        )
        found = await self._session.exec(union(*of_each))  # type: ignore[call-overload]
        return [Owner(row[0], user_id) for row in found]

    async def quoting(self, owner: Owner, quote: str) -> list[Memory]:
        in_clear = func.strpos(Memory.index_text, quote) > 0
        return await self._episodes(owner, in_clear, lambda values: quote in values["index_text"])

    async def _episodes(
        self, owner: Owner, in_clear: ColumnElement[bool], sealed: Matches
    ) -> list[Memory]:
        episode = col(Memory.kind) == "episode"
        among = select(Memory).where(*_owned(owner), episode)
        ids = await sealed_ids(self._session, Memory, among, sealed)
        return await self._all(
            owner,
            episode,
            or_(and_(col(Memory.key_id).is_(None), in_clear), col(Memory.id).in_(ids)),
        )

    async def superseded_by(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        return await self._all(owner, col(Memory.superseded_by).in_(memory_ids))

    async def summary_of(self, owner: Owner, conversation_id: UUID) -> Memory | None:
        values = {
            "character_id": owner.character_id,
            "user_id": owner.user_id,
            "conversation_id": conversation_id,
        }
        return (await self._session.exec(_NEWEST_SUMMARY, params=values)).first()

    async def summaries_of(self, owner: Owner, conversation_id: UUID) -> list[Memory]:
        found = await self._all(owner, *_summaries(owner, conversation_id))
        return sorted(found, key=lambda memory: memory.id)

    async def expire(self, older_than: datetime, *, limit: int) -> list[Memory]:
        aged = (
            select(Memory)
            .outerjoin(Conversation, col(Conversation.id) == col(Memory.conversation_id))
            .where(*_aged(older_than), ~_in_use(older_than))
            .order_by(col(Memory.created_at))
            .limit(limit)
            .with_for_update(of=Memory, skip_locked=True)
        )
        expired = list(await self._session.exec(aged))
        for memory in expired:
            memory.status, memory.index_state, memory.updated_at = "expired", "pending", utc_now()
            memory.valid_to = memory.updated_at
            self._session.add(
                MemoryRevision(
                    memory_id=memory.id,
                    action="expired",
                    content=memory.content,
                    sensitive=memory.sensitive,
                )
            )
        await self._session.flush()
        return expired

    async def tally(self, owner: Owner) -> tuple[dict[str, int], Memory | None]:
        newest_first = aggregate_order_by(col(Memory.id), col(Memory.id).desc())
        counted = (
            select(
                col(Memory.kind).label("kind"),
                func.count().label("number"),
                func.array_agg(newest_first)[1].label("newest"),
            )
            .where(*_owned(owner), col(Memory.status) == "active")
            .group_by(col(Memory.kind))
            .subquery()
        )
        is_newest = and_(col(Memory.id) == counted.c.newest, counted.c.kind == "summary")
        rows = await self._session.exec(
            select(counted.c.kind, counted.c.number, Memory)
            .select_from(counted)
            .outerjoin(Memory, is_newest)
        )
        found = rows.all()
        summaries = [memory for _, _, memory in found if memory]
        return {kind: number for kind, number, _ in found}, next(iter(summaries), None)

    async def save(self, memory: Memory) -> None:
        await self._session.merge(memory)
        await self._session.flush()

    async def empty(self, memory_ids: Sequence[UUID]) -> None:
        await self._session.exec(
            update(Memory)
            .where(col(Memory.id).in_(memory_ids))
            .values(
                content="",
                content_hash="",
                index_text="",
                key_id=None,
                sealed=None,
                attribute=None,
                about_name=None,
                event_time=None,
                status="retracted",
                index_state="pending",
                updated_at=utc_now(),
            )
            .execution_options(synchronize_session=False)
        )

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

    async def mark_synced(
        self, memories: Sequence[Memory], model: str, collection_id: int | None = None
    ) -> set[UUID]:
        await hold_roles(self._session)
        roles = dict((await self._session.exec(_ROLES)).all())
        if collection_id is not None and roles.get(collection_id) != "live":
            return set()
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
        in_step = set(marked.scalars())
        if in_step and any(role in BESIDE for role in roles.values()):
            lacking = [{"memory_id": key} for key in in_step]
            await self._session.exec(insert(IndexBehind).on_conflict_do_nothing(), params=lacking)
        return in_step

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


def _summaries(owner: Owner, conversation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        *_owned(owner),
        col(Memory.conversation_id) == conversation_id,
        col(Memory.kind) == "summary",
    )


def _aged(older_than: datetime) -> tuple[ColumnElement[bool], ...]:
    """Came before a moment, and nothing has kept it alive since. What was imported came when it was
    imported, however old its words are."""
    return (
        col(Memory.status) == "active",
        col(Memory.kind).in_(("episode", "summary")),
        ~col(Memory.pinned),
        col(Memory.created_at) < older_than,
        col(Memory.last_reinforced) < older_than,
        col(Memory.reinforcement_count) <= 1,
    )


def _in_use(since: datetime) -> ColumnElement[bool]:
    """The summary that the prompts of a conversation still show."""
    return and_(
        col(Memory.kind) == "summary",
        func.coalesce(col(Conversation.last_message_at) >= since, False),
        col(Conversation.status) != "deleted",
    )


def _narrowing(narrow: MemoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrow.kinds:
        conditions.append(col(Memory.kind).in_(narrow.kinds))
    if narrow.category:
        conditions.append(col(Memory.category) == narrow.category)
    if narrow.status:
        conditions.append(col(Memory.status) == narrow.status)
    return conditions
