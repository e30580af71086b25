"""What the Redis adapters do while the server is away: nothing fails, and all comes back."""

import asyncio
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from backend.adapters.embedded.processes import running_in
from backend.adapters.embedded.valkey import EmbeddedValkey
from backend.adapters.redis.connection import command_client, without_password
from backend.adapters.redis.event_bus import OUTGOING_LIMIT, RedisEventBus
from backend.adapters.redis.rate_limiter import RedisRateLimiter
from backend.errors import ConfigurationError, RateLimited, ServiceUnavailable
from tests.support.buses import running
from tests.support.eventually import eventually

ROOM = "conversation:1"


@dataclass
class KillableValkey:
    """A server of its own that a test may kill, and start again on the same socket."""

    server: EmbeddedValkey
    directory: Path
    url: str

    async def kill(self) -> None:
        (process,) = running_in(self.directory, "valkey-server")
        process.kill()
        await eventually(lambda: not running_in(self.directory, "valkey-server"))

    async def start(self) -> None:
        assert await self.server.start() == self.url


@pytest_asyncio.fixture
async def valkey() -> AsyncIterator[KillableValkey]:
    with tempfile.TemporaryDirectory(prefix="keepsake-test-") as name:
        directory = Path(name) / "valkey"
        server = EmbeddedValkey(directory)
        yield KillableValkey(server, directory, await server.start())
        await server.stop()


async def test_events_flow_again_after_an_outage(valkey: KillableValkey) -> None:
    here, there = RedisEventBus(valkey.url), RedisEventBus(valkey.url)
    async with running(here), running(there) as node:
        await there.subscribe(ROOM)
        await node.hears(here, ROOM)
        with capture_logs() as logs:
            await valkey.kill()
            for _ in range(3):
                await here.publish(ROOM, "lost", {})
                await eventually(lambda: here.lost_events)
            with pytest.raises(ServiceUnavailable, match="REDIS_URL"):
                await here.check()
            await there.subscribe("joined in the outage")
            await valkey.start()
            await node.hears(here, ROOM)
            await node.hears(here, "joined in the outage")
        await here.publish(ROOM, "found", {})
        assert (await node.next())[1] == "found"
    told = [(line["event"], line["use"]) for line in logs if line["event"].startswith("redis.")]
    assert told.count(("redis.outage", "publish")) == 1
    assert told.count(("redis.back", "publish")) == 1
    assert ("redis.outage", "listen") in told
    await asyncio.gather(here.close(), there.close())


async def test_a_server_that_never_answers_does_not_hold_up_a_reply() -> None:
    """Something accepts the connection and says nothing: the worst kind of outage."""
    with (
        tempfile.TemporaryDirectory(prefix="keepsake-test-") as name,
        socket.socket(socket.AF_UNIX) as silent,
    ):
        path = f"{name}/silent.sock"
        silent.bind(path)
        silent.listen()
        bus = RedisEventBus(f"unix://{path}")
        started = time.monotonic()
        for number in range(OUTGOING_LIMIT + 100):
            await bus.publish(ROOM, "delta", {"n": number})
        assert time.monotonic() - started < 5
        assert bus.lost_events >= 100
        await bus.close()
        assert bus.lost_events == OUTGOING_LIMIT + 100


async def test_a_subscription_returns_when_the_server_has_confirmed_it(
    valkey: KillableValkey,
) -> None:
    here, there = RedisEventBus(valkey.url), RedisEventBus(valkey.url)
    (process,) = running_in(valkey.directory, "valkey-server")
    async with running(there) as node:
        await there.subscribe(ROOM)
        await node.hears(here, ROOM)
        process.suspend()
        try:
            subscribing = asyncio.create_task(there.subscribe("another room"))
            _, waiting = await asyncio.wait([subscribing], timeout=0.2)
            assert waiting == {subscribing}
        finally:
            process.resume()
        await subscribing
        await here.publish("another room", "first", {})
        assert await node.next() == ("another room", "first", {})
    await asyncio.gather(here.close(), there.close())


async def test_close_sends_what_waits(valkey: KillableValkey) -> None:
    sender, listener = RedisEventBus(valkey.url), RedisEventBus(valkey.url)
    async with running(listener) as node:
        await listener.subscribe(ROOM)
        await node.hears(sender, ROOM)
        await sender.publish(ROOM, "last words", {})
        await sender.close()
        assert (await node.next())[1] == "last words"
    await listener.close()


async def test_limits_hold_without_redis_and_are_shared_again_after(
    valkey: KillableValkey,
) -> None:
    client = command_client(valkey.url)
    here, there = (RedisRateLimiter(client, "2/minute") for _ in range(2))
    key = f"user:{uuid4()}"
    await here.take(key)
    await valkey.kill()
    with capture_logs() as logs:
        await here.take(key)
        await here.take(key)
        with pytest.raises(RateLimited):
            await here.take(key)
        await there.take(key)
    assert [line["event"] for line in logs] == ["redis.outage"] * 2
    await valkey.start()
    fresh = f"user:{uuid4()}"
    await here.take(fresh)
    await there.take(fresh)
    for limiter in (here, there):
        with pytest.raises(RateLimited):
            await limiter.take(fresh)
    await client.aclose()


async def test_idle_connections_of_before_a_restart_fail_nobody(valkey: KillableValkey) -> None:
    client = command_client(valkey.url)
    await asyncio.gather(*(client.ping() for _ in range(5)))
    await valkey.kill()
    await valkey.start()
    assert await asyncio.gather(*(client.ping() for _ in range(5))) == [True] * 5
    await client.aclose()


async def test_a_listener_outlives_quiet_times(valkey: KillableValkey) -> None:
    """The server sees the one connection grow old over many of the bus's quiet times."""
    bus, client = RedisEventBus(valkey.url, quiet_seconds=0.05), command_client(valkey.url)

    async def has_listened_for(seconds: int) -> bool:
        listeners = [c for c in await client.client_list() if int(c["sub"]) > 0]
        return any(int(listener["age"]) >= seconds for listener in listeners)

    async with running(bus):
        await eventually(lambda: has_listened_for(2))
    await asyncio.gather(bus.close(), client.aclose())


async def test_a_listener_gives_up_a_server_that_froze(valkey: KillableValkey) -> None:
    """The connection stays open but nothing answers, as after a cut cable."""
    here, there = RedisEventBus(valkey.url), RedisEventBus(valkey.url, quiet_seconds=0.2)
    (process,) = running_in(valkey.directory, "valkey-server")
    async with running(there) as node:
        await there.subscribe(ROOM)
        await node.hears(here, ROOM)
        with capture_logs() as logs:
            process.suspend()
            try:
                await eventually(lambda: any(line["event"] == "redis.outage" for line in logs))
            finally:
                process.resume()
            await node.hears(here, ROOM)
            await eventually(lambda: any(line["event"] == "redis.back" for line in logs))
    await asyncio.gather(here.close(), there.close())


async def test_a_listener_comes_back_with_all_of_its_thousands_of_rooms(
    valkey: KillableValkey,
) -> None:
    here, there = RedisEventBus(valkey.url), RedisEventBus(valkey.url)
    rooms = [f"another:{number}" for number in range(5000)]
    async with running(there) as node:
        await there.subscribe(ROOM)
        await node.hears(here, ROOM)
        await asyncio.gather(*(there.subscribe(room) for room in rooms))
        await valkey.kill()
        await asyncio.gather(*(there.unsubscribe(room) for room in rooms[:1000]))
        await valkey.start()
        await node.hears(here, rooms[-1])
        client = command_client(valkey.url)

        async def holds_them_all() -> bool:
            held = await client.pubsub_channels("keepsake:room:*")
            return set(held) == {f"keepsake:room:{room}".encode() for room in (ROOM, *rooms[1000:])}

        await eventually(holds_them_all)
        await client.aclose()
    await asyncio.gather(here.close(), there.close())


async def test_a_room_joined_while_the_listener_connects_is_heard(valkey: KillableValkey) -> None:
    here, there = RedisEventBus(valkey.url), RedisEventBus(valkey.url)
    rooms = [f"another:{number}" for number in range(100)]
    async with running(there) as node:
        for room in rooms:  # some of them before it is connected, some after
            await there.subscribe(room)
            await asyncio.sleep(0)
        for room in rooms:
            await node.hears(here, room)
    await asyncio.gather(here.close(), there.close())


@pytest.mark.parametrize("url", ["http://localhost", "localhost:6379", "", "redis://host:port"])
def test_a_wrong_url_names_the_setting_and_an_example(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"REDIS_URL.*redis://localhost:6379"):
        command_client(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@host:1/0", "redis://host:1/0"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown
