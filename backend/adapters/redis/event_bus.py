"""Events between processes over Redis publish/subscribe: one channel for each room.

At most once: what is published in an outage, or while a listener reconnects, is lost, and clients
catch up by seq. A process never gets its own events; its hub has delivered those already.
"""

import asyncio
import json
from collections import deque
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
        self._pubsub: PubSub | None = None
        self._subscribing = asyncio.Lock()
        self._confirmations: dict[str, asyncio.Event] = {}
        self._sending = Outage("publish")
        self._listening = Outage("listen")
        self.lost_events = 0

    async def publish(self, room: str, event: str, data: dict[str, Any]) -> None:
        """Hand one event to the sender, in order, and return at once.

        Never waits for Redis, so a slow one can't slow a reply down. `lost_events` counts what
        an outage, or more than 10,000 events waiting, made us drop.
        """
        payload = json.dumps(
            {"node": self._node, "event": event, "data": data},
            separators=(",", ":"),
        )
        if len(self._outgoing) >= OUTGOING_LIMIT:
            self._outgoing.popleft()
            self.lost_events += 1
        self._outgoing.append((ROOM_PREFIX + room, payload))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all(), name="event bus sender")

    async def subscribe(self, room: str) -> None:
        """Receive the room's events. While `run` is connected, returns once Redis has confirmed
        (at most 1 s), so that what is published after that arrives; else takes effect when
        it connects."""
        self._rooms.add(room)
        confirmed = self._confirmations.setdefault(ROOM_PREFIX + room, asyncio.Event())
        if not await self._apply(room):
            return
        try:
            await asyncio.wait_for(confirmed.wait(), CONFIRM_SECONDS)
        except TimeoutError:
            self._listening.failed(TimeoutError("a subscription was not confirmed"))

    async def unsubscribe(self, room: str) -> None:
        """Stop receiving the room's events."""
        self._rooms.discard(room)
        self._confirmations.pop(ROOM_PREFIX + room, None)
        await self._apply(room)

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
                self.lost_events += size + len(self._outgoing)
                self._outgoing.clear()
            else:
                self._sending.worked()

    async def _apply(self, room: str) -> bool:
        """Tell Redis whether we want the room now. False if there is no connection to tell it on;
        `_listen` does it then."""
        pubsub = self._pubsub
        if pubsub is None:
            return False
        try:
            async with asyncio.timeout(CONFIRM_SECONDS), self._subscribing:
                if room in self._rooms:
                    await pubsub.subscribe(ROOM_PREFIX + room)
                else:
                    await pubsub.unsubscribe(ROOM_PREFIX + room)
        except UNREACHABLE as error:
            self._listening.failed(error)
            return False
        return True

    async def _listen(self, handler: EventHandler) -> None:
        async with self._listener.pubsub() as pubsub:
            try:
                async with asyncio.timeout(CONNECT_SECONDS), self._subscribing:
                    rooms = [ROOM_PREFIX + room for room in self._rooms]
                    await pubsub.subscribe(IDLE_CHANNEL, *rooms)
                    self._pubsub = pubsub
                await self._receive(pubsub, handler)
            finally:
                self._pubsub = None
                for confirmed in self._confirmations.values():
                    confirmed.clear()

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
                confirmed = self._confirmations.get(message["channel"].decode())
                if confirmed is not None:
                    confirmed.set()
            elif message["type"] == "message":
                await self._deliver(message["channel"].decode(), message["data"], handler)
            asked = message is None

    async def _deliver(self, channel: str, payload: bytes, handler: EventHandler) -> None:
        room = channel.removeprefix(ROOM_PREFIX)
        try:
            content = json.loads(payload)
            if content["node"] != self._node and room in self._rooms:
                await handler(room, content["event"], content["data"])
        except Exception:  # one bad event must not end the listening
            log.exception("event_bus.delivery_failed", room=room)
