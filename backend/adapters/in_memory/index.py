"""A vector index of dictionaries, for tests: same answers as Qdrant, nothing kept."""

import math
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt

from backend.errors import IndexUnavailable
from backend.models.owner import Owner
from backend.ports import IndexHits, IndexPoint, SparseVector


class InMemoryIndex:
    """A `VectorIndex` that scores every point of the owner."""

    def __init__(self) -> None:
        self._points: dict[UUID, IndexPoint] = {}
        self._is_open = False

    async def open(self) -> None:
        """Ready to use; points of an earlier opening are still there."""
        self._is_open = True

    async def upsert(self, points: Sequence[IndexPoint]) -> None:
        """Keep points by memory id."""
        self._require_open()
        self._points.update((point.memory_id, point) for point in points)

    async def delete(self, owner: Owner, memory_ids: Sequence[UUID]) -> None:
        """Remove the owner's points among `memory_ids`."""
        self._require_open()
        for memory_id in memory_ids:
            if memory_id in self._points and self._points[memory_id].owner == owner:
                del self._points[memory_id]

    async def delete_owner(self, owner: Owner) -> None:
        """Remove everything of one owner."""
        await self.delete(owner, [point.memory_id for point in self._of(owner)])

    async def search(
        self,
        owner: Owner,
        dense: npt.NDArray[np.float32],
        sparse: SparseVector,
        *,
        limit: int,
        kinds: Sequence[str] | None = None,
    ) -> IndexHits:
        """Score the owner's points; see `VectorIndex.search`."""
        self._require_open()
        corpus = self._of(owner)
        wanted = [point for point in corpus if kinds is None or point.kind in kinds]
        return IndexHits(
            dense=_best({p.memory_id: _cosine(p.dense, dense) for p in wanted}, limit),
            keyword=_best(_bm25(corpus, wanted, sparse), limit),
        )

    async def count(
        self, owner: Owner | None = None, memory_ids: Sequence[UUID] | None = None
    ) -> int:
        """Points of one owner, or of everybody; see `VectorIndex.count`."""
        self._require_open()
        if owner is None:
            return len(self._points)
        among = None if memory_ids is None else set(memory_ids)
        return sum(among is None or point.memory_id in among for point in self._of(owner))

    async def check(self) -> None:
        """Answers while open."""
        self._require_open()

    async def close(self) -> None:
        """Refuse further calls. Safe to call twice."""
        self._is_open = False

    def _of(self, owner: Owner) -> list[IndexPoint]:
        return [point for point in self._points.values() if point.owner == owner]

    def _require_open(self) -> None:
        if not self._is_open:
            raise IndexUnavailable("The memory index isn't open.")


class InMemoryIndexes:
    """`VectorIndexes` of dictionaries."""

    def __init__(self) -> None:
        self._collections: dict[str, InMemoryIndex] = {}

    def name_for(self, model: str, dimension: int, serial: int) -> str:
        """The name carries all three."""
        return f"{model}-{dimension}-{serial}"

    async def open(self, name: str, dimension: int, *, create: bool = False) -> InMemoryIndex:
        """Open a collection; see `VectorIndexes.open`."""
        if create:
            self._collections.setdefault(name, InMemoryIndex())
        if name not in self._collections:
            raise IndexUnavailable(f"There is no memory index {name}.")
        await self._collections[name].open()
        return self._collections[name]

    async def exists(self, name: str) -> bool:
        """Whether it was made."""
        return name in self._collections

    async def drop(self, name: str) -> None:
        """Delete a collection."""
        if index := self._collections.pop(name, None):
            await index.close()

    async def close(self) -> None:
        """Close every collection; an `open` finds it again."""
        for index in self._collections.values():
            await index.close()


def _cosine(left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]) -> float:
    return float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right)))


def _bm25(
    corpus: Sequence[IndexPoint], wanted: Sequence[IndexPoint], query: SparseVector
) -> dict[UUID, float]:
    """BM25 of the points that share a term with the query. IDF is `ln((n - df + 0.5) / (df + 0.5)
    + 1)` over the points that have any term, as Qdrant counts it."""
    documents = [point for point in corpus if point.sparse.indices]
    frequency = Counter(term for point in documents for term in point.sparse.indices)
    weight = {
        term: value
        * math.log((len(documents) - frequency[term] + 0.5) / (frequency[term] + 0.5) + 1)
        for term, value in zip(query.indices, query.values, strict=True)
    }
    scores = {}
    for point in wanted:
        terms = zip(point.sparse.indices, point.sparse.values, strict=True)
        shared = [weight[term] * value for term, value in terms if term in weight]
        if shared:
            scores[point.memory_id] = sum(shared)
    return scores


def _best(scores: dict[UUID, float], limit: int) -> dict[UUID, float]:
    return dict(sorted(scores.items(), key=lambda entry: entry[1], reverse=True)[:limit])
