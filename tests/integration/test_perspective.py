"""Who knows what of whom, and in which world and time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.llm.offline import OfflineExtractor
from backend.conversation.importing import ImportedMessage, import_conversation
from backend.errors import ModelError
from backend.memory.extraction import ModelExtractor
from backend.memory.formation import form_memory
from backend.memory.questions import open_questions
from backend.models import Conversation
from backend.models.candidate import Candidate, Transcript
from backend.worker.index_sync import sweep_once
from tests.support.doubles import ScriptedExtractor
from tests.support.records import NOON, a_character, a_proposal, a_user
from tests.support.system import System
from tests.support.turns import answered


def each_line(transcript: Transcript) -> list[Candidate]:
    return [Candidate(line.content, (line.message_id,)) for line in transcript.lines]


async def two_characters(system: System) -> tuple[Conversation, Conversation]:
    """The same user with two characters."""
    user = a_user()
    return (
        await system.introduce(user, a_character("Mira")),
        await system.introduce(user, a_character("Noor")),
    )


# --- the character's own ------------------------------------------------------------------------


async def test_what_the_character_said_of_itself_and_promised_is_its_own(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Tell me about you.", created_at=NOON)
    said = await system.say(
        conversation,
        "I grew up in Oslo. I promise to teach you knots.",
        sender_type="character",
        created_at=NOON,
    )
    facts = [
        a_proposal(content, messages=[2], category=category, about=about)
        for content, category, about in (
            ("Mira grew up in Oslo.", "personal", "character"),
            ("Mira promised to teach the user knots.", "event", "character"),
            ("The user grew up in Oslo.", "personal", "user"),
        )
    ]
    model = ScriptedModel(answers=[{"facts": facts, "signals": []}])

    await form_memory(system.memory, ModelExtractor(model), conversation.id, threshold=0.7)

    memories = await system.memories(conversation.owner)
    assert [(memory.content, memory.about) for memory in memories] == [
        ("Mira grew up in Oslo.", "character"),
        ("Mira promised to teach the user knots.", "character"),
    ]
    assert {tuple(memory.source_message_ids) for memory in memories} == {(said[0].id,)}
    assert "Mira grew up in Oslo." in await system.recalled(
        conversation.owner, "grew up in Oslo", kinds=("fact",)
    )


# --- another character --------------------------------------------------------------------------


async def test_what_one_character_was_told_another_does_not_know(edge_system: System) -> None:
    system = edge_system
    mira, noor = await two_characters(system)
    secret = "My dog is called Biscuit and I live in Lisbon."
    await answered(system, system.turns(ScriptedModel(["Oh."])), mira, secret)
    await form_memory(system.memory, ScriptedExtractor(each_line), mira.id, threshold=0.7)
    model = ScriptedModel(["No idea."])

    await answered(system, system.turns(model), noor, "What is my dog called, where do I live?")

    [prompt] = model.prompts
    assert "Biscuit" not in prompt.situation + prompt.instructions
    assert prompt.memories == ()
    assert secret not in await system.recalled(noor.owner, secret)
    assert secret in await system.recalled(mira.owner, secret)


async def test_two_characters_told_the_same_each_remember_it_on_their_own(
    edge_system: System,
) -> None:
    system = edge_system
    for conversation in await two_characters(system):
        await system.say(conversation, "My dog is called Biscuit.")
        await form_memory(
            system.memory, ScriptedExtractor(each_line), conversation.id, threshold=0.7
        )

        [memory] = await system.memories(conversation.owner)
        assert memory.reinforcement_count == 1


async def test_a_question_is_one_character_s_own(system: System) -> None:
    mira, noor = await two_characters(system)
    for conversation in (mira, noor):
        for week in (0, 1, 2):
            await system.say(conversation, "Home.", created_at=NOON.replace(day=1 + 7 * week))
            home = ScriptedExtractor(
                lambda talk: [
                    Candidate(
                        "The user lives in Porto.",
                        (talk.lines[-1].message_id,),
                        attribute="home",
                        confidence=0.9,
                    )
                ]
            )
            await form_memory(system.memory, home, conversation.id, threshold=0.7)
    await system.say(mira, "Or is it?", created_at=NOON.replace(day=28))
    doubt = ScriptedExtractor(
        lambda talk: [
            Candidate(
                "The user lives in Lisbon.",
                (talk.lines[-1].message_id,),
                attribute="home",
                confidence=0.72,
            )
        ]
    )
    await form_memory(system.memory, doubt, mira.id, threshold=0.7)
    model = ScriptedModel(["Hm.", "Hm."])
    async with system.store.transaction() as tx:
        now = NOON.replace(day=29)
        assert len(await open_questions(tx, mira.owner, now)) == 1
        assert await open_questions(tx, noor.owner, now) == []
    await system.query("UPDATE memory SET mention_time = now() WHERE status = 'unsure' RETURNING 1")

    for conversation in (mira, noor):
        await answered(system, system.turns(model), conversation, "Good morning!")

    asking, plain = (prompt.situation for prompt in model.prompts)
    assert "You are not sure whether The user lives in Lisbon." in asking
    assert "NOT SURE" not in plain


# --- another world ------------------------------------------------------------------------------


async def test_what_happens_in_a_story_is_marked_and_not_taken_for_life(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "*draws a sword* I am the last knight of Urgast.")
    story = ScriptedExtractor(
        lambda talk: [
            Candidate(
                "The user is the last knight of Urgast.",
                (talk.lines[0].message_id,),
                realm="fiction",
                importance=10,
            )
        ]
    )
    await form_memory(system.memory, story, conversation.id, threshold=0.7)
    [memory] = await system.memories(conversation.owner)
    assert memory.realm == "fiction"
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    elsewhere = await system.introduce(user, character)
    model = ScriptedModel(["Hm."] * 2)

    for question in ("Who is the last knight of Urgast?", "zzz"):
        await answered(system, system.turns(model), elsewhere, question)

    recalled, background = (prompt.situation for prompt in model.prompts)
    assert "- (in a story you told together) The user is the last knight of Urgast." in recalled
    assert "The user is the last knight" not in background, "no background of the user's life"


async def test_the_same_words_in_a_story_and_in_life_are_two_memories(system: System) -> None:
    conversation = await system.introduce()
    for realm in ("fiction", "real", "fiction"):
        await system.say(conversation, "I am a doctor.")
        reads = ScriptedExtractor(
            lambda talk, realm=realm: [
                Candidate("The user is a doctor.", (talk.lines[-1].message_id,), realm=realm)
            ]
        )
        await form_memory(system.memory, reads, conversation.id, threshold=0.7)

    story, life = await system.memories(conversation.owner)
    assert (story.realm, story.status, life.realm, life.status) == (
        "fiction", "active", "real", "active",
    )  # fmt: skip
    assert (len(story.source_message_ids), len(life.source_message_ids)) == (2, 1)


# --- the user's time zone -----------------------------------------------------------------------

LATE = datetime.fromisoformat("2026-03-10T23:30:00+00:00")  # a Wednesday morning in Tokyo


@pytest.mark.parametrize(
    ("zone", "day", "told"),
    [
        ("UTC", 11, "2026-03-10 Tuesday"),
        ("Asia/Tokyo", 12, "2026-03-11 Wednesday"),
        ("America/Los_Angeles", 11, "2026-03-10 Tuesday"),
    ],
)
async def test_tomorrow_is_the_user_s_tomorrow(
    system: System, zone: str, day: int, told: str
) -> None:
    conversation = await system.introduce(a_user(time_zone=zone))
    await system.say(conversation, "I have a job interview tomorrow.", created_at=LATE)
    model = ScriptedModel(answers=[ModelError("Busy.")])
    with pytest.raises(ModelError):
        await form_memory(system.memory, ModelExtractor(model), conversation.id, threshold=0.7)
    assert f"[1] {told} user" in model.requests[0].user

    await form_memory(system.memory, OfflineExtractor(), conversation.id, threshold=0.7)

    [memory] = await system.memories(conversation.owner)
    assert memory.event_time == datetime(2026, 3, day, tzinfo=ZoneInfo(zone))
    assert memory.mention_time == LATE


@pytest.mark.parametrize(("zone", "day"), [("UTC", "10 March"), ("Asia/Tokyo", "11 March")])
async def test_what_was_said_is_told_under_the_user_s_date(
    system: System, zone: str, day: str
) -> None:
    conversation = await system.introduce(a_user(time_zone=zone))
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    assert user is not None
    assert character is not None
    said = [ImportedMessage("user", "The violin arrived.", LATE)]
    await import_conversation(system.store, user, character, title="", messages=said)
    await sweep_once(system.memory, settle=LATE - LATE)
    model = ScriptedModel(["Hm."])

    await answered(system, system.turns(model), conversation, "When did the violin arrive?")

    assert f"- {day} 2026, Ada: The violin arrived." in model.prompts[0].situation
    [episode, *_] = await system.memories(conversation.owner, kind="episode")
    assert episode.index_text.startswith(f"{day} 2026, Ada: ")
