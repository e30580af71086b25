"""What the memory services work with, handed to each as one value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from backend.memory.live_index import LiveIndex, Serving
from backend.ports import CacheKeys, KeywordEncoder, VectorIndex
from backend.store import Store
from embeddings.base import Encoder, Reranker


class NothingCached:
    """The `CacheKeys` of a process without a cache."""

    async def count(self, ids: Sequence[str]) -> int:
        """None."""
        return 0

    async def delete(self, ids: Sequence[str]) -> int:
        """None."""
        return 0


@dataclass(frozen=True, slots=True)
class MemoryResources:
    """The truth, the index over it, the two encoders that feed the index, and what may be cached.

    `serving`, where collections can be swapped, says which one serves; `collection_id` is the one
    that `settled` resources stay with. `reranker` takes a second look, where there is one.
    """

    store: Store
    index: VectorIndex
    encoder: Encoder
    keywords: KeywordEncoder
    cache: CacheKeys = field(default_factory=NothingCached)
    serving: Callable[[], Serving] | None = None
    collection_id: int | None = None
    reranker: Reranker | None = None

    def settled(self) -> "MemoryResources":
        """These with what serves now, for one piece of work that encodes and then searches or writes:
        vectors of two models must not meet where a swap comes in between."""
        if self.serving is None or self.collection_id is not None:
            return self
        now = self.serving()
        index = self.index
        if isinstance(index, LiveIndex):
            index = index.staying_with(now)
        return replace(self, index=index, encoder=now.encoder, collection_id=now.collection.id)
