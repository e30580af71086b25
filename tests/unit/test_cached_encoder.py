"""The cache of query vectors."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from embeddings.base import EncoderError, Vector, Vectors
from embeddings.cached import CachedEncoder
from embeddings.hashing import HashingEncoder
from tests.support.eventually import eventually


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


class HeldEncoder(CountingEncoder):
    """Encodes queries once `let_go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def encode_query(self, text: str) -> Vector:
        self.queries.append(text)
        await self.let_go.wait()
        if text == "broken":
            raise EncoderError("The model's file is gone.")
        return await HashingEncoder(8).encode_query(text)


async def test_who_asks_meanwhile_shares_the_work_and_its_outcome() -> None:
    inner = HeldEncoder()
    cached = CachedEncoder(inner)
    impatient, patient = (asyncio.create_task(cached.encode_query("dog")) for _ in range(2))
    broken = [asyncio.create_task(cached.encode_query("broken")) for _ in range(2)]
    await eventually(lambda: len(inner.queries) == 2)
    impatient.cancel()
    inner.let_go.set()

    assert np.array_equal(await patient, await HashingEncoder(8).encode_query("dog"))
    with pytest.raises(asyncio.CancelledError):
        await impatient
    for asked in broken:
        with pytest.raises(EncoderError):
            await asked
    assert inner.queries == ["dog", "broken"]
    with pytest.raises(EncoderError):
        await cached.encode_query("broken")  # a failure isn't remembered
    assert inner.queries == ["dog", "broken", "broken"]
