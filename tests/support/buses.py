"""A process's side of an event bus, for tests: runs it and keeps what arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backend.ports import EventBus

Arrived = tuple[str, str, dict[str, Any]]


class Node:
    """One bus and the events that its handler got."""

    def __init__(self, bus: EventBus) -> None:
        self.bus = bus
        self._arrived: asyncio.Queue[Arrived] = asyncio.Queue()

    async def handle(self, room: str, event: str, data: dict[str, Any]) -> None:
        if event == "break":
            raise ValueError("a handler that fails")
        self._arrived.put_nowait((room, event, data))

    async def next(self, within: float = 10.0) -> Arrived:
        """The next event that isn't a probe; fails if none comes."""
        while True:
            arrived = await asyncio.wait_for(self._arrived.get(), within)
            if arrived[1] != "probe":
                return arrived

    async def hears(self, sender: EventBus, room: str, within: float = 20.0) -> None:
        """Wait until what `sender` publishes to `room` arrives here."""
        async with asyncio.timeout(within):
            while True:
                await sender.publish(room, "probe", {})
                try:
                    await asyncio.wait_for(self._arrived.get(), 0.05)
                except TimeoutError:
                    continue
                return


@asynccontextmanager
async def running(bus: EventBus) -> AsyncIterator[Node]:
    """The bus, listening until the end of the block."""
    node = Node(bus)
    task = asyncio.create_task(bus.run(node.handle))
    try:
        yield node
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
