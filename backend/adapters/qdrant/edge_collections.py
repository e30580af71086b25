"""The embedded collections: folders side by side, each opened once in this process."""

import asyncio
import shutil
from pathlib import Path

from backend.adapters.qdrant.collection import Collection
from backend.adapters.qdrant.edge import EdgeIndex
from backend.errors import IndexUnavailable


class EdgeIndexes:
    """`VectorIndexes` in a folder, for one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: dict[str, EdgeIndex] = {}
        # A folder can be opened once: who comes second waits for the first.
        self._one_at_a_time = asyncio.Lock()

    def name_for(self, model: str, dimension: int, serial: int) -> str:
        """The folder's name."""
        return Collection.for_model(model, dimension, serial).name

    async def open(self, name: str, dimension: int, *, create: bool = False) -> EdgeIndex:
        """Open a collection; see `VectorIndexes.open`."""
        async with self._one_at_a_time:
            if name in self._opened:
                return self._opened[name]
            if not create and not await self.exists(name):
                raise IndexUnavailable(
                    f"There is no memory index in {self._path / name}; restart Keepsake, or run"
                    " `keepsake reindex`: it is rebuilt from the database."
                )
            index = EdgeIndex(self._path, Collection(name, dimension))
            await index.open()
            self._opened[name] = index
            return index

    async def exists(self, name: str) -> bool:
        """Whether the folder is there; an empty one is as good as none."""
        return await asyncio.to_thread(_has_files, self._path / name)

    async def drop(self, name: str) -> None:
        """Close a collection and delete its folder."""
        async with self._one_at_a_time:
            if index := self._opened.pop(name, None):
                await index.close()
            try:
                await asyncio.to_thread(_delete, self._path / name)
            except OSError as error:
                raise IndexUnavailable(
                    f"The memory index in {self._path / name} can't be deleted: {error.strerror}."
                ) from error

    async def close(self) -> None:
        """Flush and release every folder."""
        async with self._one_at_a_time:
            while self._opened:
                await self._opened.popitem()[1].close()


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _delete(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
