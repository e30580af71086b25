"""Who listens to what: rooms of connections in this process, and the bus to the other processes."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from backend.gateway.outgoing import Outgoing
from backend.ports import EventBus, EventHandler


class Connection(Protocol):
    """One client on either transport."""

    user_id: UUID

    async def send(self, event: str, data: dict[str, Any]) -> None:
        """Queue an event for the client. Never raises for a client that is gone."""

    async def deliver(self, outgoing: Outgoing) -> None:
        """The same for an event that others get too. Never waits for a client."""


Watcher = Callable[[str, str, dict[str, Any]], None]


class Hub:
    """Delivers to this process's connections first, then through the bus to the others: local
    delivery goes on while Redis is down, and keeps its order."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._rooms: dict[str, dict[Connection, None]] = defaultdict(dict)
        self._joined: dict[Connection, set[str]] = defaultdict(set)
        self._handlers: dict[str, EventHandler] = {}
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher(room, event, data)` with what other processes publish, ahead of the
        connections here that hear it."""
        self._watchers.append(watcher)

    def members(self, room: str) -> tuple[Connection, ...]:
        """The connections of this process in a room."""
        return tuple(self._rooms.get(room, ()))

    def sizes(self, prefix: str) -> dict[str, int]:
        """The rooms of this process whose names begin so, each with how many connections are in it."""
        return {
            room: len(members) for room, members in self._rooms.items() if room.startswith(prefix)
        }

    async def listen(self, room: str, handler: EventHandler) -> None:
        """Have this process itself hear a room that no connection joins, for good."""
        self._handlers[room] = handler
        await self._bus.subscribe(room)

    async def join(self, connection: Connection, room: str) -> None:
        """Add a connection to a room; twice is once."""
        newly = room not in self._rooms
        self._rooms[room][connection] = None
        self._joined[connection].add(room)
        if newly:
            await self._bus.subscribe(room)

    async def leave(self, connection: Connection, room: str) -> None:
        """Take a connection out of a room; the last one turns off the light."""
        if connection in self._joined:
            self._joined[connection].discard(room)
        members = self._rooms.get(room)
        if members is None:
            return
        members.pop(connection, None)
        if not members:
            del self._rooms[room]
            await self._bus.unsubscribe(room)

    async def drop(self, connection: Connection) -> None:
        """Take a connection out of all its rooms."""
        for room in list(self._joined.get(connection, ())):
            await self.leave(connection, room)
        self._joined.pop(connection, None)

    async def publish(
        self, room: str, event: str, data: dict[str, Any], *, but: Connection | None = None
    ) -> None:
        """Send to everybody in a room, here and elsewhere, except one connection."""
        await self._deliver(room, event, data, but)
        await self._bus.publish(room, event, data)

    async def run(self) -> None:
        """Deliver what other processes publish, until cancelled."""
        await self._bus.run(self._hear)

    async def _hear(self, room: str, event: str, data: dict[str, Any]) -> None:
        for watcher in self._watchers:
            watcher(room, event, data)
        await self._deliver(room, event, data)

    async def _deliver(
        self, room: str, event: str, data: dict[str, Any], but: Connection | None = None
    ) -> None:
        if handler := self._handlers.get(room):
            await handler(room, event, data)
        members = self._rooms.get(room)
        if not members:
            return
        outgoing = Outgoing(event, data)
        for connection in list(members):
            if connection is not but:
                await connection.deliver(outgoing)
