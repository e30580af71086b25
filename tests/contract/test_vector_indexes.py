"""Collections side by side, on every adapter."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import pytest_asyncio
from qdrant_client import AsyncQdrantClient

from backend.adapters.in_memory.index import InMemoryIndexes
from backend.adapters.qdrant.edge_collections import EdgeIndexes
from backend.adapters.qdrant.server_collections import ServerIndexes
from backend.errors import IndexUnavailable
from backend.models.owner import Owner
from backend.ports import IndexPoint, SparseVector, VectorIndexes
from tests.support.qdrant_server import QdrantServer

OWNER = Owner(UUID(int=1), UUID(int=2))

pytestmark = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect",
    "ignore:Local mode performs exact",
)


@asynccontextmanager
async def in_memory(_: Path) -> AsyncIterator[VectorIndexes]:
    yield InMemoryIndexes()


@asynccontextmanager
async def edge(folder: Path) -> AsyncIterator[VectorIndexes]:
    yield EdgeIndexes(folder)


@asynccontextmanager
async def local_client(folder: Path) -> AsyncIterator[VectorIndexes]:
    yield ServerIndexes(AsyncQdrantClient(path=str(folder / "local")))


@asynccontextmanager
async def over_http(_: Path) -> AsyncIterator[VectorIndexes]:
    with QdrantServer() as server:
        yield ServerIndexes.connect(server.url, None)


@pytest_asyncio.fixture(params=[in_memory, edge, local_client, over_http])
async def indexes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VectorIndexes]:
    factory: Callable[[Path], AbstractAsyncContextManager[VectorIndexes]] = request.param
    async with factory(tmp_path) as opened:
        try:
            yield opened
        finally:
            await opened.close()
            await opened.close()


def a_point(number: int, dimension: int) -> IndexPoint:
    dense = np.zeros(dimension, np.float32)
    dense[number % dimension] = 1
    return IndexPoint(UUID(int=number), OWNER, "fact", dense, SparseVector((number,), (1.0,)))


async def test_collections_of_one_model_or_of_two_know_nothing_of_each_other(
    indexes: VectorIndexes,
) -> None:
    kinds = [("one", 8, 1), ("one", 8, 2), ("another", 16, 3)]
    names = [indexes.name_for(*kind) for kind in kinds]
    assert len(set(names)) == 3
    for number, (name, (_, dimension, _)) in enumerate(zip(names, kinds, strict=True), 1):
        index = await indexes.open(name, dimension, create=True)
        await index.upsert([a_point(number, dimension)])

    await indexes.drop(names[0])

    assert [await indexes.exists(name) for name in names] == [False, True, True]
    for number, (name, (_, dimension, _)) in enumerate(zip(names, kinds, strict=True), 1):
        if number > 1:
            index = await indexes.open(name, dimension)
            point = a_point(number, dimension)
            hits = await index.search(OWNER, point.dense, point.sparse, limit=5)
            assert list(hits.dense) == list(hits.keyword) == [point.memory_id]


async def test_opening_again_gives_what_is_there(indexes: VectorIndexes) -> None:
    name = indexes.name_for("one", 8, 1)
    index = await indexes.open(name, 8, create=True)
    await index.upsert([a_point(1, 8)])
    assert await indexes.open(name, 8, create=True) is index
    assert await (await indexes.open(name, 8)).count() == 1


async def test_only_a_collection_that_is_there_can_be_opened(indexes: VectorIndexes) -> None:
    name = indexes.name_for("one", 8, 1)
    assert not await indexes.exists(name)
    with pytest.raises(IndexUnavailable, match=name):
        await indexes.open(name, 8)
    await indexes.drop(name)
    assert not await indexes.exists(name)


async def test_a_dropped_collection_starts_anew_empty(indexes: VectorIndexes) -> None:
    name = indexes.name_for("one", 8, 1)
    await (await indexes.open(name, 8, create=True)).upsert([a_point(1, 8)])
    await indexes.drop(name)
    assert await (await indexes.open(name, 8, create=True)).count() == 0
