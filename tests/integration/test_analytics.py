"""Analytics on the real database: every figure is counted from rows, in the user's own days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.conversation.analytics import Report, report_of
from backend.models import (
    Conversation,
    MessageVariant,
    RelationshipChange,
    ReplyContext,
    new_id,
)
from backend.safety.encryption import Scope
from backend.store.analytics import AnalyticsScope, Bucket, Counts
from tests.support.records import a_character, a_memory, a_user
from tests.support.sealing import a_keyring, sealing_system
from tests.support.system import System

LATE = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # the 11th in Berlin


async def counts(system: System, conversation: Conversation, **options: Any) -> Counts:
    bucket = options.pop("bucket", Bucket.DAY)
    scope = AnalyticsScope(conversation.user_id, options.pop("zone", "UTC"), bucket, **options)
    async with system.store.transaction() as tx:
        return await tx.analytics.counts(scope)


async def report(system: System, conversation: Conversation, **options: Any) -> Report:
    bucket = options.get("bucket", Bucket.DAY)
    counted = await counts(system, conversation, **options)
    return report_of(counted.counts, bucket, first=None, last=None)


async def exchange(
    system: System, conversation: Conversation, at: datetime, *, seconds: float, mood: str
) -> UUID:
    """A message and its reply, as a turn stores them; returns the reply's id."""
    (asked,) = await system.say(conversation, "Hello?", created_at=at)
    (reply,) = await system.say(
        conversation,
        "Hello!",
        sender_type="character",
        reply_to=asked.id,
        created_at=at + timedelta(seconds=seconds),
        details={
            "tokens": 20,
            "promptTokens": 300,
            "generationTime": round(seconds * 500),
            "mood": "happy",
        },
    )
    context = ReplyContext(
        message_id=reply.id,
        conversation_id=conversation.id,
        prompt_version="1",
        state={"mood": mood, "currentTopic": "sailing" if mood == "sad" else None},
        recent_messages=[{"messageId": str(asked.id), "content": "Hello?"}],
    )
    async with system.store.transaction() as tx:
        await tx.contexts.save(context)
    return reply.id


async def step(system: System, conversation: Conversation, at: datetime, level: float) -> None:
    change = RelationshipChange(
        character_id=conversation.character_id,
        user_id=conversation.user_id,
        message_id=new_id(),
        delta={"level": level, "trust": 1.0, "intimacy": 0.5},
        reason="kind words",
        created_at=at,
    )
    async with system.store.transaction() as tx:
        await tx.relationships.add_change(change)


async def test_what_happened_is_counted_by_the_user_s_own_days(system: System) -> None:
    conversation = await system.introduce()
    await exchange(system, conversation, LATE, seconds=1, mood="sad")
    await exchange(system, conversation, LATE - timedelta(days=2), seconds=3, mood="neutral")

    told = await report(system, conversation, zone="Europe/Berlin")

    assert [start for start, _ in told.periods] == [date(2026, 3, day) for day in (9, 10, 11)]
    assert [(day.from_user, day.from_character) for _, day in told.periods] == [
        (1, 1),
        (0, 0),
        (1, 1),
    ]
    assert (told.total.prompt_tokens, told.total.completion_tokens) == (600, 40)
    assert told.total.user_moods == {"sad": 1, "neutral": 1}
    assert told.total.character_moods == {"happy": 2}
    assert told.periods[2][1].topics == {"sailing": 1}
    assert (told.generation.count, told.generation.p50, told.generation.p95) == (2, 1000, 1450)
    assert (told.reply.count, told.reply.p50, told.reply.p95) == (2, 2000, 2900)
    in_utc = await report(system, conversation)
    assert [start for start, _ in in_utc.periods] == [date(2026, 3, day) for day in (8, 9, 10)]


async def test_a_scope_leaves_out_the_rest(system: System) -> None:
    user = a_user()
    first = await system.introduce(user)
    second = await system.introduce(user, a_character("Theo"))
    others = await system.introduce()
    for conversation in (first, second, others):
        await exchange(system, conversation, LATE, seconds=1, mood="sad")
    await exchange(system, first, LATE + timedelta(days=1), seconds=1, mood="sad")

    async def messages(**options: Any) -> int:
        told = await report(system, first, **options)
        return told.total.from_user + told.total.from_character

    assert await messages() == 6
    assert await messages(conversation_id=first.id) == 4
    assert await messages(conversation_id=others.id) == 0
    assert await messages(since=LATE + timedelta(hours=1)) == 2
    assert await messages(until=LATE + timedelta(hours=1)) == 4
    assert (await report(system, first, until=LATE)).periods == ()


async def test_replies_written_anew_cost_what_they_cost_and_deleted_messages_don_t_count(
    system: System,
) -> None:
    conversation = await system.introduce()
    reply_id = await exchange(system, conversation, LATE, seconds=1, mood="sad")
    (deleted,) = await system.say(conversation, "Never mind.", created_at=LATE)
    async with system.store.transaction() as tx:
        for number in (0, 1):
            details = {"tokens": 7, "promptTokens": 100}
            await tx.messages.add_variant(
                MessageVariant(message_id=reply_id, number=number, content="Hi", details=details)
            )
        deleted.content, deleted.deleted_at = "", LATE
        await tx.messages.change(deleted)

    told = await report(system, conversation)

    assert (told.total.prompt_tokens, told.total.completion_tokens) == (400, 27)
    assert (told.total.from_user, told.total.from_character) == (1, 1)


async def test_memories_are_counted_when_they_were_formed(system: System) -> None:
    conversation = await system.introduce()
    owner = conversation.owner
    await system.keep(
        a_memory(owner, "The user likes tea.", category="preference", created_at=LATE),
        a_memory(owner, "The user has a dog.", category="personal", created_at=LATE),
        a_memory(owner, "A chat.", kind="summary", conversation_id=conversation.id),
        a_memory(owner, "No.", status="retracted"),
    )

    told = await report(system, conversation)

    assert told.total.memories == {"fact": 2, "summary": 1}
    assert told.total.categories == {"preference": 1, "personal": 1, "other": 1}
    assert dict(told.periods)[LATE.date()].memories == {"fact": 2}
    of_this = await report(system, conversation, conversation_id=conversation.id)
    assert of_this.total.memories == {"summary": 1}


async def test_the_relationship_goes_by_its_ledger_from_before_on(system: System) -> None:
    conversation = await system.introduce()
    await step(system, conversation, LATE - timedelta(days=40), 8.0)
    await step(system, conversation, LATE, 3.0)
    await step(system, conversation, LATE + timedelta(minutes=1), -1.0)

    (progress,) = (await report(system, conversation, since=LATE - timedelta(days=1))).relationships

    assert progress.character_id == conversation.character_id
    (point,) = progress.points
    assert (point.start, point.level, point.trust, point.intimacy) == (LATE.date(), 20, 13, 1.5)
    assert point.stage == "acquaintance"
    (whole,) = (await report(system, conversation, bucket=Bucket.MONTH)).relationships
    assert [(point.start, point.level, point.stage) for point in whole.points] == [
        (date(2026, 1, 1), 18.0, "stranger"),
        (date(2026, 3, 1), 20.0, "acquaintance"),
    ]


async def test_nothing_happened(system: System) -> None:
    conversation = await system.introduce()

    told = await report(system, conversation)

    assert (told.periods, told.relationships, told.reply.count, told.reply.p50) == ((), (), 0, 0)
    assert told.total.memories == {}


@pytest.mark.parametrize("year", [1, 1899, 9999])
async def test_times_beyond_every_calendar_are_counted_at_its_edge(
    system: System, year: int
) -> None:
    conversation = await system.introduce()
    month, day = (12, 31) if year == 9999 else (1, 1)
    await system.say(conversation, "Long ago.", created_at=datetime(year, month, day, tzinfo=UTC))

    for zone in ("America/Los_Angeles", "Pacific/Kiritimati"):
        for bucket in Bucket:
            told = await report(system, conversation, zone=zone, bucket=bucket)
            assert told.total.from_user == 1
            assert len(told.periods) == 1


async def test_encrypted_moods_and_topics_are_counted_too(database_url: str) -> None:
    async with sealing_system(database_url, a_keyring("one"), Scope.ALL) as system:
        conversation = await system.introduce()
        await exchange(system, conversation, LATE, seconds=1, mood="sad")
        await exchange(system, conversation, LATE, seconds=1, mood="angry")
        counted = await counts(system, conversation)
        assert counted.unread == 0
        total = report_of(counted.counts, Bucket.DAY, first=None, last=None).total
        assert total.user_moods == {"sad": 1, "angry": 1}
        assert total.topics == {"sailing": 1}
