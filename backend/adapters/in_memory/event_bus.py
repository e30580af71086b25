"""Events without a server. Buses made on one `Exchange` behave like processes on one Redis."""

import asyncio
import json
from typing import Any

import structlog

from backend.ports import EventHandler

log = structlog.get_logger(__name__)


class Exchange:
    """What the buses of one deployment meet on."""

    def __init__(self) -> None:
        self.buses: set[InMemoryEventBus] = set()


class InMemoryEventBus:
    """The `EventBus` of one process; alone on its own `Exchange` unless one is given.

    As on Redis, what is published while a bus isn't running is lost to it.
    """

    def __init__(self, exchange: Exchange | None = None) -> None:
        self._exchange = exchange or Exchange()
        self._rooms: set[str] = set()
        self._incoming: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()

    async def publish(self, room: str, event: str, data: dict[str, Any]) -> None:
        """Give a copy of the event to every other running bus that subscribed to `room`."""
        others = [bus for bus in self._exchange.buses if bus is not self and room in bus._rooms]
        if others:
            payload = json.dumps(data)
            for bus in others:
                bus._incoming.put_nowait((room, event, payload))

    async def subscribe(self, room: str) -> None:
        """Receive the room's events from now on."""
        self._rooms.add(room)

    async def unsubscribe(self, room: str) -> None:
        """Stop receiving the room's events."""
        self._rooms.discard(room)

    async def run(self, handler: EventHandler) -> None:
        """Deliver events until cancelled, in the order they come."""
        self._exchange.buses.add(self)
        try:
            while True:
                room, event, payload = await self._incoming.get()
                if room not in self._rooms:
                    continue
                try:
                    await handler(room, event, json.loads(payload))
                except Exception:  # one bad event must not end the listening
                    log.exception("event_bus.delivery_failed", room=room)
        finally:
            self._exchange.buses.discard(self)

    async def check(self) -> None:
        """Always well."""

    async def close(self) -> None:
        """Nothing to close."""
