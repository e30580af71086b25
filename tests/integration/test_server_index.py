"""The index on a Qdrant server when the server is away, refuses, or is shared."""

import asyncio
import socket
from uuid import UUID

import numpy as np
import pytest

from backend.adapters.qdrant.server import ServerIndex
from backend.errors import IndexUnavailable
from backend.models.owner import Owner
from backend.ports import IndexPoint, SparseVector
from tests.support.qdrant_server import QdrantServer
from tests.support.vector_indexes import COLLECTION, DIMENSION

OWNER = Owner(UUID(int=1), UUID(int=2))
POINT = IndexPoint(
    UUID(int=3), OWNER, "fact", np.ones(DIMENSION, np.float32), SparseVector((1,), (1.0,))
)

pytestmark = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect",
    "ignore:Local mode performs exact",
    "ignore:Api key is used with an insecure connection",
)


async def test_a_server_that_is_away_is_unavailable_in_every_call() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    index = ServerIndex.connect(url, None, COLLECTION)
    calls = [
        index.open(),
        index.check(),
        index.count(),
        index.upsert([POINT]),
        index.delete(OWNER, [POINT.memory_id]),
        index.delete_owner(OWNER),
        index.search(OWNER, POINT.dense, POINT.sparse, limit=1),
    ]
    for call in calls:
        with pytest.raises(IndexUnavailable, match="check QDRANT_URL") as raised:
            await call
        assert raised.value.__cause__ is not None
    await index.close()


async def test_a_wrong_key_is_named() -> None:
    with QdrantServer(api_key="right") as server:
        index = ServerIndex.connect(server.url, "wrong", COLLECTION)
        with pytest.raises(IndexUnavailable, match="check QDRANT_API_KEY"):
            await index.open()
        await index.close()


async def test_a_collection_that_is_gone_is_named() -> None:
    with QdrantServer() as server:
        index = ServerIndex.connect(server.url, None, COLLECTION)
        with pytest.raises(IndexUnavailable, match=f"{COLLECTION.name}.*keepsake reindex"):
            await index.check()
        with pytest.raises(IndexUnavailable, match="404"):
            await index.search(OWNER, POINT.dense, POINT.sparse, limit=1)
        await index.close()


async def test_processes_may_open_at_the_same_time_and_share_what_is_stored() -> None:
    with QdrantServer() as server:
        indexes = [ServerIndex.connect(server.url, None, COLLECTION) for _ in range(4)]
        await asyncio.gather(*(index.open() for index in indexes))
        await indexes[0].upsert([POINT])
        assert [await index.count(OWNER) for index in indexes] == [1, 1, 1, 1]
        for index in indexes:
            await index.close()


async def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        index = ServerIndex.connect(url, None, COLLECTION, timeout_seconds=1)
        with pytest.raises(IndexUnavailable, match="Timeout"):
            await index.check()
        await index.close()
