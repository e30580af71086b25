"""Events between processes over Redis publish/subscribe: one channel for each room.

At most once: what is published in an outage, or while a listener reconnects, is lost, and clients
catch up by seq. A process never gets its own events; its hub has delivered those already.
"""

import asyncio
import json
from collections import deque
from itertools import islice
from typing import Any
from uuid import uuid4

import structlog
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError

from backend.adapters.redis.connection import (
    UNREACHABLE,
    check_reachable,
    command_client,
    listening_client,
)
from backend.adapters.redis.outage import Outage
from backend.monitoring.metrics import EVENTS_LOST, EVENTS_PUBLISHED, EVENTS_RECEIVED
from backend.ports import EventHandler

ROOM_PREFIX = "keepsake:room:"
# Keeps the listener connected while there is no room yet; nobody publishes here.
IDLE_CHANNEL = "keepsake:idle"

OUTGOING_LIMIT = 10_000
BATCH = 500
CONFIRM_SECONDS = 1.0
CONNECT_SECONDS = 5.0
QUIET_SECONDS = 15.0
FIRST_RETRY_SECONDS = 0.05
LAST_RETRY_SECONDS = 2.0

log = structlog.get_logger(__name__)


class RedisEventBus:
    """The `EventBus` of several processes. Connects when first used."""

    def __init__(self, url: str, *, quiet_seconds: float = QUIET_SECONDS) -> None:
        """`url` is as `command_client` takes it. After `quiet_seconds` without an event the
        listener asks whether the server is still there, and after as long again gives it up.

        Raises:
            ConfigurationError: the URL can't be understood.
        """
        self._url = url
        self._quiet_seconds = quiet_seconds
        self._node = uuid4().hex
        self._commands = command_client(url)
        self._listener = listening_client(url)
        self._outgoing: deque[tuple[str, str]] = deque()
        self._sender: asyncio.Task[None] | None = None
        self._rooms: set[str] = set()
        self._subscribed: set[str] = set()  # what Redis was told, on the connection that is open
        self._changed = asyncio.Event()
        self._connected = False
        self._confirmations: dict[str, asyncio.Event] = {}
        self._sending = Outage("publish")
        self._listening = Outage("listen")
        self.lost_events = 0

    async def publish(self, room: str, event: str, data: dict[str, Any]) -> None:
        """Hand one event to the sender, in order, and return at once.

        Never waits for Redis, so a slow one can't slow a reply down. `lost_events` counts what
        an outage, or more than 10,000 events waiting, made us drop.
        """
        payload = json.dumps({"event": event, "data": data}, separators=(",", ":"))
        if len(self._outgoing) >= OUTGOING_LIMIT:
            self._outgoing.popleft()
            self._lose(1)
        EVENTS_PUBLISHED.inc()
        self._outgoing.append((ROOM_PREFIX + room, self._node + payload))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all(), name="event bus sender")

    async def subscribe(self, room: str) -> None:
        """Receive the room's events. While `run` is connected, returns once Redis has confirmed
        (at most 1 s), so that what is published after that arrives; else takes effect when
        it connects."""
        self._rooms.add(room)
        confirmed = self._confirmations.setdefault(room, asyncio.Event())
        self._changed.set()
        if confirmed.is_set() or not self._connected:
            return
        try:
            await asyncio.wait_for(confirmed.wait(), CONFIRM_SECONDS)
        except TimeoutError:
            self._listening.failed(TimeoutError("a subscription was not confirmed"))

    async def unsubscribe(self, room: str) -> None:
        """Stop receiving the room's events."""
        self._rooms.discard(room)
        if room not in self._subscribed:
            self._confirmations.pop(room, None)
        self._changed.set()

    async def run(self, handler: EventHandler) -> None:
        """Deliver events until cancelled, in the order they come. After a broken connection it
        connects again (after 0.05 s, then up to 2 s) with all rooms."""
        delay = FIRST_RETRY_SECONDS
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self._listen(handler)
            except UNREACHABLE as error:
                self._listening.failed(error)
            if asyncio.get_running_loop().time() - started > LAST_RETRY_SECONDS:
                delay = FIRST_RETRY_SECONDS
            await asyncio.sleep(delay)
            delay = min(delay * 2, LAST_RETRY_SECONDS)

    async def check(self) -> None:
        """Prove that Redis answers.

        Raises:
            ServiceUnavailable: it doesn't.
        """
        await check_reachable(self._commands, self._url)

    async def close(self) -> None:
        """Send what is waiting (at most a few seconds) and disconnect. Safe to call twice."""
        if self._sender is not None:
            await self._sender
        await self._commands.aclose()
        await self._listener.aclose()

    async def _send_all(self) -> None:
        """Publish what is waiting, many events in one round trip."""
        while self._outgoing:
            size = min(BATCH, len(self._outgoing))
            pipeline = self._commands.pipeline(transaction=False)
            for _ in range(size):
                pipeline.publish(*self._outgoing.popleft())
            try:
                await pipeline.execute()
            except UNREACHABLE as error:
                # What waits behind it is as good as lost too, and late by now.
                self._sending.failed(error)
                self._lose(size + len(self._outgoing))
                self._outgoing.clear()
            else:
                self._sending.worked()

    def _lose(self, events: int) -> None:
        self.lost_events += events
        EVENTS_LOST.inc(events)

    async def _listen(self, handler: EventHandler) -> None:
        async with self._listener.pubsub() as pubsub:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await pubsub.subscribe(IDLE_CHANNEL)
                self._changed.set()
                self._connected = True
                subscribing = asyncio.create_task(self._keep_subscribed(pubsub))
                receiving = asyncio.create_task(self._receive(pubsub, handler))
                await _first_failure(subscribing, receiving)
            finally:
                self._connected = False
                self._subscribed.clear()
                for confirmed in self._confirmations.values():
                    confirmed.clear()

    async def _keep_subscribed(self, pubsub: PubSub) -> None:
        """Tell Redis which rooms we want, as that changes; many of them at a time, for when a whole
        server's clients come at once, or come back."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while joined := list(islice(self._rooms - self._subscribed, BATCH)):
                self._subscribed.update(joined)
                async with asyncio.timeout(CONNECT_SECONDS):
                    await pubsub.subscribe(*(ROOM_PREFIX + room for room in joined))
            while left := list(islice(self._subscribed - self._rooms, BATCH)):
                self._subscribed.difference_update(left)
                for room in left:
                    self._confirmations.pop(room, None)
                async with asyncio.timeout(CONNECT_SECONDS):
                    await pubsub.unsubscribe(*(ROOM_PREFIX + room for room in left))

    async def _receive(self, pubsub: PubSub, handler: EventHandler) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=self._quiet_seconds)
            if message is None:
                # A peer that vanished without a word leaves a connection that stays silent.
                if asked:
                    raise RedisConnectionError(f"no answer for {self._quiet_seconds:g} s")
                await pubsub.ping()
            elif message["type"] == "subscribe":
                self._listening.worked()
                room = message["channel"].decode().removeprefix(ROOM_PREFIX)
                if confirmed := self._confirmations.get(room):
                    confirmed.set()
            elif message["type"] == "message":
                await self._deliver(message["channel"].decode(), message["data"], handler)
            asked = message is None

    async def _deliver(self, channel: str, payload: bytes, handler: EventHandler) -> None:
        room = channel.removeprefix(ROOM_PREFIX)
        if payload.startswith(self._node.encode()) or room not in self._rooms:
            return  # unread: most of what comes is our own
        EVENTS_RECEIVED.inc()
        try:
            content = json.loads(payload[len(self._node) :])
            await handler(room, content["event"], content["data"])
        except Exception:  # one bad event must not end the listening
            log.exception("event_bus.delivery_failed", room=room)


async def _first_failure(*tasks: "asyncio.Task[None]") -> None:
    """Wait until one of the tasks fails, end the others, and raise what it did."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
