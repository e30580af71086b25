"""The memory and turn system on a real database, put together without bootstrap."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from redis.asyncio import Redis

from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.store import PostgresStore
from backend.adapters.qdrant.collection import Collection
from backend.adapters.qdrant.edge import EdgeIndex
from backend.adapters.qdrant.keyword import Bm25KeywordEncoder
from backend.adapters.redis.cache_keys import RedisCacheKeys
from backend.conversation.assignment import TurnResources
from backend.conversation.context_builder import ContextPolicy
from backend.memory.indexing import index_memories
from backend.memory.recall import RecallRequest, Recollection, recall
from backend.memory.resources import MemoryResources
from backend.models import Character, Conversation, Memory, Message, Owner, User
from backend.ports import LanguageModel, VectorIndex
from tests.support.doubles import SwitchedEncoder, SwitchedIndex
from tests.support.records import a_character, a_conversation, a_message, a_user

PATIENT = ContextPolicy(recall_seconds=20)  # a busy machine must not make a recall late


@dataclass(frozen=True)
class System:
    """A store, an index and encoders that can be switched off, on one database."""

    url: str
    store: PostgresStore
    jobs: JobQueue
    index: SwitchedIndex
    encoder: SwitchedEncoder

    @property
    def memory(self) -> MemoryResources:
        """What the memory services take."""
        return MemoryResources(self.store, self.index, self.encoder, Bm25KeywordEncoder())

    def with_cache(self, redis: Redis) -> MemoryResources:
        """The same, forgetting in Redis too."""
        return replace(self.memory, cache=RedisCacheKeys(redis))

    def turns(self, model: LanguageModel, context: ContextPolicy = PATIENT) -> TurnResources:
        """What answering takes."""
        return TurnResources(self.memory, model, context)

    async def query(self, statement: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement, run past the store on a connection of its own."""
        async with await psycopg.AsyncConnection.connect(self.url) as connection:
            found = await connection.execute(statement, values)
            return await found.fetchall() if found.description else []

    async def jobs_of(self, conversation: Conversation) -> int:
        """Formation jobs that wait for a conversation."""
        rows = await self.query(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status = 'todo' AND args->>'conversation_id' = %s",
            str(conversation.id),
        )
        return int(rows[0][0])

    async def introduce(
        self, user: User | None = None, character: Character | None = None
    ) -> Conversation:
        """Store two people (fresh ones unless given, which may be stored already) and their new
        conversation."""
        user, character = user or a_user(), character or a_character()
        conversation = a_conversation(user, character)
        async with self.store.transaction() as tx:
            if await tx.users.get(user.id) is None:
                await tx.users.add(user.model_copy())
            await tx.characters.add_missing([character])
            await tx.conversations.add(conversation)
        return conversation

    async def say(
        self, conversation: Conversation, *contents: str, **changes: Any
    ) -> list[Message]:
        """Store messages, the user's unless `sender_type` says otherwise."""
        async with self.store.transaction() as tx:
            return [
                await tx.messages.append(a_message(conversation, content, **changes))
                for content in contents
            ]

    async def keep(self, *memories: Memory) -> None:
        """Store and index memories."""
        async with self.store.transaction() as tx:
            assert len(await tx.memories.add(memories)) == len(memories)
        await index_memories(self.memory, memories)

    async def recall(self, owner: Owner, text: str, **changes: Any) -> Recollection:
        """Recall as Ada talking to Mira."""
        return await recall(
            self.memory,
            RecallRequest(
                owner=owner, text=text, user_name="Ada", character_name="Mira", **changes
            ),
        )

    async def recalled(self, owner: Owner, text: str, **changes: Any) -> list[str]:
        """What comes to mind, as text, best first."""
        found = await self.recall(owner, text, **changes)
        return [item.memory.content for item in found.memories]

    async def memories(self, owner: Owner, *, kind: str = "fact") -> list[Memory]:
        """All rows of one kind, whatever their status, oldest first."""
        async with self.store.transaction() as tx:
            rows = await self.query(
                "SELECT id FROM memory WHERE character_id = %s AND user_id = %s AND kind = %s",
                owner.character_id,
                owner.user_id,
                kind,
            )
            found = await tx.memories.of_owner(owner, [row[0] for row in rows])
        return sorted(found, key=lambda memory: memory.id)


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[PostgresStore]:
    """A store on a migrated database. Shared by many systems, it compiles each statement once."""
    store = PostgresStore(url, JobQueue(url))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_system(url: str, store: PostgresStore, index: VectorIndex) -> AsyncIterator[System]:
    """A system on a store and a closed index."""
    await index.open()
    try:
        yield System(url, store, JobQueue(url), SwitchedIndex(index), SwitchedEncoder())
    finally:
        await index.close()


def edge_index(folder: Path) -> EdgeIndex:
    """A closed index on files, for the encoder that systems have."""
    encoder = SwitchedEncoder()
    return EdgeIndex(folder, Collection.for_model(encoder.name, encoder.dimension))
