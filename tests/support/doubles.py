"""Doubles that can be switched off or held in the middle, for what goes wrong in production."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from backend.errors import IndexUnavailable, KeepsakeError, StoreUnavailable
from backend.gateway.outgoing import Outgoing
from backend.models.candidate import Candidate, Extraction, Transcript
from backend.models.owner import Owner
from backend.ports import IndexHits, IndexPoint, SparseVector, VectorIndex
from backend.store import Store, Transaction
from embeddings.base import EncoderError, Vector, Vectors
from embeddings.hashing import HashingEncoder

DIMENSION = 2048  # wide enough that strangers share no component

Hook = Callable[[], Awaitable[None]]


class SwitchedIndex:
    """A real index with a plug: while `down`, every call fails; while `writes_down`, only those
    that change it. `refused` counts those. `before_upsert` runs once, ahead of the next upsert."""

    def __init__(self, index: VectorIndex) -> None:
        self.inner = index
        self.down = False
        self.writes_down = False
        self.refused = 0
        self.before_upsert: Hook | None = None

    async def open(self) -> None:
        await self.inner.open()

    async def upsert(self, points: Sequence[IndexPoint]) -> None:
        self._require(writing=True)
        if hook := self.before_upsert:
            self.before_upsert = None
            await hook()
        await self.inner.upsert(points)

    async def delete(self, owner: Owner, memory_ids: Sequence[UUID]) -> None:
        self._require(writing=True)
        await self.inner.delete(owner, memory_ids)

    async def delete_owner(self, owner: Owner) -> None:
        self._require(writing=True)
        await self.inner.delete_owner(owner)

    async def search(
        self,
        owner: Owner,
        dense: npt.NDArray[np.float32],
        sparse: SparseVector,
        *,
        limit: int,
        kinds: Sequence[str] | None = None,
    ) -> IndexHits:
        self._require()
        return await self.inner.search(owner, dense, sparse, limit=limit, kinds=kinds)

    async def count(
        self, owner: Owner | None = None, memory_ids: Sequence[UUID] | None = None
    ) -> int:
        return await self.inner.count(owner, memory_ids)

    async def check(self) -> None:
        self._require()

    async def close(self) -> None:
        await self.inner.close()

    def _require(self, *, writing: bool = False) -> None:
        if self.down or (writing and self.writes_down):
            self.refused += 1
            raise IndexUnavailable("The plug is pulled.")


class SwitchedEncoder(HashingEncoder):
    """Fails while `down`; waits while `held` is cleared, `waiting` calls at the time. `read` keeps the
    texts that it encoded as documents."""

    def __init__(self) -> None:
        super().__init__(DIMENSION)
        self.down = False
        self.held = asyncio.Event()
        self.held.set()
        self.waiting = 0
        self.read: list[str] = []

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        await self._ready()
        self.read += texts
        return await super().encode_documents(texts)

    async def encode_query(self, text: str) -> Vector:
        await self._ready()
        return await super().encode_query(text)

    async def _ready(self) -> None:
        self.waiting += 1
        try:
            await self.held.wait()
        finally:
            self.waiting -= 1
        if self.down:
            raise EncoderError("The model's file is gone.")


class ScriptedExtractor:
    """Proposes what `read` says of each transcript. `failure`, while set, is raised instead; before
    an answer one permit of `gate` is taken. `transcripts` keeps what was asked."""

    def __init__(
        self,
        read: Callable[[Transcript], Sequence[Candidate]],
        *,
        gate: asyncio.Semaphore | None = None,
    ) -> None:
        self._read = read
        self._gate = gate
        self.failure: KeepsakeError | None = None
        self.transcripts: list[Transcript] = []

    async def extract(self, transcript: Transcript) -> Extraction:
        self.transcripts.append(transcript)
        if self._gate is not None:
            await self._gate.acquire()
        if self.failure is not None:
            raise self.failure
        return Extraction(tuple(self._read(transcript)), "scripted")


class UnpluggableStore:
    """A process's way to the database, which `unplugged` cuts as its death would."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.unplugged = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if self.unplugged:
            raise StoreUnavailable("This process is dead.")
        async with self._store.transaction() as tx:
            yield tx

    async def check(self) -> None:
        await self._store.check()


class Listener:
    """A connection that keeps what it is sent."""

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.heard: list[tuple[str, dict[str, Any]]] = []

    async def send(self, event: str, data: dict[str, Any]) -> None:
        self.heard.append((event, data))

    async def deliver(self, outgoing: Outgoing) -> None:
        self.heard.append((outgoing.event, outgoing.data))

    def of(self, event: str) -> list[dict[str, Any]]:
        """The data of one event, in order."""
        return [data for name, data in self.heard if name == event]
