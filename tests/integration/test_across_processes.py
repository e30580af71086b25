"""What a client of one process sees of a reply that another one writes, and how it stops it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from backend.adapters.in_memory.event_bus import Exchange
from backend.adapters.in_memory.language_model import ScriptedModel
from backend.gateway import neighbours
from backend.gateway.joining import Joined, join
from backend.gateway.protocol import ConversationJoin, ServerEvent
from backend.gateway.turn_driver import Pace
from backend.models import Conversation
from tests.support.doubles import Listener
from tests.support.eventually import eventually
from tests.support.processes import NEVER, Process, running
from tests.support.system import System
from tests.support.turns import ask

STORY = ["Once ", "upon ", "a ", "time."]


class Writing:
    """A process that writes a story, a delta for each permit of `gate`, and one that doesn't."""

    def __init__(self, system: System, pace: Pace | None = None) -> None:
        exchange = Exchange()
        self.system = system
        self.gate = asyncio.Semaphore(0)
        self.here = Process(system, exchange, ScriptedModel([STORY], gate=self.gate), pace)
        self.there = Process(system, exchange, ScriptedModel([]), pace)
        self.conversation: Conversation

    @asynccontextmanager
    async def begun(self, deltas: int) -> AsyncIterator[None]:
        """So many deltas are written."""
        self.conversation = await self.system.introduce()
        async with running(self.here, self.there):
            await ask(self.system, self.conversation, "A story!")
            self.here.turns.wake(self.conversation.id)
            await eventually(lambda: self.index() is not None)
            await self.write(deltas)
            yield

    def index(self) -> int | None:
        """The newest delta's number."""
        running = self.here.turns.generations.own(self.conversation.id)
        return running.index if running else None

    async def write(self, deltas: int) -> None:
        """Write on."""
        target = (self.index() or 0 if self.index() != -1 else -1) + deltas
        for _ in range(deltas):
            self.gate.release()
        await eventually(lambda: self.index() == target)

    async def join(self, listener: Listener, after_seq: int | None = None) -> Joined:
        """Join at the process that doesn't write."""
        wanted = ConversationJoin(conversation_id=self.conversation.id, after_seq=after_seq)
        return await join(
            self.system.store, self.there.hub, self.there.turns.generations, listener, wanted
        )

    async def ended(self) -> str:
        """The reply's state and words, once it is stored."""
        found: list[tuple[str, str]] = []

        async def stored() -> bool:
            found[:] = await self.system.query(  # type: ignore[assignment]
                "SELECT state, content FROM message WHERE sender_type = 'character'"
            )
            return bool(found)

        await eventually(stored)
        return ": ".join(found[0])


def told(listener: Listener) -> list[tuple[str, int, str]]:
    return [
        (data["status"], data["index"], data["delta"])
        for data in listener.of(ServerEvent.CHARACTER_RESPONSE)
    ]


async def test_who_joins_elsewhere_has_the_text_so_far_and_then_every_further_delta_once(
    system: System,
) -> None:
    writing = Writing(system)
    async with writing.begun(2):
        first, second = (Listener(writing.conversation.user_id) for _ in range(2))
        generation = (await writing.join(first)).ack.generation
        assert generation is not None
        assert (generation.text_so_far, generation.index) == ("Once upon ", 1)
        assert told(first) == []

        await writing.write(1)
        await eventually(lambda: told(first))
        generation = (await writing.join(second)).ack.generation  # without asking again
        assert generation is not None
        assert (generation.text_so_far, generation.index) == ("Once upon a ", 2)
        writing.gate.release()
        assert await writing.ended() == "complete: Once upon a time."
        await eventually(lambda: first.of("message:received") and second.of("message:received"))
        assert told(first) == [("delta", 2, "a "), ("delta", 3, "time."), ("completed", 4, "")]
        assert told(second) == told(first)[1:]
        assert (await writing.join(first)).ack.generation is None


async def test_who_hears_it_from_its_start_asks_nobody(system: System) -> None:
    writing = Writing(system)
    conversation = await system.introduce()
    async with running(writing.here, writing.there):
        writing.conversation = conversation
        listener = Listener(conversation.user_id)
        assert (await writing.join(listener)).ack.generation is None
        await ask(system, conversation, "A story!")
        writing.here.turns.wake(conversation.id)
        await eventually(lambda: told(listener))
        writing.here.exchange.buses.discard(writing.here.bus)  # it hears no question any more
        generation = (await writing.join(listener)).ack.generation
    assert generation is not None
    assert generation.index == -1


async def test_a_delta_that_was_lost_on_the_way_is_noticed(system: System) -> None:
    writing = Writing(system)
    async with writing.begun(1):
        listener = Listener(writing.conversation.user_id)
        await writing.join(listener)
        room = f"conversation:{writing.conversation.id}"
        await writing.there.bus.unsubscribe(room)
        await writing.write(1)
        await writing.there.bus.subscribe(room)
        await writing.write(1)
        await eventually(lambda: told(listener))
        generation = (await writing.join(listener)).ack.generation
        assert generation is not None
        assert (generation.text_so_far, generation.index) == ("Once upon a ", 2)


async def test_a_reply_whose_end_was_lost_on_the_way_is_not_shown_for_ever(system: System) -> None:
    writing = Writing(system)
    async with writing.begun(1):
        listener = Listener(writing.conversation.user_id)
        await writing.join(listener)
        await writing.there.bus.unsubscribe(f"conversation:{writing.conversation.id}")
        for _ in range(3):
            writing.gate.release()
        await writing.ended()
        await eventually(lambda: not writing.here.turns._tasks)
        assert (await writing.join(listener)).ack.generation is None


async def test_a_reply_is_stopped_from_another_process(system: System) -> None:
    writing = Writing(system)
    async with writing.begun(1):
        assert await writing.there.turns.stop(writing.conversation.id) is True
        assert await writing.ended() == "interrupted: Once "
        await eventually(lambda: not writing.here.turns._tasks)
        assert await writing.there.turns.stop(writing.conversation.id) is False


async def test_a_stop_that_the_bus_loses_is_read_with_the_lease(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "ANSWER_SECONDS", 0.01)
    writing = Writing(system, Pace(lease=60, renewal=0.05, sweep=NEVER))
    async with writing.begun(1):
        writing.there.exchange.buses.clear()
        assert await writing.there.turns.stop(writing.conversation.id) is True
        assert await writing.ended() == "interrupted: Once "


@pytest_asyncio.fixture
async def dead(system: System) -> AsyncIterator[Writing]:
    """A process that died in the middle."""
    writing = Writing(system)
    async with writing.begun(1):
        await writing.here.die()
        yield writing


async def test_nothing_is_stopped_once_the_lease_of_a_dead_process_is_over(
    dead: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "ANSWER_SECONDS", 0.01)
    await dead.system.query("UPDATE conversation SET turn_lease_until = now() - interval '1 s'")
    assert await dead.there.turns.stop(dead.conversation.id) is False
    assert (await dead.join(Listener(dead.conversation.user_id))).ack.generation is None


async def test_a_process_that_was_overtaken_stops_writing_when_it_renews(system: System) -> None:
    writing = Writing(system, Pace(lease=60, renewal=0.05, sweep=NEVER))
    async with writing.begun(1):
        listener = await writing.there.listener(writing.conversation)
        await system.query("UPDATE conversation SET turn_fence = turn_fence + 1")
        await eventually(lambda: told(listener))  # without another word of the model
        assert told(listener) == [("failed", 1, "")]
        assert await system.query("SELECT 1 FROM message WHERE sender_type = 'character'") == []
