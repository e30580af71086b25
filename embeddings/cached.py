"""Remembers the vectors of recent queries."""

from collections import OrderedDict
from collections.abc import Sequence

from embeddings.base import Encoder, Vector, Vectors


class CachedEncoder:
    """Keeps the vectors of the last `capacity` distinct queries; documents pass straight through.

    A turn and its regeneration, or a search repeated while paging, ask for the same query again.
    """

    def __init__(self, encoder: Encoder, capacity: int = 512) -> None:
        self._encoder = encoder
        self._capacity = capacity
        self._queries: OrderedDict[str, Vector] = OrderedDict()

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    async def load(self) -> None:
        """Load the encoder inside."""
        await self._encoder.load()

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return `float32[n, dimension]`, never cached."""
        return await self._encoder.encode_documents(texts)

    async def encode_query(self, text: str) -> Vector:
        """Return `float32[dimension]`, read-only because callers share it."""
        known = self._queries.get(text)
        if known is not None:
            self._queries.move_to_end(text)
            return known
        vector = (await self._encoder.encode_query(text)).copy()
        vector.flags.writeable = False
        self._queries[text] = vector
        if len(self._queries) > self._capacity:
            self._queries.popitem(last=False)
        return vector

    async def close(self) -> None:
        """Close the encoder inside and forget the queries."""
        self._queries.clear()
        await self._encoder.close()
