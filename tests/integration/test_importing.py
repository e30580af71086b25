"""Bringing an existing chat in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.conversation.importing import ImportedMessage, import_conversation
from backend.errors import InvalidRequest
from backend.memory.formation import form_memory
from backend.models import Character, Conversation, User, utc_now
from backend.models.candidate import Candidate
from backend.worker.index_sync import BATCH, sweep_once
from tests.support.doubles import ScriptedExtractor
from tests.support.records import NOON
from tests.support.system import System


async def people(system: System) -> tuple[User, Character]:
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    assert user is not None
    assert character is not None
    return user, character


def message(minute: int, content: str, sender_type: str = "user", **more: Any) -> ImportedMessage:
    return ImportedMessage(sender_type, content, NOON + timedelta(minutes=minute), **more)


async def imported(system: System, *messages: ImportedMessage, title: str = "") -> Conversation:
    user, character = await people(system)
    return await import_conversation(system.store, user, character, title=title, messages=messages)


async def test_a_chat_is_stored_in_the_order_of_its_times(system: System) -> None:
    conversation = await imported(
        system,
        message(3, "Biscuit."),
        message(1, "Hello.", client_message_id="a"),
        message(2, "Your dog's name?", "character", client_message_id="b"),
        message(3, "He is three."),  # at the same moment: as given
    )

    async with system.store.transaction() as tx:
        stored = await tx.messages.page(conversation.id, limit=10)
    assert [(m.seq, m.sender_type, m.content) for m in stored] == [
        (1, "user", "Hello."),
        (2, "character", "Your dog's name?"),
        (3, "user", "Biscuit."),
        (4, "user", "He is three."),
    ]
    assert [m.created_at for m in stored] == [NOON + timedelta(minutes=n) for n in (1, 2, 3, 3)]
    assert {m.sender_id for m in stored if m.sender_type == "user"} == {conversation.user_id}
    assert stored[1].sender_id == conversation.character_id
    assert {(m.status, m.state, m.details["imported"]) for m in stored} == {
        ("read", "complete", True)
    }
    assert stored[0].client_message_id == "a"


async def test_nothing_of_it_is_answered_and_all_of_it_is_to_be_remembered(
    system: System,
) -> None:
    conversation = await imported(system, message(1, "I like tea."), message(2, "Do you?"))

    assert (conversation.last_seq, conversation.message_count) == (2, 2)
    assert (conversation.answered_seq, conversation.formed_seq) == (2, 0)
    assert conversation.last_message_at == NOON + timedelta(minutes=2)
    async with system.store.transaction() as tx:
        assert await tx.turns.waiting(limit=10) == []
        assert (await tx.formation.state(conversation.owner)).pending_messages == 2
    assert await system.jobs_of(conversation) == 1


async def test_a_message_behind_it_is_answered(system: System) -> None:
    conversation = await imported(system, message(1, "I like tea."))

    [said] = await system.say(conversation, "And you?")

    assert said.seq == 2
    async with system.store.transaction() as tx:
        waiting = await tx.turns.next_unanswered(conversation.id)
    assert waiting is not None
    assert waiting.id == said.id


async def test_memory_is_formed_and_recalled_with_the_chat_s_own_times(
    edge_system: System,
) -> None:
    system = edge_system
    conversation = await imported(system, message(1, "My dog is called Biscuit."))
    extractor = ScriptedExtractor(
        lambda t: [Candidate("The user's dog is called Biscuit.", (t.lines[0].message_id,))]
    )

    await form_memory(system.memory, extractor, conversation.id, threshold=0)
    await sweep_once(system.memory, settle=timedelta(0))

    [fact] = await system.memories(conversation.owner)
    [episode] = await system.memories(conversation.owner, kind="episode")
    assert fact.mention_time == episode.mention_time == NOON + timedelta(minutes=1)
    assert "10 March 2026" in episode.index_text
    recalled = await system.recalled(conversation.owner, "What is my dog called?")
    assert "My dog is called Biscuit." in recalled


@pytest.mark.parametrize(("title", "shown"), [("", "My dog is ill."), ("Tea", "Tea")])
async def test_the_title(system: System, title: str, shown: str) -> None:
    """Without one the talk is called by what the user said first, as one that is held here."""
    chat = [message(2, "My dog is ill."), message(1, "Hello, you.", sender_type="character")]

    conversation = await imported(system, *chat, title=title)

    assert (conversation.title, conversation.title_is_custom) == (shown, bool(title))
    assert conversation.created_at == NOON + timedelta(minutes=1)


async def test_an_empty_chat_is_an_empty_conversation(system: System) -> None:
    conversation = await imported(system)

    assert (conversation.last_seq, conversation.last_message_at) == (0, None)
    assert await system.jobs_of(conversation) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        message(2, "Again.", client_message_id="a"),
        message(2, "  "),
        message(2, "NUL \x00"),
        message(2, "half a pair \ud800"),
        message(2, "Hello.", client_message_id="NUL \x00"),
        replace(message(2, "Soon."), created_at=utc_now() + timedelta(days=2)),
    ],
    ids=["twice", "blank", "NUL", "surrogate", "NUL id", "to come"],
)
async def test_a_chat_with_a_fault_is_refused_whole(system: System, wrong: ImportedMessage) -> None:
    user, character = await people(system)
    first = message(1, "Hello.", client_message_id="a")

    with pytest.raises(InvalidRequest):
        await import_conversation(
            system.store, user, character, title="Mine", messages=[first, wrong]
        )

    assert await system.query("SELECT 1 FROM message") == []
    assert await system.query("SELECT 1 FROM memory") == []
    assert await system.query("SELECT 1 FROM conversation WHERE title = 'Mine'") == []


async def test_five_thousand_messages_come_in_whole(system: System) -> None:
    count = 5000
    sides = ("user", "character")

    conversation = await imported(
        system, *(message(n, f"Line {n}.", sides[n % 2]) for n in range(count))
    )

    assert (conversation.last_seq, conversation.message_count) == (count, count)
    rows = await system.query(
        "SELECT count(*), min(seq), max(seq), count(DISTINCT seq) FROM message"
    )
    assert rows == [(count, 1, count, count)]
    assert await system.query("SELECT content FROM message WHERE seq = 4321") == [("Line 4320.",)]
    assert await system.query("SELECT count(*) FROM memory WHERE kind = 'episode'") == [(count,)]
    await sweep_once(system.memory, settle=timedelta(0))  # the rest is more of the same
    assert await system.index.count(conversation.owner) == BATCH
