"""Memory follows the transcript: edits, variants, regenerated replies."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.conversation.editing import choose_variant, edit_message
from backend.errors import InvalidRequest, MessageTooLong, NotFound
from backend.memory.consolidation import INDEPENDENCE, reinforced_confidence
from backend.memory.forgetting import forget_memory, forget_message
from backend.memory.formation import form_memory
from backend.memory.remembering import Correction, Note, correct, remember
from backend.models import Conversation, Memory, Message, Relationship
from backend.models.candidate import Candidate, Transcript
from backend.worker.index_sync import sweep_once
from tests.support.doubles import ScriptedExtractor
from tests.support.eventually import eventually
from tests.support.records import NOON
from tests.support.residue import tables_with
from tests.support.system import System
from tests.support.turns import answered, ask, assigned, run


def says(transcript: Transcript) -> Sequence[Candidate]:
    """A fact of each of the user's lines that starts with "My", about what comes before "is"."""
    found = []
    for line in transcript.lines:
        if line.sender_type == "user" and line.content.startswith("My "):
            subject, _, _ = line.content.removeprefix("My ").partition(" is ")
            found.append(
                Candidate(
                    line.content.replace("My ", "The user's ", 1),
                    (line.message_id,),
                    attribute=subject,
                    confidence=0.8,
                )
            )
    return found


EXTRACTOR = ScriptedExtractor(says)


async def form(system: System, conversation: Conversation) -> None:
    await form_memory(system.memory, EXTRACTOR, conversation.id, threshold=0)


async def said(system: System, conversation: Conversation, *contents: str) -> list[Message]:
    """Turns with a reply each, formed; the user's messages."""
    messages = []
    for content in contents:
        messages.append(await ask(system, conversation, content))
        await answered(system, system.turns(ScriptedModel(["I see."])), conversation)
        await form(system, conversation)
    return messages


async def edit(system: System, conversation: Conversation, message: Message, content: str) -> None:
    await edit_message(system.memory, conversation.user_id, message.id, content, longest=2000)


async def facts(system: System, conversation: Conversation) -> list[tuple[str, str]]:
    found = await system.memories(conversation.owner)
    return [(memory.content, memory.status) for memory in found]


async def episodes(system: System, conversation: Conversation) -> list[str]:
    found = await system.memories(conversation.owner, kind="episode")
    return [memory.content for memory in found if memory.status == "active"]


async def history(system: System, memory: Memory) -> list[str]:
    async with system.store.transaction() as tx:
        return [line.action for line in await tx.histories.of(memory.id)]


async def standing(system: System, conversation: Conversation) -> Relationship:
    async with system.store.transaction() as tx:
        return await tx.relationships.get(conversation.owner)


def measures(relationship: Relationship) -> tuple[float, float, float, str, int]:
    return (
        relationship.level,
        relationship.trust,
        relationship.intimacy,
        relationship.stage,
        relationship.total_interactions,
    )


# --- an edit ------------------------------------------------------------------------------------


async def test_an_edited_message_is_remembered_as_it_says_now(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    [message] = await said(system, conversation, "My dog is Biscuit.")

    await edit(system, conversation, message, "My cat is Pixel.")

    assert await episodes(system, conversation) == ["My cat is Pixel.", "I see."]
    assert await facts(system, conversation) == [("The user's dog is Biscuit.", "retracted")]
    recalled = await system.recalled(conversation.owner, "dog Biscuit", floors=False)
    assert not [text for text in recalled if "Biscuit" in text]
    await form(system, conversation)
    assert await facts(system, conversation) == [
        ("The user's dog is Biscuit.", "retracted"),
        ("The user's cat is Pixel.", "active"),
    ]
    assert "The user's cat is Pixel." in await system.recalled(conversation.owner, "cat Pixel")
    async with system.store.transaction() as tx:
        stored = await tx.messages.get(message.id)
    assert stored is not None
    assert (stored.content, stored.edited_at is not None) == ("My cat is Pixel.", True)


async def test_a_retracted_fact_says_why(system: System) -> None:
    conversation = await system.introduce()
    [message] = await said(system, conversation, "My dog is Biscuit.")

    await edit(system, conversation, message, "Never mind.")

    [fact] = await system.memories(conversation.owner)
    async with system.store.transaction() as tx:
        *_, last = await tx.histories.of(fact.id)
    assert (last.action, last.details["reason"]) == ("retracted", "the message was edited")
    assert await system.index.count(conversation.owner, [fact.id]) == 0


async def test_an_edit_is_formed_exactly_once(system: System) -> None:
    conversation = await system.introduce()
    [message, _] = await said(system, conversation, "My dog is Biscuit.", "My job is welding.")
    before = await standing(system, conversation)
    await edit(system, conversation, message, "My dog is Pixel.")

    await asyncio.gather(*(form(system, conversation) for _ in range(3)))
    await form(system, conversation)

    fresh = [text for text, status in await facts(system, conversation) if status == "active"]
    assert sorted(fresh) == ["The user's dog is Pixel.", "The user's job is welding."]
    assert (await standing(system, conversation)).total_interactions == before.total_interactions
    pixel = next(m for m in await system.memories(conversation.owner) if "Pixel" in m.content)
    assert await history(system, pixel) == ["added"]


async def test_an_edit_asks_for_formation_in_its_own_transaction(system: System) -> None:
    conversation = await system.introduce()
    [message] = await said(system, conversation, "My dog is Biscuit.")
    await system.query("DELETE FROM procrastinate_jobs")

    await edit(system, conversation, message, "My dog is Pixel.")

    assert await system.jobs_of(conversation) == 1
    async with system.store.transaction() as tx:
        assert (await tx.formation.state(conversation.owner)).pending_messages == 1
    await form(system, conversation)
    async with system.store.transaction() as tx:
        assert (await tx.formation.state(conversation.owner)).pending_messages == 0


async def test_formation_that_read_the_old_words_keeps_nothing_of_them(system: System) -> None:
    conversation = await system.introduce()
    [message] = await system.say(conversation, "My dog is Biscuit.")
    gate = asyncio.Semaphore(0)
    slow = ScriptedExtractor(says, gate=gate)
    running = asyncio.create_task(form_memory(system.memory, slow, conversation.id, threshold=0))
    await eventually(lambda: slow.transcripts)

    await edit(system, conversation, message, "My dog is Pixel.")
    gate.release()
    await running

    assert await facts(system, conversation) == []
    assert await system.jobs_of(conversation) == 1
    await form(system, conversation)
    assert await facts(system, conversation) == [("The user's dog is Pixel.", "active")]


async def test_an_edit_while_the_edited_words_are_formed_is_formed_too(system: System) -> None:
    conversation = await system.introduce()
    [message] = await said(system, conversation, "My dog is Biscuit.")
    await edit(system, conversation, message, "My dog is Otto.")
    gate = asyncio.Semaphore(0)
    slow = ScriptedExtractor(says, gate=gate)
    running = asyncio.create_task(form_memory(system.memory, slow, conversation.id, threshold=0))
    await eventually(lambda: slow.transcripts)

    await edit(system, conversation, message, "My dog is Pixel.")
    gate.release()
    await running
    await form(system, conversation)

    active = [text for text, status in await facts(system, conversation) if status == "active"]
    assert active == ["The user's dog is Pixel."]


async def test_what_followed_the_message_is_embedded_with_its_new_words(system: System) -> None:
    conversation = await system.introduce()
    [message, _] = await said(system, conversation, "My dog is Biscuit.", "My job is welding.")

    await edit(system, conversation, message, "My dog is Pixel.")

    said_then = await system.memories(conversation.owner, kind="episode")
    assert ["Pixel" in memory.index_text for memory in said_then] == [True, True, True, False]
    assert "Biscuit" not in "".join(memory.index_text for memory in said_then)


async def test_only_the_message_s_own_follower_is_embedded_anew(system: System) -> None:
    conversation = await system.introduce()
    [first, second] = await said(system, conversation, "Yes.", "Yes.")

    await edit(system, conversation, first, "No.")

    [_, after_first, _, after_second] = await system.memories(conversation.owner, kind="episode")
    assert "No." in after_first.index_text
    assert "Yes." in after_second.index_text
    assert second.content == "Yes."


async def test_a_superseded_fact_holds_again_once_what_took_its_place_is_gone(
    edge_system: System,
) -> None:
    system = edge_system
    conversation = await system.introduce()
    [_, second] = await said(system, conversation, "My home is Porto.", "My home is Lisbon.")
    assert await facts(system, conversation) == [
        ("The user's home is Porto.", "superseded"),
        ("The user's home is Lisbon.", "active"),
    ]

    await edit(system, conversation, second, "Only joking.")

    [porto, lisbon] = await system.memories(conversation.owner)
    assert (porto.status, porto.superseded_by, porto.valid_to) == ("active", None, None)
    assert lisbon.status == "retracted"
    assert await history(system, porto) == ["added", "superseded", "restored"]
    assert porto.content in await system.recalled(conversation.owner, "home Porto")


async def test_of_a_line_of_values_the_one_before_the_gap_keeps_its_place(system: System) -> None:
    conversation = await system.introduce()
    [_, second, third] = await said(
        system, conversation, "My home is Porto.", "My home is Faro.", "My home is Lisbon."
    )

    await edit(system, conversation, second, "Only joking.")

    [porto, faro, lisbon] = await system.memories(conversation.owner)
    assert (porto.status, porto.superseded_by) == ("superseded", lisbon.id)
    assert porto.valid_to == lisbon.valid_from
    assert (faro.status, lisbon.status) == ("retracted", "active")
    await edit(system, conversation, third, "Joking again.")
    [porto, _, _] = await system.memories(conversation.owner)
    assert porto.status == "active"


async def test_an_elder_that_nobody_says_any_more_does_not_come_back(system: System) -> None:
    conversation = await system.introduce()
    [first, second] = await said(system, conversation, "My home is Porto.", "My home is Lisbon.")
    await edit(system, conversation, first, "My home is Faro.")  # still the older of the two
    await form(system, conversation)
    assert [status for _, status in await facts(system, conversation)] == [
        "retracted", "active", "superseded",
    ]  # fmt: skip

    await forget_message(system.memory, conversation.user_id, second.id)

    assert await facts(system, conversation) == [
        ("The user's home is Porto.", "retracted"),
        ("The user's home is Faro.", "active"),
    ]


async def test_a_fact_with_another_source_holds_with_less(system: System) -> None:
    conversation = await system.introduce()
    text = "My dog is Biscuit."
    first, second, third = [
        (await system.say(conversation, text, created_at=NOON + timedelta(days=day)))[0]
        for day in range(3)
    ]
    await form(system, conversation)
    [fact] = await system.memories(conversation.owner)
    twice = reinforced_confidence(0.8, 0.8, INDEPENDENCE)
    thrice = reinforced_confidence(twice, 0.8, INDEPENDENCE)
    assert (fact.reinforcement_count, fact.confidence) == (3, pytest.approx(thrice))

    await edit(system, conversation, first, "Hello.")

    [fact] = await system.memories(conversation.owner)
    assert (fact.status, fact.source_message_ids) == ("active", [second.id, third.id])
    assert (fact.reinforcement_count, fact.confidence) == (2, pytest.approx(twice))
    assert (fact.first_mentioned, fact.last_reinforced) == (second.created_at, third.created_at)
    await edit(system, conversation, third, "Hello again.")
    [fact] = await system.memories(conversation.owner)
    assert (fact.reinforcement_count, fact.confidence) == (1, pytest.approx(0.8))
    await edit(system, conversation, second, "And again.")
    [fact] = await system.memories(conversation.owner)
    assert fact.status == "retracted"


async def test_a_message_that_says_it_again_after_an_edit_counts_once(system: System) -> None:
    conversation = await system.introduce()
    days = [NOON, NOON + timedelta(days=1)]
    first, second = [
        (await system.say(conversation, "My dog is Biscuit.", created_at=day))[0] for day in days
    ]
    await form(system, conversation)
    await edit(system, conversation, first, "Hello.")
    await edit(system, conversation, first, "My dog is Biscuit.")
    await form(system, conversation)

    await edit(system, conversation, second, "Bye.")

    [fact] = await system.memories(conversation.owner)
    assert (fact.status, fact.reinforcement_count) == ("active", 1)
    assert fact.source_message_ids == [first.id]
    assert fact.confidence == pytest.approx(0.8)


async def test_what_a_person_wrote_down_needs_no_message(system: System) -> None:
    conversation = await system.introduce()
    owner = conversation.owner
    note = await remember(system.memory, owner, Note("The user's dog is Biscuit."))
    [message, other] = await said(system, conversation, "My dog is Biscuit.", "My job is welding.")
    job = next(m for m in await system.memories(owner) if "welding" in m.content)
    await correct(system.memory, owner, job.id, Correction("The user's job is plumbing."))

    await edit(system, conversation, message, "Hello.")
    await edit(system, conversation, other, "Bye.")

    active = {m.id: m for m in await system.memories(owner) if m.status == "active"}
    assert set(active) == {note.id, job.id}
    assert active[note.id].source_message_ids == []
    assert active[job.id].content == "The user's job is plumbing."


async def test_the_relationship_is_what_it_would_be_without_the_message(system: System) -> None:
    conversation = await system.introduce()
    await said(system, conversation, "I love this.")
    before = measures(await standing(system, conversation))
    [message] = await said(system, conversation, "Thank you, you are wonderful. I feel happy.")
    assert measures(await standing(system, conversation)) != before

    await forget_message(system.memory, conversation.user_id, message.id)

    assert measures(await standing(system, conversation)) == before


async def test_an_edited_message_moves_the_relationship_by_its_new_words(system: System) -> None:
    conversation = await system.introduce()
    [message] = await said(system, conversation, "I hate you, you are stupid.")
    cold = await standing(system, conversation)

    await edit(system, conversation, message, "Thank you, that was wonderful.")
    await form(system, conversation)

    warm = await standing(system, conversation)
    assert warm.level > 10 > cold.level
    assert warm.total_interactions == cold.total_interactions == 1


async def test_the_same_words_again_change_nothing(system: System) -> None:
    conversation = await system.introduce()
    [message] = await said(system, conversation, "My dog is Biscuit.")
    await system.query("DELETE FROM procrastinate_jobs")

    await edit(system, conversation, message, "My dog is Biscuit.")

    assert await system.jobs_of(conversation) == 0
    assert await facts(system, conversation) == [("The user's dog is Biscuit.", "active")]
    async with system.store.transaction() as tx:
        stored = await tx.messages.get(message.id)
    assert stored is not None
    assert stored.edited_at is None


@pytest.mark.parametrize(
    ("content", "error"),
    [("  ", InvalidRequest), ("a\x00b", InvalidRequest), ("x" * 2001, MessageTooLong)],
)
async def test_a_message_can_t_be_changed_into_anything(
    system: System, content: str, error: type[Exception]
) -> None:
    conversation = await system.introduce()
    [message] = await system.say(conversation, "Hello.")

    with pytest.raises(error):
        await edit(system, conversation, message, content)

    async with system.store.transaction() as tx:
        stored = await tx.messages.get(message.id)
    assert stored is not None
    assert stored.content == "Hello."


async def test_somebody_else_s_message_can_t_be_changed(system: System) -> None:
    conversation, other = await system.introduce(), await system.introduce()
    [message] = await system.say(conversation, "Hello.")

    with pytest.raises(NotFound):
        await edit(system, other, message, "Mine.")
    with pytest.raises(NotFound):
        await forget_message(system.memory, other.user_id, message.id)


async def test_an_edited_question_is_answered_by_its_new_words_when_regenerated(
    system: System,
) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(lambda prompt: f"Re: {prompt.message}")
    reply = await answered(system, system.turns(model), conversation, "One?")
    async with system.store.transaction() as tx:
        question = await tx.messages.get(reply.reply_to)  # type: ignore[arg-type]
    assert question is not None

    await edit(system, conversation, question, "Two?")
    again = await answered(system, system.turns(model), conversation, replaces=reply)

    assert again.content == "Re: Two?"
    assert await episodes(system, conversation) == ["Two?", "Re: Two?"]


async def test_an_edit_while_the_message_is_answered_is_what_is_remembered(
    system: System,
) -> None:
    conversation = await system.introduce()
    message = await ask(system, conversation, "My dog is Biscuit.")
    assignment = await assigned(system, conversation.id)
    await edit(system, conversation, message, "My dog is Pixel.")

    await run(system.turns(ScriptedModel(["I see."])), assignment)

    assert await episodes(system, conversation) == ["My dog is Pixel.", "I see."]


# --- regenerating and variants ------------------------------------------------------------------


def promises(transcript: Transcript) -> Sequence[Candidate]:
    return [
        Candidate(f"Mira said: {line.content}", (line.message_id,), about="character")
        for line in transcript.lines
        if line.sender_type == "character"
    ]


async def test_a_regenerated_reply_takes_back_what_its_old_words_supported(
    edge_system: System,
) -> None:
    system = edge_system
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["I keep purple bees.", "I keep hens."]))
    old = await answered(system, turns, conversation, "What do you keep?")
    extractor = ScriptedExtractor(promises)
    await form_memory(system.memory, extractor, conversation.id, threshold=0)

    await answered(system, turns, conversation, replaces=old)
    await form_memory(system.memory, extractor, conversation.id, threshold=0)

    assert await facts(system, conversation) == [
        ("Mira said: I keep purple bees.", "retracted"),
        ("Mira said: I keep hens.", "active"),
    ]
    assert await episodes(system, conversation) == ["What do you keep?", "I keep hens."]
    recalled = await system.recalled(conversation.owner, "purple bees", floors=False)
    assert not [text for text in recalled if "purple" in text]


async def test_the_chosen_variant_is_what_is_remembered(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["I keep purple bees.", "I keep hens."]))
    reply = await answered(system, turns, conversation, "What do you keep?")
    await answered(system, turns, conversation, replaces=reply)

    changed = await choose_variant(system.memory, conversation.user_id, reply.id, 0)

    assert (changed.message.content, changed.message.active_variant) == ("I keep purple bees.", 0)
    assert await episodes(system, conversation) == ["What do you keep?", "I keep purple bees."]
    assert "I keep purple bees." in await system.recalled(conversation.owner, "purple bees")
    with pytest.raises(NotFound):
        await choose_variant(system.memory, conversation.user_id, reply.id, 2)


async def test_editing_a_reply_changes_its_active_variant(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["I keep bees.", "I keep hens."]))
    reply = await answered(system, turns, conversation, "What do you keep?")
    reply = await answered(system, turns, conversation, replaces=reply)

    await edit(system, conversation, reply, "I keep ducks.")

    async with system.store.transaction() as tx:
        variants = await tx.messages.variants([reply.id])
    assert [variant.content for variant in variants] == ["I keep bees.", "I keep ducks."]


async def test_a_reply_to_what_was_forgotten_doesn_t_quote_it_when_regenerated(
    system: System,
) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["Noted.", "47x11, understood."]))
    reply = await answered(system, turns, conversation, "My PIN is 47x11.")
    [episode, _] = await system.memories(conversation.owner, kind="episode")
    await forget_memory(system.memory, conversation.owner, episode.id)

    await answered(system, turns, conversation, replaces=reply)
    await sweep_once(system.memory, settle=timedelta(0))

    assert await tables_with(system, "47x11") == []
