"""The collections on a Qdrant server, over one connection pool."""

from qdrant_client import AsyncQdrantClient

from backend.adapters.qdrant.collection import Collection
from backend.adapters.qdrant.server import ServerIndex, connect, mapped_errors


class ServerIndexes:
    """`VectorIndexes` on a Qdrant server; any number of processes can share it."""

    def __init__(self, client: AsyncQdrantClient) -> None:
        self._client = client
        self._opened: dict[str, ServerIndex] = {}

    @classmethod
    def connect(cls, url: str, api_key: str | None) -> "ServerIndexes":
        """The server at `url`; nothing is sent yet."""
        return cls(connect(url, api_key))

    def name_for(self, model: str, dimension: int, serial: int) -> str:
        """The collection's name on the server."""
        return Collection.for_model(model, dimension, serial).name

    async def open(self, name: str, dimension: int, *, create: bool = False) -> ServerIndex:
        """Open a collection; see `VectorIndexes.open`."""
        if name not in self._opened:
            index = ServerIndex(self._client, Collection(name, dimension))
            await (index.open() if create else index.check())
            self._opened[name] = index
        return self._opened[name]

    async def exists(self, name: str) -> bool:
        """Whether the server has the collection."""
        async with mapped_errors():
            return await self._client.collection_exists(name)

    async def drop(self, name: str) -> None:
        """Delete the collection on the server, for every process."""
        self._opened.pop(name, None)
        async with mapped_errors():
            await self._client.delete_collection(name)

    async def close(self) -> None:
        """Close the connections."""
        self._opened.clear()
        await self._client.close()
