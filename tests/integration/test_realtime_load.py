"""The load generator of `keepsake bench realtime`, against the bare servers that it compares with."""

import resource
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import pytest
import pytest_asyncio

from backend.errors import ConfigurationError
from bench.realtime.crowd import Crowd, Seat
from bench.realtime.load import told
from bench.realtime.run import Wanted, allow_files
from bench.realtime.table import compare
from bench.realtime.turns import Answers, Hearing, flat_out, in_order, one_turn, steady
from bench.realtime.wires import WIRES
from bench.servers import RunningServer, running_module

SIZE = 12


@pytest_asyncio.fixture(scope="module")
async def bare() -> AsyncIterator[RunningServer]:
    async with running_module("bench.realtime.echo") as server:
        yield server


@pytest_asyncio.fixture(params=sorted(WIRES))
async def crowd(bare: RunningServer, request: pytest.FixtureRequest) -> AsyncIterator[Crowd]:
    """Twelve guests in four rooms."""
    seats = [Seat("", f"room {number % 4}") for number in range(SIZE)]
    crowd = Crowd(WIRES[request.param], bare.url, seats)
    taken, per_second = await crowd.grow(SIZE)
    assert (len(taken), per_second > 0) == (SIZE, True)
    yield crowd
    await crowd.leave()


async def test_every_turn_is_answered_at_a_rate_and_flat_out(crowd: Crowd) -> None:
    at_rate = told(await steady(crowd.guests, rate=100, seconds=0.2))
    assert (at_rate["asked"], at_rate["turns"], at_rate["lost"]) == (20, 20, 0)
    assert at_rate["wholeMs"]["p50"] > 0
    flat = told(await flat_out(crowd.guests, at_once=3, seconds=0.1))
    assert flat["turns"] == flat["asked"] > 3


async def test_who_is_cut_off_is_counted_and_comes_back(crowd: Crowd) -> None:
    first, second, *_ = crowd.guests
    await first.connection.drop()
    assert await crowd.dropped() == 1
    answers = Answers()
    await one_turn(first, perf_counter(), 0, answers)
    assert (told(answers)["lost"], told(answers)["turns"]) == (1, 0)
    assert await crowd.come_back(second) > 0
    assert await crowd.dropped() == 1
    await crowd.come_back(first)
    assert await crowd.dropped() == 0


async def test_a_reply_that_comes_twice_or_out_of_order_is_found(crowd: Crowd) -> None:
    heard = Hearing()
    reply = {"id": "two", "seq": 6, "senderType": "character", "replyTo": "one"}
    heard.on_event("message:received", reply, perf_counter())
    assert (await heard.reply_to("one"), heard.doubled)[1] == 0
    heard.on_event("message:received", reply, perf_counter())
    assert heard.doubled == 1

    guest = crowd.guests[0]
    guest.last_seq = 4
    assert in_order(guest, {"seq": 5}, {"seq": 6})
    assert not in_order(guest, {"seq": 8}, {"seq": 9})


def test_the_table_sets_the_figures_side_by_side_and_holds_them_to_the_budgets() -> None:
    def phases(rate: float, p95: float, lost: int) -> list[dict[str, Any]]:
        answers = Answers(whole=[p95] * 3, lost=["no reply came"] * lost, seconds=1, asked=3 + lost)
        return [{"phase": "steady", "rate": rate, **told(answers)}]

    rows = compare({"websocket": {"keepsake": phases(50, 300, 1), "bare": phases(50, 3, 0)}})
    found = {row["what"]: (row["keepsake"], row["bare"], row["ratio"], row["met"]) for row in rows}
    assert found["50 turns a second, whole reply p95 ms"] == (300, 3, 100, False)
    assert found["50 turns a second, lost"] == (1, 0, None, False)
    assert found["50 turns a second, reached"] == (3, 3, 1, None)
    assert "fan-out to 10, p50 ms" not in found  # it wasn't measured


def test_too_low_a_limit_of_open_files_is_said() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    allow_files(100)
    with pytest.raises(ConfigurationError, match=rf"only {hard} are allowed.*ulimit -Hn"):
        allow_files(hard + 1)
    with pytest.raises(ConfigurationError, match="there is no carrier pigeon, but websocket"):
        Wanted(["carrier pigeon"], [1000], [50], 20)
