"""What is done ahead of a turn: it saves the turn its embedding, and is never what a reply is made of."""

from dataclasses import replace

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.conversation.foresight import Foresight
from backend.memory.forgetting import forget_memory
from backend.memory.resources import MemoryResources
from embeddings.base import Vector
from embeddings.cached import CachedEncoder
from tests.support.doubles import SwitchedEncoder
from tests.support.eventually import eventually
from tests.support.records import a_memory
from tests.support.system import System
from tests.support.turns import answered


class ListeningEncoder(SwitchedEncoder):
    """Keeps the queries that it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[str] = []

    async def encode_query(self, text: str) -> Vector:
        self.queries.append(text)
        return await super().encode_query(text)


@pytest.fixture
def encoder() -> ListeningEncoder:
    return ListeningEncoder()


@pytest.fixture
def memory(system: System, encoder: ListeningEncoder) -> MemoryResources:
    return replace(system.memory, encoder=CachedEncoder(encoder))


async def test_a_turn_finds_its_query_embedded(
    system: System, encoder: ListeningEncoder, memory: MemoryResources
) -> None:
    conversation = await system.introduce()
    foresight = Foresight(memory)
    foresight.typing(conversation)
    foresight.sent(conversation, "Mira, which tea does Ada like?")
    await eventually(lambda: encoder.queries == ["which tea does like"])

    turns = replace(system.turns(ScriptedModel(["Green."])), memory=memory)
    reply = await answered(system, turns, conversation, "Mira, which tea does Ada like?")
    assert reply.details["recall"] == "empty"
    assert encoder.queries == ["which tea does like"]
    await foresight.close()


async def test_what_is_forgotten_meanwhile_is_not_used(
    system: System, encoder: ListeningEncoder, memory: MemoryResources
) -> None:
    conversation = await system.introduce()
    tea = a_memory(conversation.owner, "The user likes green tea.")
    await system.keep(tea)
    foresight = Foresight(memory)
    foresight.typing(conversation)
    foresight.sent(conversation, "Which tea?")
    await eventually(lambda: encoder.queries)
    await forget_memory(memory, conversation.owner, tea.id)

    turns = replace(system.turns(ScriptedModel(["I don't know."])), memory=memory)
    reply = await answered(system, turns, conversation, "Which tea?")
    assert reply.details["memoriesUsed"] == 0
    await foresight.close()


async def test_it_fails_in_silence(
    system: System, encoder: ListeningEncoder, memory: MemoryResources
) -> None:
    conversation = await system.introduce()
    foresight = Foresight(memory)
    encoder.down = True
    foresight.sent(conversation, "Which tea?")
    await eventually(lambda: encoder.queries and not encoder.waiting)
    encoder.down = False

    turns = replace(system.turns(ScriptedModel(["Green."])), memory=memory)
    reply = await answered(system, turns, conversation, "Which tea?")
    assert reply.details["recall"] == "empty"
    await foresight.close()


async def test_nothing_is_left_running(
    system: System, encoder: ListeningEncoder, memory: MemoryResources
) -> None:
    encoder.held.clear()
    foresight = Foresight(memory)
    for text in ("Which tea?", "Which coffee?"):
        foresight.sent(await system.introduce(), text)
    await eventually(lambda: len(encoder.queries) == 2)
    await foresight.close()
    encoder.held.set()
    await eventually(lambda: encoder.waiting == 0)
