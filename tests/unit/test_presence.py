"""Who is shown to be typing, on one process and on two."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.adapters.in_memory.event_bus import Exchange, InMemoryEventBus
from backend.gateway.hub import Hub
from backend.gateway.presence import Presence
from backend.gateway.protocol import ServerEvent, conversation_room
from backend.models import new_id
from tests.support.doubles import Listener
from tests.support.eventually import eventually

LONG, SHORT = 3600.0, 0.05


class Home:
    """Processes with a user's connections to each, all in one conversation."""

    def __init__(self, processes: int, seconds: float) -> None:
        self.user, self.conversation = new_id(), new_id()
        self.room = conversation_room(self.conversation)
        self.exchange = Exchange()
        self.buses = [InMemoryEventBus(self.exchange) for _ in range(processes)]
        self.hubs = [Hub(bus) for bus in self.buses]
        self.presences = [Presence(hub, seconds) for hub in self.hubs]

    async def tab(self, process: int = 0) -> Listener:
        """Another connection."""
        tab = Listener(self.user)
        await self.hubs[process].join(tab, self.room)
        return tab


@asynccontextmanager
async def home(processes: int = 1, seconds: float = LONG) -> AsyncIterator[Home]:
    at_home = Home(processes, seconds)
    running = [asyncio.create_task(hub.run()) for hub in at_home.hubs]
    await eventually(lambda: len(at_home.exchange.buses) == processes)
    try:
        yield at_home
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def shown(tab: Listener) -> list[bool]:
    return [data["isTyping"] for data in tab.of(ServerEvent.TYPING_INDICATOR)]


async def test_typing_on_is_not_told_again_and_ends_once() -> None:
    async with home() as here:
        typist, other = await here.tab(), await here.tab()
        for _ in range(5):
            await here.presences[0].start(typist, here.conversation)
        assert shown(other) == [True]
        assert here.presences[0].is_typing(typist, here.conversation)
        for _ in range(2):
            await here.presences[0].stop(typist, here.conversation)
        assert shown(other) == [True, False]
        assert shown(typist) == [False]


async def test_who_types_on_for_long_is_shown_again_now_and_then() -> None:
    async with home(seconds=SHORT) as here:
        typist, other = await here.tab(), await here.tab()
        calls = 0

        async def types_on() -> bool:
            nonlocal calls
            calls += 1
            await here.presences[0].start(typist, here.conversation)
            return len(shown(other)) == 3

        await eventually(types_on)
        assert calls > 3
        await eventually(lambda: shown(other)[-1] is False)


async def test_typing_ends_with_the_last_connection_that_typed() -> None:
    async with home() as here:
        presence, other = here.presences[0], await here.tab()
        first, second = await here.tab(), await here.tab()
        await presence.start(first, here.conversation)
        await presence.start(second, here.conversation)
        await presence.stop(first, here.conversation)
        assert shown(other) == [True]
        await presence.drop(second)
        await presence.drop(first)
        assert shown(other) == [True, False]


async def test_sending_ends_it_whoever_typed() -> None:
    async with home() as here:
        presence, other = here.presences[0], await here.tab()
        typist, sender = await here.tab(), await here.tab()
        await presence.start(typist, here.conversation)
        await presence.sent(sender, here.conversation)
        assert shown(other) == [True, False]
        assert not presence.is_typing(typist, here.conversation)


async def test_a_message_sent_at_another_process_ends_it() -> None:
    async with home(processes=2) as here:
        typist, far = await here.tab(0), await here.tab(1)
        await here.presences[0].start(typist, here.conversation)
        await eventually(lambda: shown(far) == [True])
        received = {
            "senderType": "user",
            "senderId": str(here.user),
            "conversationId": str(here.conversation),
        }
        await here.hubs[1].publish(here.room, ServerEvent.MESSAGE_RECEIVED, received)
        await eventually(lambda: shown(far) == [True, False])


async def test_what_a_dead_process_showed_ends_by_itself() -> None:
    async with home(processes=2, seconds=SHORT) as here:
        typist, far = await here.tab(0), await here.tab(1)
        await here.presences[0].start(typist, here.conversation)
        await eventually(lambda: shown(far) == [True])
        here.exchange.buses.clear()
        await eventually(lambda: shown(far) == [True, False])


async def test_a_character_types_for_as_long_as_it_takes() -> None:
    async with home(processes=2, seconds=SHORT) as here:
        far, character = await here.tab(1), new_id()
        typing = {
            "conversationId": str(here.conversation),
            "userId": str(character),
            "isTyping": True,
        }
        await here.hubs[0].publish(here.room, ServerEvent.TYPING_INDICATOR, typing)
        await here.presences[0].start(await here.tab(0), here.conversation)
        await eventually(
            lambda: shown(far) == [True, True, False]
        )  # the user's, later begun, is over
        assert far.of(ServerEvent.TYPING_INDICATOR)[-1]["userId"] == str(here.user)


async def test_who_types_on_another_process_too_is_shown_again_after_that_one_stopped() -> None:
    async with home(processes=2) as here:
        near, far, witness = await here.tab(0), await here.tab(1), await here.tab(1)
        await here.presences[0].start(near, here.conversation)
        await here.presences[1].start(far, here.conversation)
        await eventually(lambda: len(shown(witness)) == 2)
        await here.presences[1].stop(far, here.conversation)
        await eventually(lambda: shown(near)[-1:] == [False])
        await here.presences[0].start(near, here.conversation)
        await eventually(lambda: shown(witness)[-2:] == [False, True])
