"""The embedded index and its files: other processes, killed processes, damage."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from backend.adapters.qdrant.edge import EdgeIndex
from backend.errors import IndexUnavailable
from backend.models.owner import Owner
from backend.ports import IndexPoint, SparseVector
from tests.support.vector_indexes import COLLECTION, DIMENSION, opened

OWNER = Owner(UUID(int=1), UUID(int=2))

# Opens the index in the folder given, stores points 0, 1, 2 …, says each one's number once it is
# stored, and goes on until it is killed.
WRITER = """
import asyncio, sys
from pathlib import Path
from backend.adapters.qdrant.edge import EdgeIndex
from tests.integration.test_edge_index import numbered
from tests.support.vector_indexes import COLLECTION

async def write():
    index = EdgeIndex(Path(sys.argv[1]), COLLECTION)
    await index.open()
    number = 0
    while True:
        await index.upsert([numbered(number)])
        print(number, flush=True)
        number += 1

asyncio.run(write())
"""


def numbered(number: int) -> IndexPoint:
    dense = np.random.default_rng(number).normal(size=DIMENSION).astype(np.float32)
    return IndexPoint(UUID(int=number + 1), OWNER, "fact", dense, SparseVector((number,), (1.0,)))


def start_writer(folder: Path) -> "subprocess.Popen[str]":
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )


def read_until(writer: "subprocess.Popen[str]", number: int) -> None:
    assert writer.stdout is not None
    while int(writer.stdout.readline()) < number:
        pass


async def test_a_killed_process_loses_nothing_it_had_stored(tmp_path: Path) -> None:
    writer = start_writer(tmp_path)
    await asyncio.to_thread(read_until, writer, 200)
    writer.send_signal(signal.SIGKILL)
    said, _ = await asyncio.to_thread(writer.communicate)
    stored = max((int(line) for line in said.split("\n")[:-1]), default=200) + 1

    async with opened(EdgeIndex(tmp_path, COLLECTION)) as index:
        # One more may have been stored but not yet said.
        assert await index.count(OWNER) in (stored, stored + 1)
        last = numbered(stored - 1)
        hits = await index.search(OWNER, last.dense, last.sparse, limit=1)
        assert list(hits.dense) == list(hits.keyword) == [last.memory_id]


async def test_a_second_process_is_told_who_holds_the_files_and_what_to_do(tmp_path: Path) -> None:
    writer = start_writer(tmp_path)
    try:
        await asyncio.to_thread(read_until, writer, 1)
        with pytest.raises(IndexUnavailable, match=r"Another process holds .* QDRANT_URL"):
            await EdgeIndex(tmp_path, COLLECTION).open()
    finally:
        writer.kill()
        await asyncio.to_thread(writer.communicate)


async def test_a_creation_that_was_cut_short_is_started_again(tmp_path: Path) -> None:
    left_over = tmp_path / f"{COLLECTION.name}.creating" / "segments"
    left_over.mkdir(parents=True)
    (left_over / "segment.json").write_text("{")
    async with opened(EdgeIndex(tmp_path, COLLECTION)) as index:
        await index.upsert([numbered(1)])
        assert await index.count() == 1
    assert os.listdir(tmp_path) == [COLLECTION.name]


async def test_an_empty_folder_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / COLLECTION.name).mkdir()
    async with opened(EdgeIndex(tmp_path, COLLECTION)) as index:
        await index.upsert([numbered(1)])
        assert await index.count(OWNER) == 1


async def test_damaged_files_are_kept_and_the_way_out_is_named(tmp_path: Path) -> None:
    async with opened(EdgeIndex(tmp_path, COLLECTION)) as index:
        await index.upsert([numbered(1)])
    description = tmp_path / COLLECTION.name / "edge_config.json"
    description.write_text("{")
    with pytest.raises(IndexUnavailable, match="keepsake reindex"):
        await EdgeIndex(tmp_path, COLLECTION).open()
    assert description.read_text() == "{"


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "index"
    in_the_way.write_text("a file")
    with pytest.raises(IndexUnavailable, match=str(in_the_way)):
        await EdgeIndex(in_the_way, COLLECTION).open()


async def test_the_event_loop_keeps_turning_during_a_large_upsert(tmp_path: Path) -> None:
    points = [numbered(number) for number in range(2_000)]
    async with opened(EdgeIndex(tmp_path, COLLECTION)) as index:
        upsert = asyncio.create_task(index.upsert(points))
        searches = 0
        while not upsert.done():
            await index.search(OWNER, points[0].dense, points[0].sparse, limit=5)
            searches += 1
        await upsert
        # Were the upsert one piece, one search could come before it and one after.
        assert searches > 5
        assert await index.count(OWNER) == len(points)
