"""The index as memory's services see it: one, whichever collection serves behind it.

Recall and writing go to the live collection, each with the encoder of its model; deleting and counting
go to every collection there is, so that nothing forgotten is left in the one beside.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from backend.models import IndexCollection, Owner
from backend.ports import IndexHits, IndexPoint, SparseVector, VectorIndex
from embeddings.base import Encoder, Vector, Vectors


@dataclass(frozen=True, slots=True)
class Serving:
    """The live collection, opened, and the encoder that its vectors were made by."""

    collection: IndexCollection
    index: VectorIndex
    encoder: Encoder


class LiveIndex:
    """A `VectorIndex` over the collection that serves at each call.

    `serving` gives it; `everywhere` gives all the collections, read from the books at that moment.
    """

    def __init__(
        self,
        serving: Callable[[], Serving],
        everywhere: Callable[[], Awaitable[Sequence[VectorIndex]]],
    ) -> None:
        self._serving = serving
        self._everywhere = everywhere

    def staying_with(self, serving: Serving) -> "LiveIndex":
        """The same, but searching and writing stay with one collection whatever is swapped."""
        return LiveIndex(lambda: serving, self._everywhere)

    async def as_it_is(self) -> "LiveIndex":
        """The same, but the books are read once, now, not at each call."""
        everywhere = await self._everywhere()

        async def read_before() -> Sequence[VectorIndex]:
            return everywhere

        return LiveIndex(self._serving, read_before)

    async def open(self) -> None:
        """Nothing to do: the collections are opened by whoever follows the books."""

    async def upsert(self, points: Sequence[IndexPoint]) -> None:
        """Write to the live collection."""
        await self._serving().index.upsert(points)

    async def delete(self, owner: Owner, memory_ids: Sequence[UUID]) -> None:
        """Remove the owner's points from every collection."""
        for index in await self._everywhere():
            await index.delete(owner, memory_ids)

    async def delete_owner(self, owner: Owner) -> None:
        """Remove everything of one owner from every collection."""
        for index in await self._everywhere():
            await index.delete_owner(owner)

    async def search(
        self,
        owner: Owner,
        dense: npt.NDArray[np.float32],
        sparse: SparseVector,
        *,
        limit: int,
        kinds: Sequence[str] | None = None,
    ) -> IndexHits:
        """Search the live collection; see `VectorIndex.search`."""
        return await self._serving().index.search(owner, dense, sparse, limit=limit, kinds=kinds)

    async def count(
        self, owner: Owner | None = None, memory_ids: Sequence[UUID] | None = None
    ) -> int:
        """Points in all collections together; see `VectorIndex.count`."""
        return sum([await index.count(owner, memory_ids) for index in await self._everywhere()])

    async def check(self) -> None:
        """Prove that the live collection answers."""
        await self._serving().index.check()

    async def close(self) -> None:
        """Nothing to do, as with `open`."""


class LiveEncoder:
    """The `Encoder` of the collection that serves at each call."""

    def __init__(self, serving: Callable[[], Serving]) -> None:
        self._serving = serving

    @property
    def name(self) -> str:
        return self._serving().encoder.name

    @property
    def dimension(self) -> int:
        return self._serving().encoder.dimension

    async def load(self) -> None:
        """Load the encoder that serves."""
        await self._serving().encoder.load()

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_documents`."""
        return await self._serving().encoder.encode_documents(texts)

    async def encode_query(self, text: str) -> Vector:
        """See `Encoder.encode_query`."""
        return await self._serving().encoder.encode_query(text)

    async def close(self) -> None:
        """Nothing to do: the encoders are closed by whoever made them."""
