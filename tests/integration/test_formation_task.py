"""The background job around formation: when a conversation is ripe, and who hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from backend.errors import ModelError, ModelOverloaded
from backend.memory.extraction import ModelExtractor
from backend.memory.extraction_prompt import PROMPT_VERSION, SCHEMA
from backend.models import Conversation, utc_now
from backend.models.candidate import Candidate, Transcript
from backend.ports import Extractor
from backend.worker.ripeness import Ripeness
from backend.worker.tasks import FormationTask
from tests.support.doubles import ScriptedExtractor
from tests.support.groq_behaviours import Behaviour, answers, json_validate_failed, says
from tests.support.groq_server import GroqServer
from tests.support.language_models import RecordedSleep, hosted_model
from tests.support.records import a_proposal
from tests.support.system import System


def facts(transcript: Transcript) -> list[Candidate]:
    return [
        Candidate(line.content, (line.message_id,), attribute="home") for line in transcript.lines
    ]


class Published:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    async def __call__(self, room: str, event: str, data: dict[str, Any]) -> None:
        self.events.append((room, event, data))


def task(
    system: System,
    extractor: Extractor,
    published: Published,
    ripeness: Ripeness | None = None,
) -> FormationTask:
    return FormationTask(system.memory, extractor, published, threshold=0.7, ripeness=ripeness)


async def formed(system: System, conversation: Conversation) -> bool:
    async with system.store.transaction() as tx:
        found = await tx.conversations.get(conversation.id)
    assert found is not None
    return found.formed_seq == found.last_seq


async def test_the_user_s_clients_hear_what_was_learned(system: System) -> None:
    conversation = await system.introduce()
    published = Published()
    await system.say(conversation, "Home is Porto. Thank you!", "Home is Lisbon.")

    await task(system, ScriptedExtractor(facts), published).run(conversation.id)

    (room, event, data), (other_room, other_event, relationship) = published.events
    assert room == other_room == f"user:{conversation.user_id}"
    assert (event, other_event) == ("memory:updated", "relationship:updated")
    assert data["characterId"] == str(conversation.character_id)
    assert [(c["action"], c["memory"]["content"]) for c in data["changes"]] == [
        ("added", "Home is Porto. Thank you!"),
        ("superseded", "Home is Porto. Thank you!"),
        ("added", "Home is Lisbon."),
    ]
    assert relationship["totalInteractions"] == 2
    assert relationship["level"] > 10


async def test_nothing_learned_is_not_told(system: System) -> None:
    conversation = await system.introduce()
    published = Published()
    await system.say(conversation, "Hm.", sender_type="character")

    await task(system, ScriptedExtractor(lambda _: []), published).run(conversation.id)
    await task(system, ScriptedExtractor(lambda _: []), published).run(conversation.id)

    assert published.events == []
    assert await formed(system, conversation)


async def test_a_failure_is_raised_so_that_the_job_is_tried_again(system: System) -> None:
    conversation = await system.introduce()
    published = Published()
    extractor = ScriptedExtractor(facts)
    extractor.failure = ModelOverloaded("Busy.")
    await system.say(conversation, "Home is Porto.")

    with pytest.raises(ModelOverloaded):
        await task(system, extractor, published).run(conversation.id)

    assert published.events == []
    assert not await formed(system, conversation)


async def scheduled(system: System, conversation: Conversation) -> timedelta:
    """In how long the conversation's one job is to run."""
    [(at,)] = await system.query(
        "SELECT scheduled_at FROM procrastinate_jobs WHERE args->>'conversation_id' = %s"
        " AND status = 'todo'",
        str(conversation.id),
    )
    return timedelta(0) if at is None else at - utc_now()


async def test_while_people_talk_formation_waits_and_asks_to_be_woken(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(facts)
    await system.say(conversation, "Home is Porto.")

    await task(system, extractor, Published(), Ripeness(quiet_seconds=60)).run(conversation.id)

    assert extractor.transcripts == []
    assert timedelta(seconds=50) < await scheduled(system, conversation) <= timedelta(seconds=60)


async def test_a_new_message_wakes_what_was_to_sleep_for_longer(system: System) -> None:
    conversation = await system.introduce()
    for delay, within in ((1800, 1800), (15, 15), (1800, 15), (0, 0)):
        async with system.store.transaction() as tx:
            await tx.formation.enqueue(conversation.id, delay_seconds=delay)

        assert timedelta(seconds=within - 10) < await scheduled(system, conversation)
        assert await scheduled(system, conversation) <= timedelta(seconds=within)


async def test_a_message_does_not_hurry_what_waits_after_a_failure(system: System) -> None:
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=64)
    await system.query("UPDATE procrastinate_jobs SET attempts = 2 RETURNING 1")

    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=0)

    assert await scheduled(system, conversation) > timedelta(seconds=50)


@pytest.mark.parametrize("ripe", ["by silence", "by number", "by length"])
async def test_a_ripe_conversation_is_formed(system: System, ripe: str) -> None:
    conversation = await system.introduce()
    said_at = utc_now() - timedelta(seconds=61 if ripe == "by silence" else 0)
    long = "Home is Faro. " + "x" * (200 if ripe == "by length" else 0)
    await system.say(conversation, "Home is Porto.", long, created_at=said_at)
    ripeness = Ripeness(
        batch_messages=2 if ripe == "by number" else 12, batch_characters=200, quiet_seconds=60
    )

    await task(system, ScriptedExtractor(facts), Published(), ripeness).run(conversation.id)

    assert await formed(system, conversation)


# --- a long chat costs few calls ----------------------------------------------------------------

NOTHING_NEW: dict[str, Any] = {"facts": [], "signals": []}


async def test_a_long_chat_costs_at_most_one_call_in_six_turns(system: System) -> None:
    turns = 60
    conversation = await system.introduce()
    with GroqServer() as server:
        server.default = lambda _: answers(NOTHING_NEW)
        model = hosted_model("groq", server, RecordedSleep())
        forming = task(system, ModelExtractor(model), Published(), Ripeness())
        for turn in range(turns):
            # People take their time: there are minutes between one message and the next.
            at = utc_now() - timedelta(minutes=5)
            await system.say(conversation, f"And then, part {turn}.", created_at=at)
            await system.say(conversation, "Go on!", sender_type="character", created_at=at)
            await forming.run(conversation.id)
        read = [request.body["messages"][1]["content"] for request in server.requests]
        await model.close()

    first, *others = read
    assert first.count("\n[") == 2, "the first turn is read soon"
    assert len(others) <= turns / 6
    assert sum(text.count("\n[") for text in read) >= 2 * (turns - 6), "and nothing is left out"


async def test_calls_tokens_and_proposals_are_counted(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "My dog is called Biscuit.")
    fact = a_proposal()
    proposed = {"facts": [fact, fact | {"messages": [7]}], "signals": []}
    model_name = "openai/gpt-oss-20b"
    before = counted(model_name)
    with GroqServer() as server:
        server.queue(says("{oh"), answers(proposed))
        model = hosted_model("groq", server, RecordedSleep(), memory_model=model_name)
        await task(system, ModelExtractor(model), Published()).run(conversation.id)
        await model.close()

    after = counted(model_name)
    assert {name: after[name] - before[name] for name in after} == {
        "answered": 1,
        "repeated": 1,
        "prompt": 22,
        "completion": 2,
        "kept": 1,
        "dropped": 1,
    }
    [memory] = await system.memories(conversation.owner)
    async with system.store.transaction() as tx:
        [line] = await tx.histories.of(memory.id)
    assert line.details == {
        "confidence": 0.9,
        "count": 1,
        "mention": 0.9,
        "model": model_name,
        "prompt": PROMPT_VERSION,
        "batchCalls": 2,
        "batchTokens": 24,
        "batchPromptTokens": 22,
    }


def counted(model: str) -> dict[str, float]:
    """The counters so far."""

    def value(counter: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(f"keepsake_extraction_{counter}_total", labels) or 0.0

    return {
        "answered": value("calls", model=model, outcome="answered"),
        "repeated": value("calls", model=model, outcome="repeated"),
        "prompt": value("tokens", model=model, kind="prompt"),
        "completion": value("tokens", model=model, kind="completion"),
        "kept": value("proposals", outcome="kept"),
        "dropped": value("proposals", outcome="dropped"),
    }


# --- parked, and taken up again -----------------------------------------------------------------

UNUSABLE = {
    "broken JSON": says('{"facts": [{'),
    "the schema itself": answers(SCHEMA),
    "cut off": answers(NOTHING_NEW, finish_reason="length"),
    "a refusal": Behaviour(refusal="I can't help with that."),
    "failed generation": json_validate_failed('{"facts": "none'),
    "failed without a word": json_validate_failed(""),
}


@pytest.mark.parametrize("unusable", UNUSABLE.values(), ids=UNUSABLE.keys())
async def test_what_can_t_be_read_is_shown_to_the_model_once_then_left_unformed(
    system: System, unusable: Behaviour
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "My dog is called Biscuit.")
    with GroqServer() as server:
        model = hosted_model("groq", server, RecordedSleep())
        forming = task(system, ModelExtractor(model), Published())
        server.queue(unusable, unusable)

        with pytest.raises(ModelError):
            await forming.run(conversation.id)

        first, second = (request.body["messages"] for request in server.requests)
        assert second[: len(first)] == first
        assert "can't be used" in second[-1]["content"]
        assert not await formed(system, conversation)
        server.queue(unusable, answers(NOTHING_NEW))
        await forming.run(conversation.id)
        await model.close()

    assert await formed(system, conversation)


async def park(system: System, conversation: Conversation, *, hours_ago: float) -> None:
    """As if the conversation's job had been given up."""
    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=0)
    await system.query(
        "UPDATE procrastinate_jobs SET status = 'failed', attempts = 4"
        " WHERE args->>'conversation_id' = %s RETURNING 1",
        str(conversation.id),
    )
    await system.query(
        "UPDATE procrastinate_events SET at = now() - make_interval(mins => %s)"
        " WHERE job_id IN (SELECT id FROM procrastinate_jobs WHERE args->>'conversation_id' = %s)"
        " RETURNING 1",
        int(hours_ago * 60),
        str(conversation.id),
    )


async def parked(system: System, conversation: Conversation) -> int:
    async with system.store.transaction() as tx:
        return (await tx.formation.state(conversation.owner)).parked_jobs


async def test_parked_jobs_are_in_sight_and_taken_up_again_after_an_hour(system: System) -> None:
    lately, long_ago = await system.introduce(), await system.introduce()
    for conversation, hours in ((lately, 0.5), (long_ago, 1.5)):
        await system.say(conversation, "My dog is called Biscuit.")
        await park(system, conversation, hours_ago=hours)
        assert await parked(system, conversation) == 1
    await system.jobs.open()
    try:
        assert await system.jobs.take_up_parked() == 1
    finally:
        await system.jobs.close()

    assert await system.jobs_of(long_ago) == 1
    assert await system.jobs_of(lately) == 0
    assert [await parked(system, each) for each in (lately, long_ago)] == [1, 0]


async def test_a_parked_job_makes_way_for_one_that_waits_already(system: System) -> None:
    conversation = await system.introduce()
    await park(system, conversation, hours_ago=2)
    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=60)
    await system.jobs.open()
    try:
        assert await system.jobs.take_up_parked() == 0
    finally:
        await system.jobs.close()


async def test_what_was_parked_is_over_once_its_messages_are_formed(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Home is Porto.")
    await park(system, conversation, hours_ago=0)

    await task(system, ScriptedExtractor(facts), Published()).run(conversation.id)
    await system.say(conversation, "Not formed yet.")

    assert await parked(system, conversation) == 0


async def test_after_a_failure_a_talk_is_not_read_at_every_turn(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, *["Home is Porto."] * 12)
    await park(system, conversation, hours_ago=0)
    extractor = ScriptedExtractor(facts)

    await task(system, extractor, Published(), Ripeness()).run(conversation.id)

    assert extractor.transcripts == []
    assert await scheduled(system, conversation) > timedelta(minutes=29)
