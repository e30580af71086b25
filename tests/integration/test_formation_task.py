"""The background job around formation: when a conversation is ripe, and who hears of it."""

from datetime import timedelta
from typing import Any

import pytest

from backend.errors import ModelOverloaded
from backend.models import Conversation, utc_now
from backend.models.candidate import Candidate, Transcript
from backend.ports import Extractor
from backend.worker.tasks import FormationTask
from tests.support.doubles import ScriptedExtractor
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
    system: System, extractor: Extractor, published: Published, *, quiet: float = 0, batch: int = 12
) -> FormationTask:
    return FormationTask(
        system.memory,
        extractor,
        published,
        threshold=0.7,
        quiet_seconds=quiet,
        batch_messages=batch,
    )


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


async def test_while_people_talk_formation_waits_and_asks_to_be_woken(system: System) -> None:
    conversation = await system.introduce()
    extractor = ScriptedExtractor(facts)
    await system.say(conversation, "Home is Porto.")

    await task(system, extractor, Published(), quiet=60).run(conversation.id)

    assert extractor.transcripts == []
    [(at,)] = await system.query("SELECT scheduled_at FROM procrastinate_jobs")
    assert timedelta(seconds=50) < at - utc_now() <= timedelta(seconds=60)


@pytest.mark.parametrize("ripe", ["by silence", "by number"])
async def test_a_ripe_conversation_is_formed(system: System, ripe: str) -> None:
    conversation = await system.introduce()
    said_at = utc_now() - timedelta(seconds=61 if ripe == "by silence" else 0)
    await system.say(conversation, "Home is Porto.", "Home is Faro.", created_at=said_at)
    batch = 12 if ripe == "by silence" else 2

    await task(system, ScriptedExtractor(facts), Published(), quiet=60, batch=batch).run(
        conversation.id
    )

    assert await formed(system, conversation)
