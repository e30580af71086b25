""" "How do you know that?": who told it, when and in what words."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.llm.offline import OfflineCompanion
from backend.conversation.provenance import asks_for_source, day_of
from backend.models import Conversation
from backend.ports import Source
from tests.support.records import NOON, a_memory
from tests.support.system import System
from tests.support.turns import answered


@pytest.mark.parametrize(
    "text",
    [
        "How do you know that?",
        "how did you know my dog is called Biscuit",
        "who told you?",
        "When did I tell you this?",
        "When did I mention Sofia?",
        "where did you hear that?",
        "Did I tell you that?",
    ],
)
def test_who_asks_for_the_source(text: str) -> None:
    assert asks_for_source(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do you know if a mushroom is edible?",
        "How do you feel?",
        "When did I move to Berlin?",
        "Do you know my dog?",
        "I told you that.",
        "",
    ],
)
def test_who_does_not(text: str) -> None:
    assert not asks_for_source(text)


@pytest.mark.parametrize(("days", "told"), [(0, "today"), (1, "yesterday"), (2, "on 8 March 2026")])
def test_a_day_as_people_say_it(days: int, told: str) -> None:
    assert day_of(NOON - timedelta(days=days), NOON, UTC) == told


LONG_AGO = datetime(2026, 3, 8, 12, tzinfo=UTC)


async def told_before(system: System) -> Conversation:
    """A later conversation of two, one of whom told of a dog and of a town."""
    earlier = await system.introduce()
    for said, fact in (
        ("My dog is called Biscuit.", "The user's dog is called Biscuit."),
        ("I live in Berlin.", "The user lives in Berlin."),
    ):
        [message] = await system.say(earlier, said, created_at=LONG_AGO)
        await system.keep(
            a_memory(earlier.owner, fact, source_message_ids=[message.id], mention_time=LONG_AGO)
        )
    async with system.store.transaction() as tx:
        user, character, _ = await tx.conversations.participants(earlier.owner)
    return await system.introduce(user, character)


async def test_it_says_who_told_what_its_last_reply_used(edge_system: System) -> None:
    conversation = await told_before(edge_system)
    turns = edge_system.turns(OfflineCompanion())
    asked = ("What is my dog called?", "How do you know that?", "When did I tell you where I live?")
    replies = [await answered(edge_system, turns, conversation, each) for each in asked]

    assert replies[1].content == "You told me on 8 March 2026: “My dog is called Biscuit.”"
    assert replies[2].content == "You told me on 8 March 2026: “I live in Berlin.”"
    async with edge_system.store.transaction() as tx:
        context = await tx.contexts.get(replies[1].id)
        [message_id] = context.state["sources"] if context else []
        [message] = await tx.messages.of_ids([message_id])
    assert message.content == "My dog is called Biscuit."


async def test_a_model_is_told_too_and_that_nothing_is_behind_it(edge_system: System) -> None:
    conversation = await told_before(edge_system)
    model = ScriptedModel(["Your dog is called Biscuit.", "From you.", "It rains.", "Hm."])
    for said in ("What is my dog called?", "Who told you that?", "And the weather?", "says who?"):
        await answered(edge_system, edge_system.turns(model), conversation, said)

    assert [prompt.sources for prompt in model.prompts] == [
        None,
        (Source("user", "on 8 March 2026", "My dog is called Biscuit."),),
        None,
        (),
    ]
    assert "user told you on 8 March 2026: My dog is called Biscuit." in model.prompts[1].situation
    assert "HOW YOU KNOW" not in model.prompts[2].situation
    assert "Nothing that you remember is behind it" in model.prompts[3].situation


async def test_what_is_sealed_is_not_repeated_and_what_was_noted_by_hand_is(
    edge_system: System,
) -> None:
    conversation = await edge_system.introduce()
    [secret] = await edge_system.say(
        conversation, "My PIN is 4711.", created_at=LONG_AGO, details={"sensitive": True}
    )
    fact = a_memory(conversation.owner, "The user's PIN is 4711.", source_message_ids=[secret.id])
    noted = a_memory(
        conversation.owner,
        "The user's horse is called Gus.",
        origin="manual",
        mention_time=LONG_AGO,
    )
    await edge_system.keep(fact, noted)
    async with edge_system.store.transaction() as tx:
        user, character, _ = await tx.conversations.participants(conversation.owner)
    later = await edge_system.introduce(user, character)
    model = ScriptedModel(lambda _: "Hm.")
    for said in ("When did I tell you my PIN?", "Who told you about my horse Gus?"):
        await answered(edge_system, edge_system.turns(model), later, said)

    assert [prompt.sources for prompt in model.prompts] == [
        (Source("user", "on 8 March 2026", ""),),
        (Source("note", "on 8 March 2026", "The user's horse is called Gus."),),
    ]
