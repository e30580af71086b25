"""The relationship's ledger on a real database: what moves is written down, and can be undone."""

import asyncio
from datetime import timedelta

import pytest

from backend.memory.formation import form_memory
from backend.memory.ledger import BEGUN_AGAIN, begin_anew, undo
from backend.memory.relationship import BEGINNING, DAILY_CAP, TIME_APART
from backend.models import Conversation, Message, Owner, Relationship, RelationshipChange
from backend.models.candidate import Extraction, Signal, Transcript
from tests.support.doubles import ScriptedExtractor
from tests.support.records import NOON, a_user
from tests.support.system import System

NOTHING = ScriptedExtractor(lambda _: [])


async def tell(
    system: System, conversation: Conversation, *said: str, days: float = 0
) -> list[Message]:
    """Say things so many days after noon, and have them formed."""
    messages = await system.say(conversation, *said, created_at=NOON + timedelta(days=days))
    await form_memory(system.memory, NOTHING, conversation.id, threshold=0.7)
    return messages


async def standing(system: System, owner: Owner) -> Relationship:
    async with system.store.transaction() as tx:
        return await tx.relationships.get(owner)


async def ledger(system: System, owner: Owner) -> list[RelationshipChange]:
    """Oldest first."""
    async with system.store.transaction() as tx:
        return (await tx.relationships.page(owner, limit=1000, before=None))[::-1]


def measures(relationship: Relationship) -> tuple[float, float, float, str, int]:
    return (
        *(getattr(relationship, measure) for measure in BEGINNING),
        relationship.stage,
        relationship.total_interactions,
    )


async def test_every_message_is_a_line_with_its_cause(system: System) -> None:
    conversation = await system.introduce()
    said = await tell(
        system, conversation, "Thank you!", "You are useless.", "To be honest, I feel low."
    )

    lines = await ledger(system, conversation.owner)

    assert [(line.message_id, line.reason) for line in lines] == [
        (said[0].id, "kind words"),
        (said[1].id, "unkind words"),
        (said[2].id, "opened up"),
    ]
    assert {line.created_at for line in lines} == {NOON}
    now = await standing(system, conversation.owner)
    for measure, beginning in BEGINNING.items():
        moved = sum(line.delta[measure] for line in lines)
        assert getattr(now, measure) == pytest.approx(beginning + moved)
    assert now.last_interaction_at == NOON


async def test_what_a_model_reads_into_a_message_goes_before_the_word_lists(system: System) -> None:
    class Reader:
        async def extract(self, transcript: Transcript) -> Extraction:
            [line] = transcript.lines
            return Extraction(signals={line.message_id: Signal(warmth=-1)})

    conversation = await system.introduce()
    await system.say(conversation, "Great, thank you so much for nothing.")

    await form_memory(system.memory, Reader(), conversation.id, threshold=0.7)

    [line] = await ledger(system, conversation.owner)
    assert line.reason == "unkind words"
    assert (await standing(system, conversation.owner)).level < BEGINNING["level"]


async def test_undoing_a_message_leaves_what_the_others_made_of_it(system: System) -> None:
    conversation, twin = await system.introduce(), await system.introduce()
    kind, cruel, open_ = "Thank you!", "Shut up, I hate you.", "I trust you."
    said = [
        *await tell(system, conversation, kind),
        *await tell(system, conversation, cruel, open_),
    ]
    await tell(system, twin, kind)
    before = measures(await standing(system, twin.owner))

    async with system.store.transaction() as tx:
        undone = await undo(tx, conversation.owner, [message.id for message in said[1:]])

    assert undone is not None
    assert measures(undone) == measures(await standing(system, conversation.owner)) == before
    lines = await ledger(system, conversation.owner)
    assert [line.undone for line in lines] == [False, True, True]
    async with system.store.transaction() as tx:
        assert await undo(tx, conversation.owner, [message.id for message in said[1:]]) is None
        emptied = await undo(tx, conversation.owner, [said[0].id])
    assert emptied is not None
    assert measures(emptied) == (*BEGINNING.values(), "stranger", 0)


async def test_only_the_owner_s_steps_are_undone(system: System) -> None:
    ours, theirs = await system.introduce(), await system.introduce()
    said = [*await tell(system, ours, "Thank you!"), *await tell(system, theirs, "Thank you!")]

    async with system.store.transaction() as tx:
        await undo(tx, ours.owner, [message.id for message in said])

    assert (await standing(system, theirs.owner)).total_interactions == 1
    assert [line.undone for line in await ledger(system, theirs.owner)] == [False]


async def test_silence_is_a_line_of_its_own_without_a_cause(system: System) -> None:
    conversation = await system.introduce()
    await tell(system, conversation, *["I love talking with you, thank you!"] * 5)
    close = await standing(system, conversation.owner)

    await tell(system, conversation, "Hello again.", days=97)

    *_, apart, hello = await ledger(system, conversation.owner)
    assert (apart.reason, apart.message_id) == (TIME_APART, None)
    assert apart.created_at == NOON + timedelta(days=97)
    assert apart.delta["level"] == pytest.approx(-(close.level - 10) / 2, abs=1e-3)
    assert hello.reason == "spent time talking"


async def test_an_older_import_is_no_absence(system: System) -> None:
    conversation = await system.introduce()
    await tell(system, conversation, "Thank you!", days=400)
    await tell(system, conversation, "Thank you!")  # as an import brings it

    assert TIME_APART not in [line.reason for line in await ledger(system, conversation.owner)]
    assert (await standing(system, conversation.owner)).last_interaction_at == NOON + timedelta(
        days=400
    )


async def test_the_day_that_a_cap_is_for_is_the_user_s(system: System) -> None:
    conversation = await system.introduce(a_user(time_zone="Asia/Tokyo"))
    kind = ["Thank you, I love this, it's great!"] * 30
    await tell(system, conversation, *kind, days=2 / 24)  # eleven at night
    before = await standing(system, conversation.owner)

    await tell(system, conversation, *kind[:3], days=4 / 24)

    assert before.level == pytest.approx(BEGINNING["level"] + DAILY_CAP, abs=0.01)
    assert (await standing(system, conversation.owner)).level > before.level + 2


async def test_they_can_begin_again_and_the_ledger_remembers(system: System) -> None:
    conversation = await system.introduce()
    await tell(system, conversation, "Thank you!", "I trust you.")

    async with system.store.transaction() as tx:
        fresh = await begin_anew(tx, conversation.owner)

    assert measures(fresh) == (*BEGINNING.values(), "stranger", 0)
    *before, begun = await ledger(system, conversation.owner)
    assert [line.undone for line in before] == [True, True]
    assert begun.reason == BEGUN_AGAIN
    await tell(system, conversation, "Thank you!", days=30)
    assert [line.reason for line in await ledger(system, conversation.owner)][3:] == ["kind words"]


async def test_moving_undoing_and_beginning_again_at_once_lose_nothing(system: System) -> None:
    one = await system.introduce()
    async with system.store.transaction() as tx:
        user = await tx.users.get(one.user_id)
        character = await tx.characters.get(one.character_id)
    conversations = [one] + [await system.introduce(user, character) for _ in range(3)]
    [first] = await tell(system, one, "Thank you!")
    for conversation in conversations:
        await system.say(conversation, "Thank you!", "I hate you.", created_at=NOON)

    async def take_back() -> None:
        async with system.store.transaction() as tx:
            await tx.memories.lock(one.owner)
            await undo(tx, one.owner, [first.id])

    forming = [
        form_memory(system.memory, NOTHING, each.id, threshold=0.7) for each in conversations
    ]
    await asyncio.gather(take_back(), *forming)

    lines = await ledger(system, one.owner)
    now = await standing(system, one.owner)
    assert now.total_interactions == 8 == sum(not line.undone for line in lines)
    async with system.store.transaction() as tx:
        again = await undo(tx, one.owner, [lines[-1].message_id])  # type: ignore[list-item]
    assert again is not None
    kept = [line.delta for line in lines[:-1] if not line.undone]
    assert again.level == pytest.approx(
        BEGINNING["level"] + sum(delta["level"] for delta in kept), abs=1e-3
    )
