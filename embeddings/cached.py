"""Remembers the vectors of recent queries."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from embeddings.base import Encoder, Vector, Vectors


class CachedEncoder:
    """Keeps the vectors of the last `capacity` distinct queries; documents pass straight through.

    A turn and its regeneration, or a search repeated while paging, ask for the same query again.
    Who asks for one that is being encoded waits for it too; who gives up doesn't stop it.
    """

    def __init__(self, encoder: Encoder, capacity: int = 512) -> None:
        self._encoder = encoder
        self._capacity = capacity
        self._queries: OrderedDict[str, Vector] = OrderedDict()
        self._encoding: dict[str, asyncio.Task[Vector]] = {}

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
        encoding = self._encoding.get(text)
        if encoding is None:
            encoding = self._encoding[text] = asyncio.create_task(self._encode(text))
            encoding.add_done_callback(_look_at)
        return await asyncio.shield(encoding)

    async def close(self) -> None:
        """Close the encoder inside and forget the queries."""
        self._queries.clear()
        await self._encoder.close()

    async def _encode(self, text: str) -> Vector:
        try:
            vector = (await self._encoder.encode_query(text)).copy()
        finally:
            del self._encoding[text]
        vector.flags.writeable = False
        self._queries[text] = vector
        if len(self._queries) > self._capacity:
            self._queries.popitem(last=False)
        return vector


def _look_at(encoding: asyncio.Task[Vector]) -> None:
    """A failure that everybody had given up waiting for is nobody's any more."""
    if not encoding.cancelled():
        encoding.exception()
