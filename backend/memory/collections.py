"""Which collection of the index serves in this process. The books in Postgres decide; every process
follows them, so that a swap by one reaches all within a moment."""

import asyncio
from dataclasses import dataclass

import structlog

from backend.errors import EncoderUnavailable, IndexUnavailable, KeepsakeError
from backend.memory.encoders import Encoders
from backend.memory.live_index import LiveEncoder, LiveIndex, Serving
from backend.models import IndexCollection
from backend.monitoring.metrics import REBUILD_DONE, REBUILD_TOTAL
from backend.ports import VectorIndex, VectorIndexes
from backend.store import Store
from embeddings.base import EncoderError

log = structlog.get_logger(__name__)

FOLLOW_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class IndexState:
    """For /readyz: the model that made the live vectors, how far a rebuild is, and what an operator
    should do, if anything."""

    collection: str
    model: str
    rebuilding: dict[str, str | int] | None
    advice: str | None


class LiveCollections:
    """Follows the books: opens what serves, and deletes what was dropped.

    `wanted` is the `EMBEDDING_MODEL` of this process: the first collection is made by it. A later
    change of it changes nothing here until a collection has been built by it.
    """

    def __init__(
        self, store: Store, indexes: VectorIndexes, encoders: Encoders, wanted: str
    ) -> None:
        self.indexes = indexes
        self.encoders = encoders
        self.wanted = wanted
        self.index = LiveIndex(self.serving, self.everywhere)
        self.encoder = LiveEncoder(self.serving)
        self._store = store
        self._rows: list[IndexCollection] = []
        self._serving: Serving | None = None
        self._one_at_a_time = asyncio.Lock()

    def serving(self) -> Serving:
        """What serves now.

        Raises:
            IndexUnavailable: nothing has been opened.
        """
        if self._serving is None:
            raise IndexUnavailable("The memory index isn't open.")
        return self._serving

    @property
    def building(self) -> IndexCollection | None:
        """What is being built, as last read."""
        return with_role(self._rows, "building")

    async def everywhere(self) -> list[VectorIndex]:
        """Every collection that may hold a memory, as the books say at this moment."""
        async with self._store.transaction() as tx:
            rows = await tx.collections.all()
        return [
            await self.indexes.open(row.name, row.dimension)
            for row in rows
            if row.role != "dropped"
            and row.name
            and row.dimension
            and await self.indexes.exists(row.name)
        ]

    async def open(self) -> None:
        """Open what serves; the very first time, enter it in the books.

        Raises:
            EncoderUnavailable: the first model must be loaded to know its dimension, and can't be.
            IndexUnavailable: not reachable, or another process holds the files.
        """
        async with self._store.transaction() as tx:
            rows = await tx.collections.all()
        if not with_role(rows, "live"):
            await self._enter_first()
        await self.refresh()

    async def refresh(self) -> None:
        """Read the books, and act on what changed.

        Raises:
            StoreUnavailable, IndexUnavailable: that part is down.
        """
        async with self._one_at_a_time:
            async with self._store.transaction() as tx:
                self._rows = await tx.collections.all()
            live = with_role(self._rows, "live")
            assert live is not None, "the first start enters one, and a swap puts another there"
            if self._serving is None or self._serving.collection.id != live.id:
                self._serving = await self._take_up(live)
            for row in self._rows:
                if row.role == "dropped":
                    await self._delete(row)
            needed = {row.source for row in self._rows if row.role in ("live", "building")}
            await self.encoders.keep_only(needed)
        building = self.building
        REBUILD_DONE.set(building.done if building else 0)
        REBUILD_TOTAL.set(building.total if building else 0)

    async def follow(self) -> None:
        """Keep in step with the books until cancelled."""
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                await self.refresh()
            except KeepsakeError as error:
                log.warning("index.books_unread", code=error.code)

    def state(self) -> IndexState:
        """How the index stands, as last read."""
        live, building = self.serving().collection, self.building
        rebuilding: dict[str, str | int] | None = None
        advice = None
        if building:
            rebuilding = {"model": building.source, "done": building.done, "total": building.total}
            if building.problem:
                advice = f"The rebuild doesn't get on: {building.problem}"
        elif live.source != self.wanted:
            advice = (
                f"EMBEDDING_MODEL is {self.wanted}, but the memory index was built with"
                f" {live.source}, which goes on serving. Run `keepsake reindex`."
            )
        return IndexState(live.name or "", live.model or live.source, rebuilding, advice)

    async def _enter_first(self) -> None:
        encoder = self.encoders.of(self.wanted)
        try:
            dimension = encoder.dimension
        except EncoderError:  # a model of one's own tells only once it is loaded
            dimension = (await self.encoders.loaded(self.wanted)).dimension
        first = IndexCollection(
            role="live",
            source=self.wanted,
            model=encoder.name,
            dimension=dimension,
            name=self.indexes.name_for(encoder.name, dimension, 1),
            walked=True,
        )
        async with self._store.transaction() as tx:
            await tx.collections.register(first)

    async def _take_up(self, live: IndexCollection) -> Serving:
        assert live.name is not None, "a collection serves once it was built"
        assert live.dimension is not None, "a collection serves once it was built"
        lost = not await self.indexes.exists(live.name)
        index = await self.indexes.open(live.name, live.dimension, create=True)
        if lost:
            async with self._store.transaction() as tx:
                if memories := await tx.memories.mark_all_pending():
                    log.warning("index.lost", collection=live.name, memories=memories)
        encoder = self.encoders.of(live.source)
        if self._serving is not None:  # the one before serves until then
            try:
                await self.encoders.loaded(live.source)
            except EncoderUnavailable as error:
                log.error("encoder.failed", reason=error.message)
            log.info("index.swapped", collection=live.name)
        elif live.source != self.wanted:
            log.warning("index.other_model", wanted=self.wanted, serving=live.source)
        return Serving(live, index, encoder)

    async def _delete(self, row: IndexCollection) -> None:
        """At the next look, if the index is away."""
        assert row.id is not None, "it comes from the database"
        try:
            if row.name:
                await self.indexes.drop(row.name)
        except IndexUnavailable as error:
            log.warning("index.drop_later", collection=row.name, code=error.code)
            return
        async with self._store.transaction() as tx:
            await tx.collections.remove(row.id)


def with_role(rows: list[IndexCollection], role: str) -> IndexCollection | None:
    """The collection that has a role which only one can have."""
    return next((row for row in rows if row.role == role), None)
