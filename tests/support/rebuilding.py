"""A process's memory on shared data, by an EMBEDDING_MODEL of its own, as bootstrap puts it together."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from backend.adapters.qdrant.keyword import Bm25KeywordEncoder
from backend.memory.collections import LiveCollections
from backend.memory.encoders import Encoders
from backend.memory.indexing import index_memories
from backend.memory.recall import RecallRequest, recall
from backend.memory.resources import MemoryResources
from backend.models import IndexCollection, Memory, Owner
from backend.ports import VectorIndexes
from backend.store import Store
from backend.worker.index_sync import sweep_once
from embeddings.base import EncoderError, Vector, Vectors
from embeddings.hashing import HashingEncoder

DIMENSION = 512
Hook = Callable[[], Awaitable[None]]


class TurnedEncoder(HashingEncoder):
    """A model of its own: as `HashingEncoder`, but with all components moved along, so that vectors of
    two models have one length and nothing in common. `read` keeps the texts that it encoded as
    documents; `before_batch` runs ahead of each such batch. While `gone`, it can't be loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(DIMENSION)
        self._name = name
        self._turn = sum(name.encode()) % DIMENSION
        self.read: list[str] = []
        self.before_batch: Hook | None = None
        self.gone = False

    @property
    def name(self) -> str:
        return self._name

    async def load(self) -> None:
        if self.gone:
            raise EncoderError(f"There is no model {self._name}.")

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        await self.load()
        if texts and self.before_batch:
            await self.before_batch()
        self.read += texts
        return np.roll(await super().encode_documents(texts), self._turn, axis=1)

    async def encode_query(self, text: str) -> Vector:
        await self.load()
        return np.roll(await super().encode_query(text), self._turn)


@dataclass(frozen=True)
class Process:
    """One Keepsake, and the models that it could load."""

    store: Store
    resources: MemoryResources
    collections: LiveCollections
    models: dict[str, TurnedEncoder]

    async def keep(self, *memories: Memory) -> None:
        """Store and index memories."""
        async with self.store.transaction() as tx:
            assert len(await tx.memories.add(memories)) == len(memories)
        await index_memories(self.resources, memories)

    async def recalled(self, owner: Owner, text: str) -> list[str]:
        """What comes to mind by meaning or words, best first."""
        request = RecallRequest(owner=owner, text=text, user_name="Ada", character_name="Mira")
        found = await recall(self.resources, request)
        return [item.memory.content for item in found.memories if item.score > 0]

    async def sweep(self) -> None:
        """Bring the live collection in step."""
        while await sweep_once(self.resources, settle=timedelta(0)):
            pass

    async def books(self) -> dict[str, IndexCollection]:
        """The collections by role."""
        async with self.store.transaction() as tx:
            return {row.role: row for row in await tx.collections.all()}

    async def counts(self, owner: Owner) -> dict[str, int]:
        """How many of the owner's memories each collection has, by role."""
        counted = {}
        for role, row in (await self.books()).items():
            if row.name and row.dimension:
                index = await self.collections.indexes.open(row.name, row.dimension)
                counted[role] = await index.count(owner)
        return counted


@asynccontextmanager
async def process(store: Store, indexes: VectorIndexes, wanted: str) -> AsyncIterator[Process]:
    """A process that has started; at the end its index is closed."""
    models: dict[str, TurnedEncoder] = {name: TurnedEncoder(name) for name in ("old", "new")}
    collections = LiveCollections(store, indexes, Encoders(models.__getitem__), wanted)
    try:
        await collections.open()
        resources = MemoryResources(
            store,
            collections.index,
            collections.encoder,
            Bm25KeywordEncoder(),
            serving=collections.serving,
        )
        yield Process(store, resources, collections, models)
    finally:
        await indexes.close()
