"""The vector index inside this process: Qdrant's engine on a folder."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast
from uuid import UUID

import numpy as np
import numpy.typing as npt
import qdrant_edge as engine

from backend.adapters.qdrant.collection import (
    DENSE_VECTOR,
    KEYWORD_VECTOR,
    KIND_FIELD,
    OWNER_FIELD,
    Collection,
    own_terms,
    payload_of,
)
from backend.adapters.qdrant.edge_files import open_shard
from backend.errors import IndexUnavailable
from backend.models.owner import Owner
from backend.ports import IndexHits, IndexPoint, SparseVector

Result = TypeVar("Result")

# The engine holds the interpreter's lock while it writes, some 0.1 ms a point: this many at a time
# keep the event loop answering, and let searches in between.
_POINTS_AT_A_TIME = 64
# A write is in the log when it returns and survives a killed process. Only a flush survives a
# power cut, and stops everything for 10 to 80 ms, so it runs with the first write after this long.
_SECONDS_BETWEEN_FLUSHES = 10.0


class EdgeIndex:
    """A `VectorIndex` on qdrant-edge, for one process.

    Calls run one at a time in a thread of their own. The shard is never optimised: every search is
    filtered by owner, and optimising freezes the whole process. Files keep the space of replaced
    and deleted points until `keepsake reindex` writes new ones.
    """

    def __init__(self, path: Path, collection: Collection) -> None:
        """`path` is the folder of all collections; this one is a folder inside it."""
        self._folder = path / collection.name
        self._collection = collection
        self._shard: engine.EdgeShard | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="memory-index")
        self._flushed_at = 0.0

    async def open(self) -> None:
        """Open the shard, creating it the first time; see `VectorIndex.open`."""
        if self._shard is None:
            loop = asyncio.get_running_loop()
            self._shard = await loop.run_in_executor(
                self._thread, open_shard, self._folder, self._collection
            )
            self._flushed_at = time.monotonic()

    async def upsert(self, points: Sequence[IndexPoint]) -> None:
        """Write points, a few at a time; see `VectorIndex.upsert`."""
        for start in range(0, len(points), _POINTS_AT_A_TIME):
            await self._write(_upsert_of, points[start : start + _POINTS_AT_A_TIME])

    async def delete(self, owner: Owner, memory_ids: Sequence[UUID]) -> None:
        """Remove the owner's points among `memory_ids`."""
        if memory_ids:
            owned = _owned_by(owner, also=[engine.HasIdCondition(set(memory_ids))])
            await self._write(engine.UpdateOperation.delete_points_by_filter, owned)

    async def delete_owner(self, owner: Owner) -> None:
        """Remove everything of one owner."""
        await self._write(engine.UpdateOperation.delete_points_by_filter, _owned_by(owner))

    async def search(
        self,
        owner: Owner,
        dense: npt.NDArray[np.float32],
        sparse: SparseVector,
        *,
        limit: int,
        kinds: Sequence[str] | None = None,
    ) -> IndexHits:
        """Search both arms in one batch; see `VectorIndex.search`."""
        batch = _search_batch(owner, dense, sparse, limit, kinds)
        arms = [_scores(hits) for hits in await self._call(lambda s: s.query_batch(batch))]
        return IndexHits(dense=arms[0], keyword=arms[1] if len(arms) > 1 else {})

    async def count(
        self, owner: Owner | None = None, memory_ids: Sequence[UUID] | None = None
    ) -> int:
        """Points of one owner, or of everybody; see `VectorIndex.count`."""
        ids = [] if memory_ids is None else [engine.HasIdCondition(set(memory_ids))]
        owned = _owned_by(owner, also=ids) if owner else None
        request = engine.CountRequest(exact=True, filter=owned)
        return await self._call(lambda shard: shard.count(request))

    async def check(self) -> None:
        """Prove that the shard answers."""
        await self._call(lambda shard: shard.info())

    async def close(self) -> None:
        """Flush and release the folder. Safe to call twice."""
        if self._shard is not None:
            try:
                await self._call(_flush_and_close)
            finally:
                self._shard = None

    async def _write(
        self, build: Callable[[Result], engine.UpdateOperation], argument: Result
    ) -> None:
        def write(shard: engine.EdgeShard) -> None:
            shard.update(build(argument))
            if time.monotonic() - self._flushed_at > _SECONDS_BETWEEN_FLUSHES:
                shard.flush()
                self._flushed_at = time.monotonic()

        await self._call(write)

    async def _call(self, work: Callable[[engine.EdgeShard], Result]) -> Result:
        shard = self._shard
        if shard is None:
            raise IndexUnavailable("The memory index isn't open.")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, shard)
        except Exception as error:  # the engine raises nothing more precise
            raise IndexUnavailable(f"The memory index failed: {error}") from error


def _flush_and_close(shard: engine.EdgeShard) -> None:
    try:
        shard.flush()
    finally:
        shard.close()


def _upsert_of(points: Sequence[IndexPoint]) -> engine.UpdateOperation:
    return engine.UpdateOperation.upsert_points(
        [
            engine.Point(point.memory_id, _vectors_of(point), dict(payload_of(point)))
            for point in points
        ]
    )


def _vectors_of(point: IndexPoint) -> "dict[str, engine.NamedVector]":
    vectors: dict[str, engine.NamedVector] = {DENSE_VECTOR: point.dense.tolist()}
    # Left out, not stored empty: IDF counts the points that have the vector.
    if point.sparse.indices:
        vectors[KEYWORD_VECTOR] = _sparse(own_terms(point.owner, point.sparse))
    return vectors


def _search_batch(
    owner: Owner,
    dense: npt.NDArray[np.float32],
    sparse: SparseVector,
    limit: int,
    kinds: Sequence[str] | None,
) -> engine.QueryBatchRequest:
    of_kinds = engine.FieldCondition(KIND_FIELD, match=engine.MatchAny(list(kinds or ())))
    wanted = _owned_by(owner, also=[] if kinds is None else [of_kinds])
    by_meaning = engine.Query.Nearest(dense.tolist(), using=DENSE_VECTOR)
    by_words = engine.Query.Nearest(_sparse(own_terms(owner, sparse)), using=KEYWORD_VECTOR)
    # The engine refuses an IDF corpus on a dense search.
    own_idf = engine.SearchParams(exact=True, idf=engine.IdfParams(corpus=_owned_by(owner)))
    arms = [(by_meaning, engine.SearchParams(exact=True))]
    if sparse.indices:
        arms.append((by_words, own_idf))
    return engine.QueryBatchRequest(
        [
            engine.QueryRequest(limit=limit, query=query, filter=wanted, params=params)
            for query, params in arms
        ]
    )


def _owned_by(owner: Owner, also: "Sequence[engine.ConditionType]" = ()) -> engine.Filter:
    return engine.Filter(
        must=[engine.FieldCondition(OWNER_FIELD, match=engine.MatchValue(owner.key)), *also]
    )


def _sparse(vector: SparseVector) -> engine.SparseVector:
    return engine.SparseVector(list(vector.indices), list(vector.values))


def _scores(hits: Sequence[engine.ScoredPoint]) -> dict[UUID, float]:
    # The engine makes an id anew each time that it is asked for; all of ours are UUIDs.
    return {cast(UUID, hit.id): hit.score for hit in hits}
