"""A collection built beside the one that serves, on the real PostgreSQL; where files or a server
matter, on Qdrant's engine and on a server."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from backend.adapters.in_memory.index import InMemoryIndexes
from backend.adapters.qdrant.edge_collections import EdgeIndexes
from backend.adapters.qdrant.server_collections import ServerIndexes
from backend.errors import ConfigurationError, Conflict, EncoderUnavailable
from backend.memory import reindexing
from backend.memory.forgetting import forget_memory, forget_pair
from backend.memory.index_wishes import (
    ask_as_configured,
    ask_for_rebuild,
    ask_for_return,
    ask_to_drop_previous,
)
from backend.memory.indexing import index_memories
from backend.memory.reindexing import build
from backend.memory.remembering import Correction, Note, correct, remember
from backend.models import Memory, Owner, utc_now
from backend.ports import VectorIndexes
from tests.support.eventually import eventually
from tests.support.qdrant_server import QdrantServer
from tests.support.rebuilding import Process, process
from tests.support.records import a_memory
from tests.support.system import System

BATCH = 8

pytestmark = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect",
    "ignore:Local mode performs exact",
)

# Starts a process with an EMBEDDING_MODEL on the test's data, ended at the end of the block.
Start = Callable[[str], AbstractAsyncContextManager[Process]]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindexing, "BATCH", BATCH)


@pytest.fixture
def start(system: System) -> Start:
    indexes = InMemoryIndexes()
    return lambda wanted: process(system.store, indexes, wanted)


@pytest.fixture
def start_on_files(system: System, tmp_path: Path) -> Start:
    return lambda wanted: process(system.store, EdgeIndexes(tmp_path), wanted)


@pytest_asyncio.fixture
async def owner(system: System) -> Owner:
    return (await system.introduce()).owner


@asynccontextmanager
async def edge(folder: Path) -> AsyncIterator[VectorIndexes]:
    yield EdgeIndexes(folder)


@asynccontextmanager
async def server(_: Path) -> AsyncIterator[VectorIndexes]:
    with QdrantServer() as qdrant:
        yield ServerIndexes.connect(qdrant.url, None)


def numbered(owner: Owner, count: int) -> list[Memory]:
    return [a_memory(owner, f"Thing{number} is on shelf {number}.") for number in range(count)]


async def rebuilt(keepsake: Process, source: str = "new") -> None:
    await ask_for_rebuild(keepsake.store, source)
    assert await build(keepsake.resources, keepsake.collections)


# --- meanwhile ------------------------------------------------------------------------------------


@pytest.mark.parametrize("storage", [edge, server])
async def test_whatever_happens_meanwhile_both_collections_come_out_right(
    system: System, tmp_path: Path, owner: Owner, storage: Callable[[Path], Any]
) -> None:
    """Before each batch something is remembered, corrected, forgotten or superseded, and recalled."""
    chance = random.Random(7)
    stranger = (await system.introduce()).owner
    async with (
        storage(tmp_path) as indexes,
        process(system.store, indexes, "old") as keepsake,
    ):
        rows = numbered(owner, 40)
        await keepsake.keep(*rows, *numbered(stranger, 10))
        changes = 0

        async def go_on_chatting() -> None:
            nonlocal changes
            changes += 1
            if changes > 12:
                return
            note = Note(f"Something{changes} was said.", "other", 5, pinned=False)
            rows.append(await remember(keepsake.resources, owner, note))
            assert f"Something{changes} was said." in await keepsake.recalled(
                owner, f"Something{changes}"
            )
            corrected, forgotten, outdated = chance.sample(rows, 3)
            for gone in (forgotten, outdated):
                rows.remove(gone)
            words = Correction(content=f"Corrected{changes} now.")
            await correct(keepsake.resources, owner, corrected.id, words)
            receipt = await forget_memory(keepsake.resources, owner, forgotten.id)
            assert receipt.remaining.vectors == 0
            async with system.store.transaction() as tx:
                [row] = await tx.memories.of_owner(owner, [outdated.id])
                row.status, row.index_state, row.updated_at = "superseded", "pending", utc_now()
                await tx.memories.save(row)
            if changes % 2:  # the other half waits for the sweep
                await index_memories(keepsake.resources, [row])
            if changes == 5:
                await forget_pair(keepsake.resources, stranger)

        keepsake.models["new"].before_batch = go_on_chatting
        await rebuilt(keepsake)
        keepsake.models["new"].before_batch = None
        assert changes > 12
        await keepsake.sweep()

        assert keepsake.collections.serving().encoder.name == "new"
        assert await keepsake.counts(owner) == {"live": len(rows), "previous": len(rows)}
        assert await keepsake.counts(stranger) == {"live": 0, "previous": 0}
        async with system.store.transaction() as tx:
            stored = await tx.memories.of_owner(owner, [row.id for row in rows])
        live = keepsake.collections.serving().index
        assert await live.count(owner, [row.id for row in rows]) == len(stored) == len(rows)
        for row in chance.sample(stored, 5):
            assert row.embedding_model == "new"
            assert (await keepsake.recalled(owner, row.content))[0] == row.content


async def test_what_was_encoded_before_the_swap_is_never_searched_or_kept_after_it(
    start: Start, owner: Owner, system: System
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 3))
        before = keepsake.resources.settled()
        await rebuilt(keepsake)

        late = a_memory(owner, "Latecomers are kept.")
        async with system.store.transaction() as tx:
            await tx.memories.add([late])
        assert await index_memories(before, [late]) == 0
        assert await keepsake.counts(owner) == {"live": 3, "previous": 4}

        await keepsake.sweep()

        assert await keepsake.counts(owner) == {"live": 4, "previous": 4}
        assert (await keepsake.recalled(owner, "Latecomers"))[0] == "Latecomers are kept."


async def test_the_swap_waits_for_who_is_just_marking_what_they_wrote(
    start: Start, owner: Owner, system: System
) -> None:
    async with start("old") as keepsake:
        late, *_ = rows = numbered(owner, 3)
        await keepsake.keep(*rows)
        await ask_for_rebuild(system.store, "new")
        old = keepsake.resources.settled()
        async with system.store.transaction() as marking:
            await marking.memories.mark_synced([], "old", old.collection_id)
            building = asyncio.create_task(build(keepsake.resources, keepsake.collections))
            await eventually(lambda: somebody_waits_for_a_lock(system))
            async with system.store.transaction() as tx:
                late.content = late.index_text = "Latecomers are kept."
                late.index_state, late.updated_at = "pending", utc_now()
                await tx.memories.save(late)
            marked = await marking.memories.mark_synced([late], "old", old.collection_id)
            assert marked == {late.id}

        assert await building
        assert keepsake.models["new"].read[3:] == ["Latecomers are kept."]
        assert (await keepsake.recalled(owner, "Latecomers"))[0] == "Latecomers are kept."


async def somebody_waits_for_a_lock(system: System) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool((await system.query(waiting))[0][0])


async def test_what_changes_while_it_is_caught_up_with_is_written_again(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        memory, *_ = rows = numbered(owner, 3)
        await keepsake.keep(*rows)
        corrections = iter(["First it was this.", "Then it was that."])

        async def correct_it() -> None:
            if words := next(corrections, None):
                await correct(keepsake.resources, owner, memory.id, Correction(content=words))

        keepsake.models["new"].before_batch = correct_it
        await rebuilt(keepsake)

        assert keepsake.models["new"].read[3:] == ["First it was this.", "Then it was that."]


# --- killed ---------------------------------------------------------------------------------------


async def test_cut_off_at_any_batch_it_goes_on_without_encoding_again(
    start_on_files: Start, owner: Owner
) -> None:
    start = start_on_files
    count = 50
    batches_left = random.Random(3).randrange(1, count // BATCH)
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, count))
        await ask_for_rebuild(keepsake.store, "new")
        reached = asyncio.Event()
        left = batches_left

        async def die() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                reached.set()
                await asyncio.Event().wait()

        keepsake.models["new"].before_batch = die
        building = asyncio.create_task(build(keepsake.resources, keepsake.collections))
        await reached.wait()
        building.cancel()
        await asyncio.wait([building])
        assert keepsake.collections.serving().encoder.name == "old"
        assert len(await keepsake.recalled(owner, "Thing7")) > 0
        first = list(keepsake.models["new"].read)

    async with start("new") as again:
        assert again.collections.serving().encoder.name == "old"
        assert await ask_as_configured(again.store, "new") is not None
        assert await build(again.resources, again.collections)
        second = again.models["new"].read
        assert len(first) == batches_left * BATCH
        assert len(second) == count - len(first)
        assert not set(first) & set(second)
        assert await again.counts(owner) == {"live": count, "previous": count}
        assert (await again.recalled(owner, "Thing7"))[0].startswith("Thing7 ")


async def test_what_was_forgotten_while_the_killed_one_wrote_it_leaves_no_vector(
    start: Start, owner: Owner, system: System
) -> None:
    """The one window that a look after writing doesn't close: dying before that look."""
    async with start("old") as keepsake:
        forgotten, *_ = rows = numbered(owner, 5)
        await keepsake.keep(*rows)
        row = await ask_for_rebuild(keepsake.store, "new")
        assert row.id is not None
        begun = await reindexing._begin(keepsake.resources, keepsake.collections, row)
        async with system.store.transaction() as tx:
            await tx.collections.writing(row.id, None, rows)
        await forget_memory(keepsake.resources, owner, forgotten.id)
        vectors = await reindexing.encode_memories(begun.resources, rows)
        await begun.index.upsert(reindexing.points_of(begun.resources, rows, vectors))
        assert await begun.index.count(owner) == 5

    async with start("new") as again:
        assert await build(again.resources, again.collections)
        assert await again.counts(owner) == {"live": 4, "previous": 4}


async def test_only_one_builds_at_a_time(start: Start, owner: Owner) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 20))
        await ask_for_rebuild(keepsake.store, "new")
        built = await asyncio.gather(
            *(build(keepsake.resources, keepsake.collections) for _ in range(3))
        )
        assert sorted(built) == [False, False, True]
        assert len(keepsake.models["new"].read) == 20


# --- going back -----------------------------------------------------------------------------------


async def test_going_back_catches_up_first_and_encodes_nothing_else(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        forgotten, reworded, *_ = rows = numbered(owner, 20)
        await keepsake.keep(*rows)
        await rebuilt(keepsake)
        await keepsake.keep(a_memory(owner, "Xylograph is a new word."))
        await correct(keepsake.resources, owner, reworded.id, Correction(content="Ocarina it is."))
        await forget_memory(keepsake.resources, owner, forgotten.id)
        assert await keepsake.counts(owner) == {"live": 20, "previous": 19}
        keepsake.models["old"].read.clear()

        with pytest.raises(ConfigurationError, match="EMBEDDING_MODEL=old"):
            await ask_for_return(keepsake.store, "new")
        assert await ask_for_return(keepsake.store, "old") is not None
        assert await build(keepsake.resources, keepsake.collections)

        assert keepsake.collections.serving().encoder.name == "old"
        assert len(keepsake.models["old"].read) == 2
        assert await keepsake.counts(owner) == {"live": 20, "previous": 20}
        for words in ("Xylograph is a new word.", "Ocarina it is."):
            assert (await keepsake.recalled(owner, words))[0] == words


async def test_going_back_to_a_collection_that_is_gone_builds_it_anew(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 20))
        await rebuilt(keepsake)
        await keepsake.collections.indexes.drop((await keepsake.books())["previous"].name or "")
        await ask_for_return(keepsake.store, "old")
        assert await build(keepsake.resources, keepsake.collections)
        assert (await keepsake.counts(owner))["live"] == 20


async def test_there_must_be_something_to_go_back_to(start: Start, owner: Owner) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 3))
        with pytest.raises(Conflict, match="no earlier index"):
            await ask_for_return(keepsake.store, "old")
        with pytest.raises(Conflict, match="no earlier index"):
            await ask_to_drop_previous(keepsake.store)
        await rebuilt(keepsake)
        old = (await keepsake.books())["previous"]

        await ask_to_drop_previous(keepsake.store)
        await keepsake.collections.refresh()

        assert set(await keepsake.books()) == {"live"}
        assert not await keepsake.collections.indexes.exists(old.name or "")
        with pytest.raises(Conflict, match="no earlier index"):
            await ask_for_return(keepsake.store, "old")


async def test_a_build_is_given_up_on_the_way_and_what_served_goes_on(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 30))
        await ask_for_rebuild(keepsake.store, "new")

        async def think_better_of_it() -> None:
            keepsake.models["new"].before_batch = None
            assert await ask_for_return(keepsake.store, "old") is None

        keepsake.models["new"].before_batch = think_better_of_it
        assert not await build(keepsake.resources, keepsake.collections)
        await keepsake.collections.refresh()

        assert set(await keepsake.books()) == {"live"}
        assert (await keepsake.recalled(owner, "Thing7"))[0].startswith("Thing7 ")


async def test_a_rebuild_by_the_same_model_is_a_collection_of_its_own(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 3))
        first = (await keepsake.books())["live"]
        await rebuilt(keepsake, "old")
        second = (await keepsake.books())["live"]
        await rebuilt(keepsake, "old")
        await keepsake.collections.refresh()

        books = await keepsake.books()
        assert (books["previous"].id, set(books)) == (second.id, {"live", "previous"})
        assert first.name != second.name
        assert not await keepsake.collections.indexes.exists(first.name)
        assert await keepsake.counts(owner) == {"live": 3, "previous": 3}


# --- another EMBEDDING_MODEL at the start -----------------------------------------------------------


async def test_another_model_never_meets_the_vectors_of_the_first(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 3))
        assert keepsake.collections.state().advice is None

    async with start("new") as changed:
        await changed.keep(a_memory(owner, "Thing9 is on shelf 9."))
        assert changed.models["new"].read == []
        assert (await changed.recalled(owner, "Thing2"))[0].startswith("Thing2 ")
        state = changed.collections.state()
        assert state.model == "old"
        assert "`keepsake reindex`" in (state.advice or "")

        await rebuilt(changed)
        state = changed.collections.state()
        assert (state.model, state.rebuilding, state.advice) == ("new", None, None)


async def test_a_model_that_is_gone_leaves_recall_out_until_the_new_one_serves(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 3))
    async with start("new") as changed:
        changed.models["old"].gone = True
        with pytest.raises(EncoderUnavailable, match="no model old"):
            await changed.recalled(owner, "Thing2")
        await rebuilt(changed)
        assert (await changed.recalled(owner, "Thing2"))[0].startswith("Thing2 ")


async def test_a_model_that_cannot_be_loaded_is_named_and_can_be_tried_again(
    start: Start, owner: Owner
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 3))
        keepsake.models["new"].gone = True
        with pytest.raises(EncoderUnavailable):
            await rebuilt(keepsake)
        await keepsake.collections.refresh()
        assert "no model new" in (keepsake.collections.state().advice or "")
        assert len(await keepsake.recalled(owner, "Thing2")) > 0

        keepsake.models["new"].gone = False
        await rebuilt(keepsake)
        assert keepsake.collections.serving().encoder.name == "new"


@pytest.mark.parametrize(
    ("built", "asked", "configured", "then"),
    [
        ("", "", "old", ""),
        ("", "", "new", "new"),
        ("", "new", "new", "new"),  # goes on
        ("", "new", "old", ""),  # thought better of it
        ("", "old", "old", "old"),  # the same model anew
        ("new", "", "old", "old"),  # back, by catching up
    ],
)
async def test_where_nobody_else_can_the_start_sees_to_it_that_the_setting_comes_true(
    start: Start, owner: Owner, built: str, asked: str, configured: str, then: str
) -> None:
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 1))
        if built:
            await rebuilt(keepsake, built)
        if asked:
            await ask_for_rebuild(keepsake.store, asked)

        building = await ask_as_configured(keepsake.store, configured)

        assert (building.source if building else "") == then
        assert building is None or building.walked == bool(built)


async def test_an_index_that_is_lost_fills_up_again(
    start_on_files: Start, owner: Owner, tmp_path: Path
) -> None:
    start = start_on_files
    async with start("old") as keepsake:
        await keepsake.keep(*numbered(owner, 3))
    shutil.rmtree(tmp_path / "keepsake-old-512")
    async with start("old") as keepsake:
        await keepsake.sweep()
        assert await keepsake.counts(owner) == {"live": 3}
