"""Every vector index adapter on the same terms: opened on fresh storage, closed at the end."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from qdrant_client import AsyncQdrantClient

from backend.adapters.in_memory.index import InMemoryIndex
from backend.adapters.qdrant.collection import Collection
from backend.adapters.qdrant.edge import EdgeIndex
from backend.adapters.qdrant.server import ServerIndex
from backend.ports import VectorIndex
from tests.support.qdrant_server import QdrantServer

DIMENSION = 16
COLLECTION = Collection.for_model("contract", DIMENSION)

# Given a temporary folder; a second call on the same folder finds what the first one kept.
IndexFactory = Callable[[Path], AbstractAsyncContextManager[VectorIndex]]


@asynccontextmanager
async def opened(index: VectorIndex) -> AsyncIterator[VectorIndex]:
    """Open an index, and close it even if the test failed."""
    await index.open()
    try:
        yield index
    finally:
        await index.close()


@asynccontextmanager
async def in_memory(_: Path) -> AsyncIterator[VectorIndex]:
    async with opened(InMemoryIndex()) as index:
        yield index


@asynccontextmanager
async def edge(folder: Path) -> AsyncIterator[VectorIndex]:
    async with opened(EdgeIndex(folder, COLLECTION)) as index:
        yield index


@asynccontextmanager
async def local_client(folder: Path) -> AsyncIterator[VectorIndex]:
    client = AsyncQdrantClient(path=str(folder / "local"))
    async with opened(ServerIndex(client, COLLECTION)) as index:
        yield index


@asynccontextmanager
async def over_http(_: Path) -> AsyncIterator[VectorIndex]:
    with QdrantServer(api_key="secret") as server:
        async with opened(ServerIndex.connect(server.url, "secret", COLLECTION)) as index:
            yield index


ALL: dict[str, IndexFactory] = {
    "in_memory": in_memory,
    "edge": edge,
    "local_client": local_client,
    "over_http": over_http,
}
PERSISTENT = ("edge", "local_client")
