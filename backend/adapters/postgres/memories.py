"""Memories in PostgreSQL. Every query names the owner, but for the index reconciler's own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    and_,
    any_,
    delete,
    literal,
    or_,
    union,
    update,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.ageing import expire
from backend.adapters.postgres.episodes_behind import read_behind
from backend.adapters.postgres.index_marks import mark_all_pending, mark_synced, unsynced
from backend.adapters.postgres.known_memories import UUIDS, read_known
from backend.adapters.postgres.memory_listings import page, tally
from backend.adapters.postgres.memory_statements import (
    ADDING,
    BEHIND_THE_TALK,
    FACTS_SINCE,
    MATCHING,
    NEWEST_SUMMARY,
    TAKING_LOCK,
    UNSURE,
)
from backend.adapters.postgres.of_owner import owned
from backend.adapters.postgres.sealed_search import contains, sealed_ids
from backend.adapters.postgres.sealing import forms_of, rows_of, sealing_of
from backend.models import (
    Conversation,
    KnownMemory,
    Memory,
    Outdated,
    Owner,
    Relationship,
    utc_now,
)
from backend.store import MemoryFilter

INSERT_CHUNK = 100
_SINGULAR = ("episode", "summary")  # what no other says the same as


class PostgresMemories:
    """Implements `Memories`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, owner: Owner) -> None:
        await self._session.exec(TAKING_LOCK, params={"owner": owner.key})

    async def add(self, memories: Sequence[Memory]) -> list[Memory]:
        stored: list[Memory] = []
        memories = await self._without_twins(memories)
        for start in range(0, len(memories), INSERT_CHUNK):
            chunk = memories[start : start + INSERT_CHUNK]
            inserted = await self._session.exec(ADDING, params=rows_of(self._session, chunk))
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
            for twin in await self.around(owner, [], content_hashes=hashes)
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

    async def with_twins(
        self, owner: Owner, memory_id: UUID, content_hash: str | None
    ) -> list[Memory]:
        hashes = forms_of(self._session, [content_hash] if content_hash else [])
        same = and_(col(Memory.status) == "active", col(Memory.content_hash).in_(hashes))
        return await self._all(owner, or_(col(Memory.id) == memory_id, same))

    async def page(
        self, owner: Owner, narrow: MemoryFilter, *, limit: int, before: UUID | None
    ) -> list[Memory]:
        return await page(self._session, owner, narrow, limit=limit, before=before)

    async def known(
        self, owner: Owner, memory_ids: Sequence[UUID], *, best: int
    ) -> tuple[list[KnownMemory], list[KnownMemory], list[Outdated]]:
        return await read_known(self._session, owner, memory_ids, best=best)

    async def facts_since(self, owner: Owner, since: datetime, *, limit: int) -> list[Memory]:
        values = {**_keys(owner), "since": since, "most": limit}
        return list(await self._session.exec(FACTS_SINCE, params=values))

    async def unsure(self, owner: Owner) -> list[Memory]:
        return list(await self._session.exec(UNSURE, params=_keys(owner)))

    async def matching(
        self,
        owner: Owner,
        memory_ids: Sequence[UUID],
        *,
        content_hashes: Sequence[str],
        attributes: Sequence[str],
    ) -> list[Memory]:
        values = {
            **_keys(owner),
            "ids": list(memory_ids),
            "said": forms_of(self._session, content_hashes),
            "about": forms_of(self._session, attributes),
        }
        return list(await self._session.exec(MATCHING, params=values))

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

    async def around(
        self, owner: Owner, memory_ids: Sequence[UUID], *, content_hashes: Sequence[str] = ()
    ) -> list[Memory]:
        hashes = forms_of(self._session, content_hashes)
        return await self._all(
            owner,
            or_(
                col(Memory.superseded_by).in_(memory_ids),
                col(Memory.questions).in_(memory_ids),
                and_(col(Memory.kind) != "episode", col(Memory.content_hash).in_(hashes)),
            ),
        )

    async def saying(self, owner: Owner, words: Sequence[str]) -> list[Memory]:
        episode = col(Memory.kind) == "episode"
        among = select(Memory).where(*owned(owner), episode)
        sealed = await sealed_ids(self._session, Memory, among, contains(words))
        in_clear = (col(Memory.content).icontains(word, autoescape=True) for word in words)
        return await self._all(
            owner,
            episode,
            or_(and_(col(Memory.key_id).is_(None), *in_clear), col(Memory.id).in_(sealed)),
        )

    async def ids_of(self, owner: Owner) -> list[UUID]:
        return list(await self._session.exec(select(Memory.id).where(*owned(owner))))

    async def owners_of(self, user_id: UUID) -> list[Owner]:
        of_each = (
            select(model.character_id).where(col(model.user_id) == user_id)
            for model in (Memory, Conversation, Relationship)
        )
        found = await self._session.exec(union(*of_each))  # type: ignore[call-overload]
        return [Owner(row[0], user_id) for row in found]

    async def behind(self, owner: Owner, message_ids: Sequence[UUID]) -> list[tuple[UUID, Memory]]:
        return await read_behind(self._session, owner, message_ids)

    async def summary_of(self, owner: Owner, conversation_id: UUID) -> Memory | None:
        values = {**_keys(owner), "conversation_id": conversation_id}
        return (await self._session.exec(NEWEST_SUMMARY, params=values)).first()

    async def behind_the_talk(
        self, owner: Owner, conversation_id: UUID
    ) -> tuple[Memory | None, list[Memory]]:
        values = {**_keys(owner), "conversation_id": conversation_id}
        rows = await self._session.exec(BEHIND_THE_TALK, params=values)  # type: ignore[call-overload]
        found = sorted(rows.scalars(), key=lambda memory: memory.id, reverse=True)
        summary = next((memory for memory in found if memory.status == "active"), None)
        return summary, [memory for memory in found if memory.status == "unsure"]

    async def summaries_of(self, owner: Owner, conversation_id: UUID) -> list[Memory]:
        found = await self._all(owner, *_summaries(owner, conversation_id))
        return sorted(found, key=lambda memory: memory.id)

    async def expire(self, older_than: datetime, *, limit: int) -> list[Memory]:
        return await expire(self._session, older_than, limit=limit)

    async def tally(self, owner: Owner) -> tuple[dict[str, int], Memory | None]:
        return await tally(self._session, owner)

    async def learn(self, memory: Memory) -> None:
        # The session writes records in order of their classes' names: a memory before its `MemoryRevision`s.
        self._session.add(memory)

    async def save(self, memory: Memory) -> None:
        if memory not in self._session:
            await self._session.merge(memory)

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
        return await unsynced(self._session, limit=limit, older_than=older_than)

    async def mark_synced(
        self, memories: Sequence[Memory], model: str, collection_id: int | None = None
    ) -> set[UUID]:
        return await mark_synced(self._session, memories, model, collection_id)

    async def mark_all_pending(self) -> int:
        return await mark_all_pending(self._session)

    async def _all(self, owner: Owner, *conditions: ColumnElement[bool]) -> list[Memory]:
        return list(await self._session.exec(select(Memory).where(*owned(owner), *conditions)))


def _keys(owner: Owner) -> dict[str, UUID]:
    return {"character_id": owner.character_id, "user_id": owner.user_id}


def _summaries(owner: Owner, conversation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        *owned(owner),
        col(Memory.conversation_id) == conversation_id,
        col(Memory.kind) == "summary",
    )
