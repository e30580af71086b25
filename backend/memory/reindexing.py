"""Building a collection beside the one that serves, from Postgres alone, and swapping the two.

The builder walks through all active memories by id, with a cursor that is kept in the books, so that a
build that was cut off goes on where it was. What is written to the live collection meanwhile is noted
as `IndexBehind`, by whoever writes it and in the transaction that marks it as written; what is deleted is
deleted from both. When the walk is over and nothing is behind, one transaction swaps. The collection
before is kept and falls behind, but loses what is forgotten; going back is catching up and swapping
once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

import structlog

from backend.errors import ConfigurationError, Conflict, KeepsakeError
from backend.memory.collections import LiveCollections, with_role
from backend.memory.indexing import encode_memories, points_of
from backend.memory.resources import MemoryResources
from backend.models import IndexCollection, Memory, Owner
from backend.ports import VectorIndex
from backend.store import Store

log = structlog.get_logger(__name__)

BUILDER = "build the index"  # the work that only one process does
# Some seconds of encoding: what a kill costs at most. The encoder cuts it into smaller pieces, so that
# queries never wait for it.
BATCH = 128
RELABEL_BATCH = 2000


@dataclass(slots=True)
class _Build:
    """A build under way; `resources` encode with its own model."""

    resources: MemoryResources
    index: VectorIndex
    row_id: int
    cursor: UUID | None
    walked: bool


async def build(resources: MemoryResources, collections: LiveCollections) -> bool:
    """Build what the books ask for, and swap. False: nothing is asked for, it was given up meanwhile,
    or another process is at it.

    Raises:
        EncoderUnavailable, IndexUnavailable, StoreUnavailable: it goes on from here when called again.
    """
    async with resources.store.only_one(BUILDER) as ours:
        row = await _asked_for(resources.store) if ours else None
        if row is None:
            return False
        assert row.id is not None, "it comes from the database"
        try:
            await _build(resources, collections, row)
        except Conflict:
            log.info("index.build_given_up", source=row.source)
            return False
        except KeepsakeError as error:
            async with resources.store.transaction() as tx:
                await tx.collections.report(row.id, error.message)
            raise
        await collections.refresh()
        await _relabel(resources.store, collections.serving().encoder.name)
    return True


async def _asked_for(store: Store) -> IndexCollection | None:
    async with store.transaction() as tx:
        return with_role(await tx.collections.all(), "building")


async def _build(
    resources: MemoryResources, collections: LiveCollections, row: IndexCollection
) -> None:
    under_way = await _begin(resources, collections, row)
    log.info("index.building", source=row.source, done=row.done, total=row.total)
    await _clear(under_way, row.in_flight)
    if not under_way.walked:
        await _walk(under_way)
    while True:
        await _catch_up(under_way)
        async with resources.store.transaction() as tx:
            if await tx.collections.swap(under_way.row_id):
                return


async def _begin(
    resources: MemoryResources, collections: LiveCollections, row: IndexCollection
) -> _Build:
    assert row.id is not None, "it comes from the database"
    encoder = await collections.encoders.loaded(row.source)
    model, dimension = encoder.name, encoder.dimension
    if row.dimension is not None and (row.model, row.dimension) != (model, dimension):
        raise ConfigurationError(
            f"EMBEDDING_MODEL: {row.source} is {model} with {dimension} dimensions now; the index was"
            f" begun with {row.model} and {row.dimension}. Run `keepsake reindex --rollback`, then"
            " `keepsake reindex`."
        )
    name = row.name or collections.indexes.name_for(model, dimension, row.id)
    lost = not await collections.indexes.exists(name)
    index = await collections.indexes.open(name, dimension, create=True)
    async with resources.store.transaction() as tx:
        if row.name is None:
            await tx.collections.prepare(row.id, model, dimension, name)
        if lost:
            await tx.collections.start_over(row.id)
    own = replace(resources, index=index, encoder=encoder, serving=None, collection_id=row.id)
    return _Build(own, index, row.id, None if lost else row.cursor, row.walked and not lost)


async def _walk(under_way: _Build) -> None:
    store = under_way.resources.store
    while True:
        async with store.transaction() as tx:
            memories = await tx.collections.walk(under_way.cursor, limit=BATCH)
        if not memories:
            break
        await _write(under_way, memories)
        async with store.transaction() as tx:
            await tx.collections.written(under_way.row_id, memories[-1].id, memories)
        under_way.cursor = memories[-1].id
    async with store.transaction() as tx:
        await tx.collections.finish_walk(under_way.row_id)


async def _catch_up(under_way: _Build) -> None:
    store = under_way.resources.store
    while True:
        async with store.transaction() as tx:
            memories = await tx.collections.behind(limit=BATCH)
        if not memories:
            return
        await _write(under_way, memories)
        async with store.transaction() as tx:
            await tx.collections.caught_up(under_way.row_id, memories)


async def _write(under_way: _Build, memories: Sequence[Memory]) -> None:
    """Bring the collection up to date with these rows. One forgotten while it was encoded comes out
    again: whoever forgets it afterwards takes it out himself."""
    resources = under_way.resources
    async with resources.store.transaction() as tx:
        await tx.collections.writing(under_way.row_id, under_way.cursor, memories)
    active = [memory for memory in memories if memory.status == "active"]
    vectors = await encode_memories(resources, active)
    await under_way.index.upsert(points_of(resources, active, vectors))
    await _take_out(under_way, [(memory.owner, memory.id) for memory in memories])


async def _clear(under_way: _Build, in_flight: Sequence[Sequence[str]]) -> None:
    """What a process wrote when it died may have been forgotten since, or by that very process."""
    places = [
        (Owner(UUID(character), UUID(user)), UUID(memory)) for character, user, memory in in_flight
    ]
    await _take_out(under_way, places)


async def _take_out(under_way: _Build, places: Sequence[tuple[Owner, UUID]]) -> None:
    """Remove from the collection what is no longer an active memory."""
    if not places:
        return
    async with under_way.resources.store.transaction() as tx:
        active = await tx.collections.active_among([memory_id for _, memory_id in places])
    gone = [(owner, memory_id) for owner, memory_id in places if memory_id not in active]
    for owner, group in groupby(gone, key=lambda place: place[0]):
        await under_way.index.delete(owner, [memory_id for _, memory_id in group])


async def _relabel(store: Store, model: str) -> None:
    """Every memory says by which model it is encoded. For showing alone, so it comes last, and nobody
    minds if it is cut off."""
    after: UUID | None = None
    while True:
        async with store.transaction() as tx:
            after = await tx.collections.relabel(model, after, limit=RELABEL_BATCH)
        if after is None:
            return
