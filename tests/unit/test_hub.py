"""Rooms: everybody in them on every process, in order, and nobody else."""

import asyncio
import gc
from collections.abc import AsyncIterator
from weakref import ref

import pytest_asyncio

from backend.adapters.in_memory.event_bus import Exchange, InMemoryEventBus
from backend.gateway.hub import Hub
from backend.gateway.outgoing import Outgoing
from backend.models import new_id
from tests.support.doubles import Listener
from tests.support.eventually import eventually


class CountedBus(InMemoryEventBus):
    """Keeps what it is asked to listen to."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self.listening: list[str] = []

    async def subscribe(self, room: str) -> None:
        self.listening.append(room)
        await super().subscribe(room)

    async def unsubscribe(self, room: str) -> None:
        self.listening.remove(room)
        await super().unsubscribe(room)


class Process:
    """One hub and its bus."""

    def __init__(self, exchange: Exchange) -> None:
        self.bus = CountedBus(exchange)
        self.hub = Hub(self.bus)

    async def listener(self, *rooms: str) -> Listener:
        """A connection in some rooms."""
        listener = Listener(new_id())
        for room in rooms:
            await self.hub.join(listener, room)
        return listener


@pytest_asyncio.fixture
async def processes() -> AsyncIterator[tuple[Process, Process]]:
    """Two processes on one exchange, both listening."""
    exchange = Exchange()
    both = Process(exchange), Process(exchange)
    running = [asyncio.create_task(process.hub.run()) for process in both]
    await eventually(lambda: len(exchange.buses) == 2)
    try:
        yield both
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


Two = tuple[Process, Process]


async def test_an_event_reaches_everybody_in_the_room_on_every_process(processes: Two) -> None:
    here, there = processes
    near, nearer = await here.listener("tea"), await here.listener("tea")
    far = await there.listener("tea")

    await here.hub.publish("tea", "ping", {"n": 1})

    assert near.heard == nearer.heard == [("ping", {"n": 1})]
    await eventually(lambda: far.heard == [("ping", {"n": 1})])


class Observer(Listener):
    """Keeps what it is given, as it is given."""

    def __init__(self) -> None:
        super().__init__(new_id())
        self.given: list[Outgoing] = []

    async def deliver(self, outgoing: Outgoing) -> None:
        self.given.append(outgoing)


async def test_an_event_is_made_ready_once_for_all(processes: Two) -> None:
    here, there = processes
    near, far = [Observer() for _ in range(10)], [Observer() for _ in range(10)]
    for hub, observers in ((here.hub, near), (there.hub, far)):
        for observer in observers:
            await hub.join(observer, "tea")

    await here.hub.publish("tea", "ping", {"n": 1})

    await eventually(lambda: all(observer.given for observer in far))
    for observers in (near, far):
        assert len({id(observer.given[0]) for observer in observers}) == 1


async def test_it_reaches_nobody_else(processes: Two) -> None:
    here, there = processes
    near, far = await here.listener("jam"), await there.listener("jam")
    witness = await there.listener("tea")

    await here.hub.publish("tea", "ping", {})

    await eventually(lambda: witness.heard)
    assert near.heard == far.heard == []


async def test_events_arrive_in_the_order_sent(processes: Two) -> None:
    here, there = processes
    near, far = await here.listener("tea"), await there.listener("tea")

    for n in range(100):
        await here.hub.publish("tea", "ping", {"n": n})

    await eventually(lambda: len(far.heard) == 100)
    assert [data["n"] for data in near.of("ping")] == list(range(100))
    assert [data["n"] for data in far.of("ping")] == list(range(100))


async def test_the_sender_can_be_left_out(processes: Two) -> None:
    here, there = processes
    sender, near = await here.listener("tea"), await here.listener("tea")
    far = await there.listener("tea")

    await here.hub.publish("tea", "typing", {}, but=sender)

    await eventually(lambda: far.heard)
    assert sender.heard == []
    assert len(near.heard) == 1


async def test_joining_twice_is_joining_once(processes: Two) -> None:
    here, _ = processes
    listener = await here.listener("tea", "tea")

    await here.hub.publish("tea", "ping", {})
    assert len(listener.heard) == 1

    await here.hub.leave(listener, "tea")
    await here.hub.publish("tea", "ping", {})
    assert len(listener.heard) == 1


async def test_the_last_to_leave_turns_off_the_light(processes: Two) -> None:
    here, _ = processes
    one, other = await here.listener("tea"), await here.listener("tea")
    assert here.bus.listening == ["tea"]

    await here.hub.leave(one, "tea")
    assert here.bus.listening == ["tea"]
    await here.hub.leave(other, "tea")
    assert here.bus.listening == []

    await here.hub.leave(other, "tea")  # twice is once


async def test_who_is_dropped_hears_nothing_more_from_any_room(processes: Two) -> None:
    here, there = processes
    gone, stays = await here.listener("tea", "jam"), await here.listener("tea")

    await here.hub.drop(gone)
    await here.hub.drop(gone)
    for room in ("tea", "jam"):
        await there.hub.publish(room, "ping", {})

    await eventually(lambda: stays.heard)
    assert gone.heard == []
    assert here.bus.listening == ["tea"]


async def test_a_bus_that_is_not_running_costs_only_the_other_process() -> None:
    exchange = Exchange()
    here, there = Process(exchange), Process(exchange)
    near, far = await here.listener("tea"), await there.listener("tea")

    await here.hub.publish("tea", "ping", {})

    assert len(near.heard) == 1
    assert far.heard == []


async def test_a_dropped_connection_leaves_nothing_behind(processes: Two) -> None:
    here, _ = processes
    listener = await here.listener("tea")

    await here.hub.drop(listener)
    await here.hub.leave(listener, "tea")

    gone = ref(listener)
    del listener
    gc.collect()
    assert gone() is None
