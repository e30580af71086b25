"""The suite of the `EventBus` port, on every adapter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from backend.adapters.in_memory.event_bus import Exchange, InMemoryEventBus
from backend.adapters.redis.event_bus import RedisEventBus
from backend.ports import EventBus
from tests.support.buses import Node, running

ROOM = "conversation:1"
OTHER_ROOM = "conversation:2"

NewBus = Callable[[], EventBus]
NewNode = Callable[[], Awaitable[Node]]


@pytest_asyncio.fixture(params=["in_memory", "redis"])
async def new_bus(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[NewBus]:
    """Makes buses that share one server or exchange, as processes would."""
    exchange = Exchange()
    async with AsyncExitStack() as stack:

        def make() -> EventBus:
            on_redis = request.param == "redis"
            bus = RedisEventBus(valkey_url) if on_redis else InMemoryEventBus(exchange)
            stack.push_async_callback(bus.close)
            return bus

        yield make


@pytest_asyncio.fixture
async def new_node(new_bus: NewBus) -> AsyncIterator[NewNode]:
    """Makes such buses that listen."""
    async with AsyncExitStack() as stack:

        async def make() -> Node:
            return await stack.enter_async_context(running(new_bus()))

        yield make


async def connected_pair(new_node: NewNode) -> tuple[Node, Node]:
    here, there = await new_node(), await new_node()
    for node, sender in ((here, there), (there, here)):
        await node.bus.subscribe(ROOM)
        await node.hears(sender.bus, ROOM)
    return here, there


async def test_an_event_reaches_another_process_whole(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    data = {"text": "größer 🐕\n", "seq": 3, "nested": [{"a": None, "b": 0.5, "c": True}]}
    await here.bus.publish(ROOM, "message:received", data)
    assert await there.next() == (ROOM, "message:received", data)


async def test_events_of_one_process_keep_their_order(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    for index in range(1500):
        await here.bus.publish(ROOM, "character:response", {"index": index})
    arrived = [(await there.next())[2]["index"] for _ in range(1500)]
    assert arrived == list(range(1500))


async def test_they_keep_it_across_rooms(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    rooms = [ROOM, OTHER_ROOM, "process:there"]
    for room in rooms[1:]:
        await there.bus.subscribe(room)
    for index in range(600):  # an answer must not overtake what it tells of
        await here.bus.publish(rooms[index % 3], "next", {"index": index})
    arrived = [await there.next() for _ in range(600)]
    assert [(room, data["index"]) for room, _, data in arrived] == [
        (rooms[index % 3], index) for index in range(600)
    ]


async def test_the_sender_does_not_hear_itself(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    await here.bus.publish(ROOM, "mine", {})
    assert (await there.next())[1] == "mine"
    await there.bus.publish(ROOM, "theirs", {})
    assert (await here.next())[1] == "theirs"


async def test_a_room_that_was_not_subscribed_stays_silent(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    await here.bus.publish(OTHER_ROOM, "elsewhere", {})
    await here.bus.publish(ROOM, "here", {})
    assert (await there.next())[1] == "here"


async def test_a_subscription_holds_once_it_returns(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    for number in range(50):
        room = f"conversation:late:{number}"
        await there.bus.subscribe(room)
        await here.bus.publish(room, "first", {"number": number})
        assert await there.next() == (room, "first", {"number": number})


async def test_an_unsubscribed_room_falls_silent(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    await there.bus.subscribe(OTHER_ROOM)
    await there.hears(here.bus, OTHER_ROOM)
    await there.bus.unsubscribe(ROOM)
    await here.bus.publish(ROOM, "unheard", {})
    await here.bus.publish(OTHER_ROOM, "heard", {})
    assert (await there.next())[1] == "heard"


async def test_subscribing_twice_delivers_once(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    await there.bus.subscribe(ROOM)
    await here.bus.publish(ROOM, "once", {})
    await here.bus.publish(ROOM, "end", {})
    assert [(await there.next())[1] for _ in range(2)] == ["once", "end"]


async def test_a_room_can_be_left_and_joined_again(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    for _ in range(20):
        await there.bus.unsubscribe(ROOM)
        await there.bus.subscribe(ROOM)
    await here.bus.publish(ROOM, "after", {})
    assert (await there.next())[1] == "after"


async def test_a_failing_handler_does_not_end_the_listening(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    await here.bus.publish(ROOM, "break", {})
    await here.bus.publish(ROOM, "next", {})
    assert (await there.next())[1] == "next"


async def test_every_other_process_hears(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    third = await new_node()
    await third.bus.subscribe(ROOM)
    await third.hears(here.bus, ROOM)
    await here.bus.publish(ROOM, "all", {})
    assert [(await node.next())[1] for node in (there, third)] == ["all", "all"]


async def test_publishing_needs_no_listening(new_node: NewNode, new_bus: NewBus) -> None:
    _, there = await connected_pair(new_node)
    await new_bus().publish(ROOM, "from a worker", {})
    assert (await there.next())[1] == "from a worker"


async def test_many_publishers_at_once_lose_nothing(new_node: NewNode) -> None:
    here, there = await connected_pair(new_node)
    await asyncio.gather(*(here.bus.publish(ROOM, "burst", {"n": n}) for n in range(500)))
    assert {(await there.next())[2]["n"] for _ in range(500)} == set(range(500))


async def test_check_passes_where_the_bus_answers(new_node: NewNode) -> None:
    await (await new_node()).bus.check()
