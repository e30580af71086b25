"""The cache of query vectors."""

from collections.abc import Sequence

import numpy as np
import pytest

from embeddings.base import Vector, Vectors
from embeddings.cached import CachedEncoder
from embeddings.hashing import HashingEncoder


class CountingEncoder(HashingEncoder):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(dimension=8)
        self.queries: list[str] = []
        self.documents: list[str] = []

    async def encode_query(self, text: str) -> Vector:
        self.queries.append(text)
        return await super().encode_query(text)

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self.documents.extend(texts)
        return await super().encode_documents(texts)


async def test_a_repeated_query_is_encoded_once() -> None:
    inner = CountingEncoder()
    cached = CachedEncoder(inner)
    first, second = await cached.encode_query("dog"), await cached.encode_query("dog")
    assert np.array_equal(first, await HashingEncoder(8).encode_query("dog"))
    assert np.array_equal(first, second)
    assert inner.queries == ["dog"]


async def test_the_least_recently_asked_query_is_forgotten() -> None:
    inner = CountingEncoder()
    cached = CachedEncoder(inner, capacity=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        await cached.encode_query(text)
    assert inner.queries == ["a", "b", "c", "b"]


async def test_a_shared_vector_cannot_be_changed() -> None:
    vector = await CachedEncoder(CountingEncoder()).encode_query("dog")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1.0


async def test_documents_are_not_cached() -> None:
    inner = CountingEncoder()
    cached = CachedEncoder(inner)
    await cached.encode_documents(["dog"])
    await cached.encode_documents(["dog"])
    assert inner.documents == ["dog", "dog"]
