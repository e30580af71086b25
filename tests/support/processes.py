"""API processes as far as turns go: a driver and a hub each, on one database and one exchange."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from backend.adapters.in_memory.event_bus import Exchange, InMemoryEventBus
from backend.gateway.hub import Hub
from backend.gateway.protocol import conversation_room
from backend.gateway.turn_driver import Pace, TurnDriver
from backend.models import Conversation
from backend.ports import LanguageModel
from tests.support.doubles import Listener, UnpluggableStore
from tests.support.eventually import eventually
from tests.support.system import System

NEVER = 3600.0


class Process:
    """One process. It sweeps only when told to, unless `pace` says otherwise."""

    def __init__(
        self, system: System, exchange: Exchange, model: LanguageModel, pace: Pace | None = None
    ) -> None:
        self.exchange = exchange
        self.store = UnpluggableStore(system.store)
        self.bus = InMemoryEventBus(exchange)
        self.hub = Hub(self.bus)
        turns = system.turns(model)
        resources = replace(turns, memory=replace(turns.memory, store=self.store))
        self.turns = TurnDriver(self.store, resources, self.hub, pace or Pace(sweep=NEVER))

    async def listener(self, conversation: Conversation) -> Listener:
        """A client of this process, in the conversation."""
        listener = Listener(conversation.user_id)
        await self.hub.join(listener, conversation_room(conversation.id))
        return listener

    async def die(self) -> None:
        """End as `kill -9` would: nothing is released, nothing said."""
        self.store.unplugged = True
        await self.turns.close(grace_seconds=0)


@asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    """The processes hear each other; at the end their turns end."""
    hearing = [asyncio.create_task(process.hub.run()) for process in processes]
    for process in processes:
        await process.turns.listen()
    await eventually(lambda: len(processes[0].exchange.buses) == len(processes))
    try:
        yield
    finally:
        for process in processes:
            await process.turns.close(grace_seconds=0)
        for task in hearing:
            task.cancel()
        await asyncio.gather(*hearing, return_exceptions=True)


@asynccontextmanager
async def sweeping(process: Process) -> AsyncIterator[None]:
    """The process looks for what nobody answers, at its pace."""
    task = asyncio.create_task(process.turns.sweep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
