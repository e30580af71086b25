"""Formation on a real database: exactly once, all or nothing, and true to who said what."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest

from backend.adapters.llm.offline import OfflineCompanion, OfflineExtractor
from backend.conversation.editing import edit_message
from backend.errors import IndexUnavailable, KeepsakeError, ModelOutputInvalid
from backend.memory.consolidation import reinforced_confidence
from backend.memory.forgetting import forget_memory, forget_message
from backend.memory.formation import BATCH_MESSAGES, FormationOutcome, form_memory
from backend.memory.questions import open_questions
from backend.memory.relationship import DAILY_CAP
from backend.memory.remembering import Note, remember
from backend.models import Conversation, Memory, Message, Owner, Relationship, RelationshipChange
from backend.models.candidate import Candidate, Transcript, TranscriptLine
from backend.ports import Extractor
from backend.store import FormationState
from backend.worker.index_sync import sweep_once
from tests.support.doubles import ScriptedExtractor
from tests.support.eventually import eventually
from tests.support.records import NOON
from tests.support.system import System
from tests.support.turns import answered

NOTHING = ScriptedExtractor(lambda _: [])


def fact(content: str, *lines: TranscriptLine, **changes: Any) -> Candidate:
    return Candidate(
        content, **{"source_message_ids": tuple(x.message_id for x in lines)} | changes
    )


def each_line(transcript: Transcript) -> list[Candidate]:
    """A fact of every line, word for word."""
    return [fact(line.content, line) for line in transcript.lines]


def about(attribute: str):  # type: ignore[no-untyped-def]
    """Facts of every line about one thing that has one value."""

    def read(transcript: Transcript) -> list[Candidate]:
        return [fact(line.content, line, attribute=attribute) for line in transcript.lines]

    return ScriptedExtractor(read)


async def form(
    system: System, conversation: Conversation, extractor: Extractor, threshold: float = 0.7
) -> FormationOutcome | None:
    return await form_memory(system.memory, extractor, conversation.id, threshold=threshold)


async def say_and_form(
    system: System,
    conversation: Conversation,
    extractor: Extractor,
    *contents: str,
    **changes: Any,
) -> list[Message]:
    said = await system.say(conversation, *contents, **changes)
    await form(system, conversation, extractor)
    return said


async def state_of(system: System, owner: Owner) -> FormationState:
    async with system.store.transaction() as tx:
        return await tx.formation.state(owner)


async def formed_seq(system: System, conversation: Conversation) -> int:
    async with system.store.transaction() as tx:
        found = await tx.conversations.get(conversation.id)
    assert found is not None
    return found.formed_seq


async def standing(system: System, owner: Owner) -> tuple[Relationship, list[RelationshipChange]]:
    async with system.store.transaction() as tx:
        return (
            await tx.relationships.get(owner),
            await tx.relationships.page(owner, limit=1000, before=None),
        )


async def history(system: System, memory: Memory) -> list[str]:
    async with system.store.transaction() as tx:
        return [line.action for line in await tx.histories.of(memory.id)]


def summary(memories: Sequence[Memory]) -> list[tuple[str, str]]:
    return [(memory.content, memory.status) for memory in memories]


# --- what becomes of what was said --------------------------------------------------------------


async def test_what_is_found_is_stored_with_where_it_came_from(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    [said] = await system.say(conversation, "My dog is called Biscuit.", created_at=NOON)

    outcome = await form(system, conversation, ScriptedExtractor(each_line))

    [memory] = await system.memories(conversation.owner)
    assert (memory.kind, memory.content) == ("fact", "My dog is called Biscuit.")
    assert memory.source_message_ids == [said.id]
    assert memory.conversation_id == conversation.id
    assert memory.mention_time == memory.first_mentioned == memory.valid_from == NOON
    assert (memory.index_state, memory.embedding_model) == ("synced", "hashing")
    assert await history(system, memory) == ["added"]
    assert outcome is not None
    assert [(change.action, change.memory.id) for change in outcome.changes] == [
        ("added", memory.id)
    ]
    assert await system.recalled(conversation.owner, "dog called") == [memory.content]


async def test_what_is_formed_is_not_formed_again(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(each_line)
    await say_and_form(system, conversation, extractor, "One.")

    assert await form(system, conversation, extractor) is None
    await say_and_form(system, conversation, extractor, "Two.")

    assert [[line.content for line in t.lines] for t in extractor.transcripts] == [
        ["One."],
        ["Two."],
    ]
    assert [[line.content for line in t.preceding] for t in extractor.transcripts] == [
        [],
        ["One."],
    ]


async def test_two_runs_at_once_form_everything_exactly_once(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, *(f"Thank you for tea number {n}." for n in range(10)))
    gate = asyncio.Semaphore(0)
    extractor = ScriptedExtractor(each_line, gate=gate)

    runs = [asyncio.create_task(form(system, conversation, extractor)) for _ in range(2)]
    await eventually(lambda: len(extractor.transcripts) == 2)  # both read the same messages
    gate.release(), gate.release()
    outcomes = await asyncio.gather(*runs)

    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    memories = await system.memories(conversation.owner)
    assert len(memories) == 10
    assert {memory.reinforcement_count for memory in memories} == {1}
    relationship, changes = await standing(system, conversation.owner)
    assert relationship.total_interactions == len(changes) == 10


async def test_a_long_chat_is_formed_in_batches(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(each_line)
    count = BATCH_MESSAGES + 5

    await say_and_form(system, conversation, extractor, *(f"Fact {n}." for n in range(count)))

    assert [len(transcript.lines) for transcript in extractor.transcripts] == [40, 5]
    assert len(await system.memories(conversation.owner)) == count
    assert await formed_seq(system, conversation) == count


async def test_long_messages_make_small_batches_and_the_longest_its_own(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(lambda _: [])
    lengths = [10_000, 10_000, 10_000, 60_000, 10]

    await say_and_form(system, conversation, extractor, *("x" * length for length in lengths))

    assert [[len(x.content) for x in t.lines] for t in extractor.transcripts] == [
        [10_000, 10_000],
        [10_000],
        [60_000],
        [10],
    ]


async def test_what_is_not_sure_enough_is_dropped(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(
        lambda t: [
            fact("Sure.", *t.lines, confidence=0.7),
            fact("Unsure.", *t.lines, confidence=0.69),
        ]
    )

    await say_and_form(system, conversation, extractor, "Hm.")

    assert summary(await system.memories(conversation.owner)) == [("Sure.", "active")]


async def test_failed_deleted_and_system_messages_are_not_read(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(each_line)
    await system.say(conversation, "", sender_type="character", state="failed")
    await system.say(conversation, "Taken back.", deleted_at=NOON)
    await system.say(conversation, "Ada joined.", type="system")

    await say_and_form(system, conversation, extractor, "I like tea.")

    assert summary(await system.memories(conversation.owner)) == [("I like tea.", "active")]
    assert await formed_seq(system, conversation) == 4
    assert (await standing(system, conversation.owner))[0].total_interactions == 1


async def test_a_deleted_conversation_is_not_formed(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "I like tea.")
    async with system.store.transaction() as tx:
        await tx.conversations.change(conversation.id, status="deleted")

    assert await form(system, conversation, ScriptedExtractor(each_line)) is None
    assert await system.memories(conversation.owner) == []


# --- reinforce and supersede --------------------------------------------------------------------


async def test_a_second_mention_reinforces(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(lambda t: [fact("The user likes tea.", *t.lines, confidence=0.8)])
    [first] = await say_and_form(system, conversation, extractor, "Tea!", created_at=NOON)
    later = NOON + timedelta(days=2)

    [second] = await say_and_form(system, conversation, extractor, "Tea.", created_at=later)

    [memory] = await system.memories(conversation.owner)
    assert memory.reinforcement_count == 2
    assert memory.confidence == pytest.approx(0.88)
    assert (memory.first_mentioned, memory.last_reinforced) == (NOON, later)
    assert memory.source_message_ids == [first.id, second.id]
    assert await history(system, memory) == ["added", "reinforced"]


TEA = "The user really likes the taste of plain green tea a lot indeed"
NEARLY = [f"{TEA}{ending}" for ending in (".", ", yes.", ", sure.", ", really.", ", so.")]


async def test_the_same_thing_in_other_words_reinforces(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(each_line)

    for day, words in enumerate(NEARLY[:2]):
        at = NOON + timedelta(days=day)
        await say_and_form(system, conversation, extractor, words, created_at=at)

    [memory] = await system.memories(conversation.owner)
    assert memory.reinforcement_count == 2


async def test_what_is_said_twice_in_one_batch_is_one_memory(system: System) -> None:
    conversation = await system.introduce()

    await say_and_form(system, conversation, ScriptedExtractor(each_line), *NEARLY[:2])

    [memory] = await system.memories(conversation.owner)
    assert len(memory.source_message_ids) == 2


@pytest.mark.parametrize(
    ("candidates", "hours", "count"),
    [("one", 0, 1), ("one", 48, 1), ("two", 0, 1), ("two", 48, 2)],
)
async def test_mentions_of_one_batch_count_as_the_candidates_that_cite_them(
    system: System, candidates: str, hours: int, count: int
) -> None:
    conversation = await system.introduce()
    tea = "The user likes tea."

    def read(transcript: Transcript) -> list[Candidate]:
        first, second = transcript.lines
        if candidates == "one":  # whose confidence is that of both messages together
            return [fact(tea, first, second, confidence=0.8)]
        return [fact(tea, first, confidence=0.8), fact(tea, second, confidence=0.8)]

    await system.say(conversation, "Tea!", created_at=NOON)
    await say_and_form(
        system,
        conversation,
        ScriptedExtractor(read),
        "Tea.",
        created_at=NOON + timedelta(hours=hours),
    )

    [memory] = await system.memories(conversation.owner)
    assert memory.reinforcement_count == count
    assert memory.confidence == pytest.approx(0.88 if count == 2 else 0.8)
    assert len(memory.source_message_ids) == 2


async def test_one_source_repeating_itself_is_no_surer(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(lambda t: [fact("The user likes tea.", *t.lines, confidence=0.8)])
    said = []

    for minutes in (0, 4, 8):
        at = NOON + timedelta(minutes=minutes)
        said += await say_and_form(system, conversation, extractor, "Tea!", created_at=at)

    [memory] = await system.memories(conversation.owner)
    assert (memory.reinforcement_count, memory.confidence) == (1, 0.8)
    assert memory.source_message_ids == [message.id for message in said]
    assert memory.last_reinforced == NOON + timedelta(minutes=8)
    assert await history(system, memory) == ["added", "repeated", "repeated"]


async def several(system: System, count: int) -> list[Conversation]:
    """Conversations of the same two."""
    one = await system.introduce()
    async with system.store.transaction() as tx:
        user = await tx.users.get(one.user_id)
        character = await tx.characters.get(one.character_id)
    return [one, *[await system.introduce(user, character) for _ in range(count - 1)]]


@pytest.mark.parametrize("words", [NEARLY[:1] * 5, NEARLY], ids=["word for word", "nearly"])
async def test_mentions_in_conversations_formed_at_once_are_all_counted_in_one_memory(
    system: System, words: list[str]
) -> None:
    conversations = await several(system, len(words))
    said = []
    for conversation, content in zip(conversations, words, strict=True):
        said += await system.say(conversation, content)
    gate = asyncio.Semaphore(0)
    extractor = ScriptedExtractor(
        lambda t: [fact(t.lines[0].content, *t.lines, confidence=0.8)], gate=gate
    )

    runs = [asyncio.create_task(form(system, each, extractor)) for each in conversations]
    await eventually(lambda: len(extractor.transcripts) == len(words))
    for _ in words:
        gate.release()
    await asyncio.gather(*runs)

    [memory] = await system.memories(conversations[0].owner)
    assert memory.reinforcement_count == 5
    assert set(memory.source_message_ids) == {message.id for message in said}
    assert memory.confidence == pytest.approx(reduce(reinforced_confidence, [0.8] * 4, 0.8))
    assert sorted(await history(system, memory)) == ["added", *["reinforced"] * 4]
    assert await system.index.count(memory.owner) == 1


# --- questions ----------------------------------------------------------------------------------

HOME = {"attribute": "home", "confidence": 0.75}


async def well_known(system: System, conversation: Conversation) -> Memory:
    """Said three times, weeks apart."""
    for weeks in (0, 1, 2):
        await say_and_form(
            system,
            conversation,
            ScriptedExtractor(
                lambda t: [fact("The user lives in Porto.", *t.lines, **HOME | {"confidence": 0.9})]
            ),
            "I live in Porto.",
            created_at=NOON + timedelta(weeks=weeks),
        )
    [memory] = await system.memories(conversation.owner)
    assert memory.confidence > 0.95
    return memory


def claims(place: str, confidence: float = 0.75) -> ScriptedExtractor:
    return ScriptedExtractor(
        lambda t: [
            fact(f"The user lives in {place}.", t.lines[-1], **HOME | {"confidence": confidence})
        ]
    )


async def asked(system: System, conversation: Conversation) -> list[tuple[str, str]]:
    async with system.store.transaction() as tx:
        found = await open_questions(tx, conversation.owner, NOON + timedelta(weeks=5))
    return [(question.claim.content, question.held.content) for question in found]


WEEK_4 = NOON + timedelta(weeks=4)
DOUBT = [("The user lives in Lisbon.", "The user lives in Porto.")]


async def doubted(system: System, conversation: Conversation) -> FormationOutcome | None:
    await well_known(system, conversation)
    await system.say(conversation, "I might be in Lisbon now, who knows.", created_at=WEEK_4)
    return await form(system, conversation, claims("Lisbon"))


async def test_a_weak_contradiction_becomes_a_question_and_the_old_fact_stands(
    system: System,
) -> None:
    conversation = await system.introduce()

    outcome = await doubted(system, conversation)

    assert outcome is not None
    assert [change.action for change in outcome.changes] == ["questioned"]
    assert summary(await system.memories(conversation.owner)) == [
        ("The user lives in Porto.", "active"),
        ("The user lives in Lisbon.", "unsure"),
    ]
    assert await asked(system, conversation) == DOUBT
    assert await system.recalled(conversation.owner, "lives", kinds=("fact",)) == [
        "The user lives in Porto."
    ]
    assert await system.index.count(conversation.owner) == 1


@pytest.mark.parametrize(
    ("extractor", "holds"),
    [
        (claims("Lisbon", 0.9), "Lisbon"),
        (claims("Porto", 0.9), "Porto"),
        (claims("Faro", 0.9), "Faro"),
    ],
    ids=["the claim", "the fact", "neither"],
)
async def test_a_later_message_settles_the_question(
    system: System, extractor: ScriptedExtractor, holds: str
) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)

    later = WEEK_4 + timedelta(hours=1)
    await say_and_form(system, conversation, extractor, "I'm sure.", created_at=later)

    memories = await system.memories(conversation.owner)
    [active] = [memory for memory in memories if memory.status == "active"]
    assert active.content == f"The user lives in {holds}."
    assert {memory.status for memory in memories if memory is not active} == {"superseded"}
    assert {memory.superseded_by for memory in memories if memory is not active} == {active.id}
    assert await asked(system, conversation) == []
    assert await system.recalled(active.owner, "lives", kinds=("fact",)) == [active.content]
    assert await system.index.count(active.owner) == 1


@pytest.mark.parametrize(
    ("question", "answer", "holds"),
    [
        ("Did you move to Lisbon?", "Yes, last week.", "Lisbon"),
        ("Did you move to Lisbon?", "No.", "Porto"),
        ("Are you still in Porto?", "Yep!", "Porto"),
        ("Are you still in Porto?", "not anymore", "Lisbon"),
        ("Is it Porto or Lisbon?", "Yes.", None),
        ("Do you like tea?", "Yes.", None),
        ("So it is Lisbon.", "Yes.", None),
        ("Did you move to Lisbon?", "Why do you ask?", None),
    ],
)
async def test_a_yes_or_no_to_the_character_s_question_settles_it(
    system: System, question: str, answer: str, holds: str | None
) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)
    later = {"created_at": WEEK_4 + timedelta(minutes=5)}

    await system.say(conversation, question, sender_type="character", **later)
    await form(system, conversation, NOTHING)  # the answer comes in the next batch
    await system.say(conversation, answer, **later)
    await form(system, conversation, NOTHING)

    memories = await system.memories(conversation.owner)
    active = [memory.content for memory in memories if memory.status == "active"]
    assert active == [f"The user lives in {holds or 'Porto'}."]
    assert await asked(system, conversation) == ([] if holds else DOUBT)


async def settled(system: System, question: str, answer: str) -> tuple[Conversation, list[Message]]:
    """A doubt, the character's question and the user's answer."""
    conversation = await system.introduce()
    await doubted(system, conversation)
    later = {"created_at": WEEK_4 + timedelta(minutes=5)}
    exchange = [
        *await system.say(conversation, question, sender_type="character", **later),
        *await system.say(conversation, answer, **later),
    ]
    await form(system, conversation, NOTHING)
    assert await asked(system, conversation) == []
    return conversation, exchange


@pytest.mark.parametrize("gone", [0, 1], ids=["the question", "the answer"])
@pytest.mark.parametrize(
    ("question", "answer"),
    [("Did you move to Lisbon?", "Yes, last week."), ("Did you move to Lisbon?", "No.")],
)
async def test_a_question_is_open_again_once_its_answer_is_taken_back(
    system: System, question: str, answer: str, gone: int
) -> None:
    conversation, exchange = await settled(system, question, answer)

    forgotten = await forget_message(system.memory, conversation.user_id, exchange[gone].id)
    await sweep_once(system.memory, settle=timedelta(0))

    porto, lisbon = await system.memories(conversation.owner)
    assert (porto.status, lisbon.status, lisbon.questions) == ("active", "unsure", porto.id)
    assert await asked(system, conversation) == DOUBT
    assert await system.recalled(conversation.owner, "lives", kinds=("fact",)) == [porto.content]
    assert porto.reinforcement_count == 3
    told = {memory.content for memory in forgotten.withdrawal.restored}
    assert told == ({porto.content} if answer.startswith("Yes") else set())


async def test_an_answer_changed_into_its_opposite_settles_it_the_other_way(system: System) -> None:
    conversation, [_, answer] = await settled(system, "Did you move to Lisbon?", "Yes.")

    await edit_message(system.memory, conversation.user_id, answer.id, "No, never.", longest=2000)
    assert await asked(system, conversation) == DOUBT
    await form(system, conversation, NOTHING)

    assert summary(await system.memories(conversation.owner)) == [
        ("The user lives in Porto.", "active"),
        ("The user lives in Lisbon.", "superseded"),
    ]
    assert await asked(system, conversation) == []


async def test_an_answer_keeps_a_claim_whose_first_words_are_gone(system: System) -> None:
    conversation, _ = await settled(system, "Did you move to Lisbon?", "Yes.")
    [_, lisbon] = await system.memories(conversation.owner)
    [doubt, *_] = lisbon.source_message_ids

    await forget_message(system.memory, conversation.user_id, doubt)

    active = [m.content for m in await system.memories(conversation.owner) if m.status == "active"]
    assert active == ["The user lives in Lisbon."]


async def test_a_question_that_a_third_value_had_settled_is_open_again_without_that(
    system: System,
) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)
    [third] = await say_and_form(
        system, conversation, claims("Faro", 0.9), "Faro!", created_at=WEEK_4 + timedelta(hours=1)
    )

    await forget_message(system.memory, conversation.user_id, third.id)

    assert summary(await system.memories(conversation.owner)) == [
        ("The user lives in Porto.", "active"),
        ("The user lives in Lisbon.", "unsure"),
    ]
    assert await asked(system, conversation) == DOUBT


@pytest.mark.parametrize("again", ["Lisbon", "Porto"])
async def test_a_question_settled_by_saying_it_again_is_open_again_without_that(
    system: System, again: str
) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)
    later = {"created_at": WEEK_4 + timedelta(hours=1)}
    [said] = await say_and_form(system, conversation, claims(again, 0.9), "I'm sure.", **later)
    assert await asked(system, conversation) == []

    await forget_message(system.memory, conversation.user_id, said.id)

    assert await asked(system, conversation) == DOUBT


async def test_a_fact_of_a_question_and_a_yes_falls_with_the_yes(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "So your dog is called Biscuit?", sender_type="character")
    [yes] = await system.say(conversation, "Yes!")
    both = ScriptedExtractor(lambda t: [fact("The user's dog is called Biscuit.", *t.lines)])
    await form(system, conversation, both)

    await edit_message(system.memory, conversation.user_id, yes.id, "What dog?", longest=2000)

    assert summary(await system.memories(conversation.owner)) == [
        ("The user's dog is called Biscuit.", "retracted")
    ]


async def test_what_stood_beside_a_deleted_question_is_read_again(system: System) -> None:
    conversation = await system.introduce()
    [question] = await system.say(conversation, "A dog? Biscuit?", sender_type="character")
    await system.say(conversation, "Yes, my dog is called Biscuit.")
    name = "The user's dog is called Biscuit."
    reads = ScriptedExtractor(lambda t: [fact(name, *t.lines)])
    await form(system, conversation, reads)

    await forget_message(system.memory, conversation.user_id, question.id)
    await form(system, conversation, reads)

    assert summary(await system.memories(conversation.owner)) == [(name, "active")]


async def test_the_offline_companion_asks_and_a_yes_settles_it(system: System) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)
    await system.query("UPDATE memory SET mention_time = now() WHERE status = 'unsure' RETURNING 1")
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    another_day = await system.introduce(user, character)
    turns = system.turns(OfflineCompanion())

    asking = await answered(system, turns, another_day, "Thanks!")
    await answered(system, turns, another_day, "Yes, since May.")
    await form(system, another_day, NOTHING)

    assert "is it so that you live in Lisbon?" in asking.content
    active = [m.content for m in await system.memories(conversation.owner) if m.status == "active"]
    assert active == ["The user lives in Lisbon."]


async def test_what_was_in_question_and_then_written_by_hand_is_one_memory(system: System) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)
    by_hand = await remember(system.memory, conversation.owner, Note("The user lives in Lisbon."))
    later = {"created_at": WEEK_4 + timedelta(minutes=5)}

    await system.say(conversation, "Is it Lisbon?", sender_type="character", **later)
    await system.say(conversation, "Yes.", **later)
    await form(system, conversation, NOTHING)

    memories = await system.memories(conversation.owner)
    assert [memory.id for memory in memories if memory.status == "active"] == [by_hand.id]
    assert await asked(system, conversation) == []


async def test_a_doubt_repeated_another_day_may_be_enough(system: System) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)

    for days in (1, 2):
        await system.say(conversation, "Lisbon?", created_at=WEEK_4 + timedelta(days=days))
        await form(system, conversation, claims("Lisbon"))

    active = [m.content for m in await system.memories(conversation.owner) if m.status == "active"]
    assert active == ["The user lives in Lisbon."]


async def test_a_claim_about_the_past_is_no_question(system: System) -> None:
    conversation = await system.introduce()
    held = await well_known(system, conversation)
    before = NOON - timedelta(days=365)

    await say_and_form(system, conversation, claims("Lisbon"), "Hm.", created_at=before)

    assert await asked(system, conversation) == []
    [past] = [m for m in await system.memories(conversation.owner) if m.id != held.id]
    assert (past.status, past.superseded_by) == ("superseded", held.id)


async def test_when_the_fact_in_question_is_forgotten_so_is_the_claim(system: System) -> None:
    conversation = await system.introduce()
    await doubted(system, conversation)
    held = (await system.memories(conversation.owner))[0]

    await forget_memory(system.memory, conversation.owner, held.id)

    assert await system.memories(conversation.owner) == []


async def test_a_new_value_supersedes_the_old_one_which_stays_in_history(system: System) -> None:
    conversation = await system.introduce()
    extractor = about("home")
    await say_and_form(system, conversation, extractor, "The user lives in Porto.", created_at=NOON)
    later = NOON + timedelta(days=30)

    [said] = await say_and_form(
        system, conversation, extractor, "The user lives in Lisbon.", created_at=later
    )

    old, new = await system.memories(conversation.owner)
    assert summary([old, new]) == [
        ("The user lives in Porto.", "superseded"),
        ("The user lives in Lisbon.", "active"),
    ]
    assert (old.valid_from, old.valid_to, old.superseded_by) == (NOON, later, new.id)
    assert (new.valid_from, new.valid_to) == (later, None)
    assert await history(system, old) == ["added", "superseded"]
    assert await system.recalled(conversation.owner, "user lives", kinds=("fact",)) == [
        "The user lives in Lisbon."
    ]
    assert await system.index.count(conversation.owner) == 1
    assert said.id in new.source_message_ids


async def test_within_one_batch_the_last_value_holds(system: System) -> None:
    conversation = await system.introduce()

    await say_and_form(
        system, conversation, about("home"), "Home is Porto.", "Home is Lisbon.", "Home is Faro."
    )

    assert summary(await system.memories(conversation.owner)) == [
        ("Home is Porto.", "superseded"),
        ("Home is Lisbon.", "superseded"),
        ("Home is Faro.", "active"),
    ]
    assert await system.index.count(conversation.owner) == 1


async def test_an_older_import_does_not_replace_what_is_newer(system: System) -> None:
    current = await system.introduce()
    async with system.store.transaction() as tx:
        user, character = (
            await tx.users.get(current.user_id),
            await tx.characters.get(current.character_id),
        )
    imported = await system.introduce(user, character)
    await say_and_form(system, current, about("home"), "Home is Lisbon.", created_at=NOON)
    before = NOON - timedelta(days=365)

    await say_and_form(system, imported, about("home"), "Home is Porto.", created_at=before)

    lisbon, porto = await system.memories(current.owner)
    assert summary([lisbon, porto]) == [
        ("Home is Lisbon.", "active"),
        ("Home is Porto.", "superseded"),
    ]
    assert (porto.superseded_by, porto.valid_from, porto.valid_to) == (lisbon.id, before, NOON)
    assert await system.index.count(current.owner) == 1


async def test_what_is_superseded_can_come_back(system: System) -> None:
    conversation = await system.introduce()
    for place in ("Porto", "Lisbon", "Porto"):
        await say_and_form(system, conversation, about("home"), f"Home is {place}.")

    assert [status for _, status in summary(await system.memories(conversation.owner))] == [
        "superseded",
        "superseded",
        "active",
    ]


async def test_two_conversations_formed_at_once_leave_one_value(system: System) -> None:
    one = await system.introduce()
    async with system.store.transaction() as tx:
        user, character = (
            await tx.users.get(one.user_id),
            await tx.characters.get(one.character_id),
        )
    conversations = [one] + [await system.introduce(user, character) for _ in range(4)]
    for place, conversation in zip("ABCDE", conversations, strict=True):
        await system.say(conversation, f"Home is {place}.")

    await asyncio.gather(*(form(system, each, about("home")) for each in conversations))

    memories = await system.memories(one.owner)
    assert len(memories) == 5
    assert [memory.status for memory in memories].count("active") == 1
    relationship, changes = await standing(system, one.owner)
    assert relationship.total_interactions == len(changes) == 5


# --- failures -----------------------------------------------------------------------------------


async def test_an_extractor_that_fails_leaves_everything_unformed_and_visible(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "I like tea.", "I like jam.")
    extractor = ScriptedExtractor(each_line)
    extractor.failure = ModelOutputInvalid("not JSON")

    with pytest.raises(ModelOutputInvalid):
        await form(system, conversation, extractor)

    assert await formed_seq(system, conversation) == 0
    assert await system.memories(conversation.owner) == []
    state = await state_of(system, conversation.owner)
    assert (state.pending_messages, state.last_formed_at) == (2, None)

    extractor.failure = None
    await form(system, conversation, extractor)

    assert len(await system.memories(conversation.owner)) == 2
    state = await state_of(system, conversation.owner)
    assert state.pending_messages == 0
    assert state.last_formed_at is not None


@pytest.mark.parametrize("part", ["index", "encoder"])
async def test_with_a_part_down_nothing_of_the_batch_is_kept(system: System, part: str) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "I like tea.")
    getattr(system, part).down = True

    with pytest.raises(KeepsakeError):
        await form(system, conversation, ScriptedExtractor(each_line))

    assert await system.memories(conversation.owner) == []
    assert (await state_of(system, conversation.owner)).pending_messages == 1
    assert (await standing(system, conversation.owner))[1] == []


async def test_what_is_stored_but_not_indexed_is_told_and_swept_up_later(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "I like tea.")
    system.index.writes_down = True

    outcome = await form(system, conversation, ScriptedExtractor(each_line))

    assert outcome is not None
    assert [change.action for change in outcome.changes] == ["added"]
    [memory] = await system.memories(conversation.owner)
    assert memory.index_state == "pending"
    with pytest.raises(IndexUnavailable):
        await sweep_once(system.memory, settle=timedelta(0))
    system.index.writes_down = False
    await sweep_once(system.memory, settle=timedelta(0))
    assert await system.recalled(conversation.owner, "tea") == ["I like tea."]


async def test_what_is_superseded_while_the_index_is_down_leaves_it_later(
    system: System,
) -> None:
    conversation = await system.introduce()
    await say_and_form(system, conversation, about("home"), "Home is Porto.")
    system.index.writes_down = True
    await say_and_form(system, conversation, about("home"), "Home is Lisbon.")
    system.index.writes_down = False

    await sweep_once(system.memory, settle=timedelta(0))

    assert await system.index.count(conversation.owner) == 1
    assert await system.recalled(conversation.owner, "Home", floors=False) == ["Home is Lisbon."]


async def test_what_is_learned_is_encoded_once_and_what_is_said_again_is_in_the_index_already(
    system: System,
) -> None:
    conversation = await system.introduce()
    await say_and_form(system, conversation, about("home"), "Home is Porto.")
    assert system.encoder.read.count("Home is Porto.") == 1

    system.index.writes_down = True
    await say_and_form(system, conversation, about("home"), "Home is Porto.")

    assert system.encoder.read.count("Home is Porto.") == 2  # to compare it with what is known
    [memory] = await system.memories(conversation.owner)
    assert len(memory.source_message_ids) == 2
    assert memory.index_state == "synced"
    assert await system.recalled(conversation.owner, "Home") == ["Home is Porto."]


async def test_a_message_said_while_the_model_reads_is_left_for_the_run_that_its_turn_asks_for(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "One.")
    gate = asyncio.Semaphore(0)
    extractor = ScriptedExtractor(each_line, gate=gate)
    running = asyncio.create_task(form(system, conversation, extractor))
    await eventually(lambda: extractor.transcripts)

    await system.say(conversation, "Two.")
    gate.release()
    await running

    assert summary(await system.memories(conversation.owner)) == [("One.", "active")]
    await form(system, conversation, ScriptedExtractor(each_line))
    assert summary(await system.memories(conversation.owner)) == [
        ("One.", "active"),
        ("Two.", "active"),
    ]


# --- who said it --------------------------------------------------------------------------------


async def test_the_character_s_words_never_become_facts_about_the_user(system: System) -> None:
    conversation = await system.introduce()
    for content in (
        "Your dog is called Rex, isn't it?",
        "You live in Paris and you love snails.",
        "My name is Mira. I am allergic to nuts. My dog is called Fang.",
    ):
        await system.say(conversation, content, sender_type="character")

    await say_and_form(system, conversation, OfflineExtractor(), "My cat is called Tom.")

    memories = await system.memories(conversation.owner)
    assert memories
    for memory in memories:
        assert not any(name in memory.content for name in ("Rex", "Paris", "nuts", "Fang"))
    assert any("Tom" in memory.content for memory in memories)


async def test_a_correction_by_the_user_supersedes_offline_too(system: System) -> None:
    conversation = await system.introduce()

    await say_and_form(system, conversation, OfflineExtractor(), "I live in Porto.")
    await say_and_form(system, conversation, OfflineExtractor(), "I live in Lisbon now.")

    active = [m.content for m in await system.memories(conversation.owner) if m.status == "active"]
    assert any("Lisbon" in content for content in active)
    assert not any("Porto" in content for content in active)


# --- the relationship ---------------------------------------------------------------------------


async def test_the_ledger_adds_up_to_the_relationship(system: System) -> None:
    conversation = await system.introduce()
    said = await say_and_form(
        system,
        conversation,
        NOTHING,
        "Thank you, I love this!",
        "To be honest, I'm scared.",
        "You're stupid.",
        "The train is late.",
    )
    await say_and_form(system, conversation, NOTHING, "Lovely. Thanks!", sender_type="character")

    relationship, changes = await standing(system, conversation.owner)

    assert relationship.total_interactions == 4  # the character's words move nothing
    assert {change.message_id for change in changes} == {message.id for message in said}
    assert [change.reason for change in changes[::-1]] == [
        "kind words",
        "opened up",
        "unkind words",
        "spent time talking",
    ]
    fresh = Relationship(character_id=conversation.character_id, user_id=conversation.user_id)
    for measure in ("level", "trust", "intimacy"):
        total = sum(change.delta[measure] for change in changes)
        start = getattr(fresh, measure)
        assert getattr(relationship, measure) == pytest.approx(start + total, abs=1e-3)


async def gained_by_day(system: System, owner: Owner) -> list[float]:
    _, changes = await standing(system, owner)
    days: dict[Any, float] = {}
    for change in changes:
        day = change.created_at.date()
        days[day] = days.get(day, 0) + change.delta["level"]
    return [days[day] for day in sorted(days)]


async def test_a_day_s_cap_holds_whatever_the_batches(system: System) -> None:
    conversation = await system.introduce()
    kind = ["Thank you, I love this, it's great!"] * 30
    today, tomorrow = NOON, NOON + timedelta(days=1)

    await say_and_form(system, conversation, NOTHING, *kind, created_at=today)
    await system.say(conversation, *kind[:15], created_at=today)  # one batch over two days
    await say_and_form(system, conversation, NOTHING, *kind[:15], created_at=tomorrow)

    first, second = await gained_by_day(system, conversation.owner)
    assert first == pytest.approx(DAILY_CAP, abs=0.01)
    assert second == pytest.approx(DAILY_CAP, abs=0.01)


async def test_an_older_chat_s_days_have_caps_of_their_own(system: System) -> None:
    conversation = await system.introduce()
    kind = ["Thank you, I love this, it's great!"] * 30
    await say_and_form(system, conversation, NOTHING, *kind, created_at=NOON)

    await say_and_form(
        system, conversation, NOTHING, *kind[:3], created_at=NOON - timedelta(days=9)
    )

    older, newer = await gained_by_day(system, conversation.owner)
    assert older > 2
    assert newer == pytest.approx(DAILY_CAP, abs=0.01)
