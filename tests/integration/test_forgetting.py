"""Forgetting: what is gone is gone everywhere, and the receipt says so."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.redis.cache_keys import RedisCacheKeys
from backend.adapters.redis.connection import command_client
from backend.conversation.editing import edit_message
from backend.errors import Conflict, KeepsakeError, NotFound
from backend.memory.forgetting import (
    forget_conversation,
    forget_memory,
    forget_message,
    forget_pair,
)
from backend.memory.formation import form_memory
from backend.memory.receipts import Receipt, Remaining
from backend.memory.remembering import Note, remember
from backend.memory.summaries import fold
from backend.models import Conversation, Memory, Message, Owner, new_id
from backend.models.candidate import Candidate
from backend.worker.index_sync import sweep_once
from tests.support.doubles import ScriptedExtractor
from tests.support.eventually import eventually
from tests.support.records import a_memory
from tests.support.residue import tables_with
from tests.support.summaries import ScriptedSummariser, numbered, talk
from tests.support.system import System
from tests.support.turns import answered, ask, assigned, run

SECRET = "My PIN is 47x11."
NOTHING_LEFT = Remaining(rows=0, vectors=0, cache_keys=0)


async def turn(
    system: System, conversation: Conversation, content: str, reply: str = "Noted."
) -> Message:
    """A turn; gives the user's message."""
    message = await ask(system, conversation, content)
    await answered(system, system.turns(ScriptedModel([reply])), conversation)
    return message


async def form(system: System, conversation: Conversation) -> None:
    """A fact of each of the user's lines, word for word."""
    extractor = ScriptedExtractor(
        lambda t: [
            Candidate(
                line.content.replace("My", "The user's", 1),
                (line.message_id,),
                attribute="dog" if "dog" in line.content else None,
            )
            for line in t.lines
            if line.sender_type == "user" and line.content.startswith("My")
        ]
    )
    await form_memory(system.memory, extractor, conversation.id, threshold=0)


async def learned(system: System) -> tuple[Conversation, Memory]:
    """A turn in which the user says a secret, and the fact that was formed of it."""
    conversation = await system.introduce()
    await turn(system, conversation, SECRET)
    await form(system, conversation)
    [fact] = await system.memories(conversation.owner)
    return conversation, fact


async def sweep(system: System) -> int:
    return await sweep_once(system.memory, settle=timedelta(0))


async def untraced(system: System, text: str) -> bool:
    """Whether a text stands in no table but the transcript."""
    return await tables_with(system, text) == []


# --- one memory ---------------------------------------------------------------------------------


async def test_forgetting_a_fact_takes_the_words_it_came_from_along(edge_system: System) -> None:
    system = edge_system
    conversation, fact = await learned(system)
    owner = conversation.owner
    assert SECRET in await system.recalled(owner, "What is my PIN?", kinds=("episode",))

    receipt = await forget_memory(system.memory, owner, fact.id)

    assert receipt == Receipt(2, 2, 0, NOTHING_LEFT)
    assert await system.recalled(owner, "PIN 47x11", floors=False) == ["Noted."]
    assert await system.index.count(owner) == 1
    async with system.store.transaction() as tx:
        [said, _] = await tx.messages.page(conversation.id, limit=10)
    assert said.content == SECRET  # the message itself stays in its conversation


async def test_nothing_of_what_was_forgotten_stands_anywhere_but_in_the_conversation(
    system: System,
) -> None:
    conversation, fact = await learned(system)
    await turn(system, conversation, "What is my PIN?", "It is 47x11, as you said!")
    await turn(system, conversation, "Good.")
    before = await tables_with(system, "47x11")
    assert {"memory", "memory_revision", "reply_context", "conversation"} <= set(before)

    receipt = await forget_memory(system.memory, conversation.owner, fact.id)

    assert await tables_with(system, "47x11") == []
    assert receipt.remaining == NOTHING_LEFT
    assert await system.index.count(conversation.owner) == 4


async def test_the_character_is_not_shown_again_what_was_forgotten(system: System) -> None:
    conversation, fact = await learned(system)
    await forget_memory(system.memory, conversation.owner, fact.id)
    model = ScriptedModel(["I don't know."])

    await answered(system, system.turns(model), conversation, "What is my PIN?")

    [prompt] = model.prompts
    assert [line.content for line in prompt.history] == ["Noted."]
    assert await untraced(system, "47x11"), "nor does the record of its reply hold it"


async def test_what_is_forgotten_before_it_is_formed_is_never_formed(system: System) -> None:
    conversation = await system.introduce()
    await turn(system, conversation, SECRET)
    [secret, _] = await system.memories(conversation.owner, kind="episode")

    await forget_memory(system.memory, conversation.owner, secret.id)
    await form(system, conversation)

    assert await system.memories(conversation.owner) == []


async def test_formation_that_has_read_what_is_forgotten_meanwhile_keeps_nothing_of_it(
    system: System,
) -> None:
    conversation = await system.introduce()
    await turn(system, conversation, SECRET)
    [secret, _] = await system.memories(conversation.owner, kind="episode")
    gate = asyncio.Semaphore(0)
    slow = ScriptedExtractor(lambda t: [Candidate(SECRET, (t.lines[0].message_id,))], gate=gate)
    running = asyncio.create_task(form_memory(system.memory, slow, conversation.id, threshold=0))
    await eventually(lambda: slow.transcripts)

    await forget_memory(system.memory, conversation.owner, secret.id)
    gate.release()
    await running

    assert await untraced(system, "47x11")


async def test_what_the_conversation_was_said_to_be_about_goes_from_later_records(
    system: System,
) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, 59), SECRET, *numbered(61, 62))
    await form(system, conversation)
    await fold(system.memory, ScriptedSummariser(), conversation.id, window=20)
    await turn(system, conversation, "Go on.")
    [fact] = await system.memories(conversation.owner)
    assert "reply_context" in await tables_with(system, "My PIN is 47x11")

    await forget_memory(system.memory, conversation.owner, fact.id)
    await sweep(system)

    assert await untraced(system, "47x11")


async def test_a_message_that_says_something_else_by_now_is_not_forgotten_with_the_fact(
    system: System,
) -> None:
    conversation = await system.introduce()
    secret = await turn(system, conversation, SECRET)
    await form(system, conversation)
    await edit_message(system.memory, conversation.user_id, secret.id, "I sing.", longest=2000)
    [fact] = await system.memories(conversation.owner)

    receipt = await forget_memory(system.memory, conversation.owner, fact.id)

    assert receipt.remaining == NOTHING_LEFT
    assert "I sing." in await system.recalled(conversation.owner, "sing", floors=False)


async def test_a_fact_that_two_conversations_support_is_forgotten_in_both(system: System) -> None:
    conversation, fact = await learned(system)
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    other = await system.introduce(user, character)
    await turn(system, other, SECRET, "47x11 it is.")
    await form(system, other)

    receipt = await forget_memory(system.memory, conversation.owner, fact.id)

    # The fact, what the user said twice, and what the character said.
    assert receipt == Receipt(4, 4, 0, NOTHING_LEFT)
    assert await untraced(system, "47x11")


async def test_the_receipt_says_what_is_left(system: System) -> None:
    conversation, fact = await learned(system)

    async with system.store.transaction() as tx:
        rows = await tx.traces.of_memories(
            conversation.owner,
            [fact.id],
            hashes=[fact.content_hash],
            quoted=fact.source_message_ids,
            cited=fact.source_message_ids,
        )
        elsewhere = await tx.traces.of_memories(
            Owner(new_id(), conversation.user_id), [new_id()], hashes=[fact.content_hash]
        )

    # The fact, its episode, the line of the fact's history, the reply's context and the message.
    assert rows == 5
    assert elsewhere == 0


async def test_forgetting_a_fact_takes_the_values_along_that_it_replaced(system: System) -> None:
    conversation = await system.introduce()
    for name in ("Otto", "Otis"):
        await turn(system, conversation, f"My dog is called {name}.")
        await form(system, conversation)
    known = await system.memories(conversation.owner)
    [otis] = [memory for memory in known if memory.status == "active"]
    assert "Otis" in otis.content
    assert len(known) == 2

    await forget_memory(system.memory, conversation.owner, otis.id)

    assert await system.query("SELECT 1 FROM memory")
    assert await untraced(system, "Otto")
    assert await untraced(system, "Otis")


async def test_the_character_s_echoes_go_too_and_what_else_it_says_stays(system: System) -> None:
    conversation = await system.introduce()
    await turn(system, conversation, "My dog is called Biscuit.", "Biscuit! What a fine name.")
    await form(system, conversation)
    await turn(system, conversation, "I like rain.", "So do I. Is your dog a good swimmer?")
    [fact] = await system.memories(conversation.owner)

    await forget_memory(system.memory, conversation.owner, fact.id)

    assert await untraced(system, "Biscuit")
    episodes = await system.memories(conversation.owner, kind="episode")
    assert [memory.content for memory in episodes] == [
        "I like rain.",
        "So do I. Is your dog a good swimmer?",
    ]


async def test_a_summary_that_holds_it_is_taken_back(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, SECRET, *numbered(2, 60))
    await form(system, conversation)
    summariser = ScriptedSummariser()
    await fold(system.memory, summariser, conversation.id, window=20)
    [fact] = await system.memories(conversation.owner)
    assert "memory" in await tables_with(system, "47x11")

    receipt = await forget_memory(system.memory, conversation.owner, fact.id)
    await sweep(system)

    assert receipt.remaining == NOTHING_LEFT
    assert await untraced(system, "47x11")
    await fold(system.memory, summariser, conversation.id, window=20)
    assert await untraced(system, "47x11")
    assert await system.memories(conversation.owner, kind="summary")


async def test_the_same_fact_under_another_id_goes_too(system: System) -> None:
    conversation, fact = await learned(system)
    twin = a_memory(conversation.owner, fact.content, status="retracted")
    await system.keep(twin)

    receipt = await forget_memory(system.memory, conversation.owner, fact.id)

    assert receipt.memories_deleted == 3
    assert await untraced(system, "47x11")


async def test_forgetting_an_episode_leaves_the_fact(system: System) -> None:
    conversation, fact = await learned(system)
    episodes = await system.memories(conversation.owner, kind="episode")

    assert (await forget_memory(system.memory, conversation.owner, episodes[0].id)) == Receipt(
        1, 1, 0, NOTHING_LEFT
    )

    [left] = await system.memories(conversation.owner)
    assert left.id == fact.id
    assert len(await system.memories(conversation.owner, kind="episode")) == 1


@pytest.mark.parametrize("whose", ["another user's", "another character's", "nobody's"])
async def test_only_one_s_own_memory_can_be_forgotten(system: System, whose: str) -> None:
    conversation, fact = await learned(system)
    other = (await system.introduce()).owner
    owner = {
        "another user's": Owner(conversation.character_id, other.user_id),
        "another character's": Owner(other.character_id, conversation.user_id),
        "nobody's": conversation.owner,
    }[whose]

    with pytest.raises(NotFound):
        await forget_memory(system.memory, owner, new_id() if whose == "nobody's" else fact.id)

    assert await system.memories(conversation.owner) == [fact]


async def test_with_the_index_down_the_text_is_gone_at_once_and_the_sweep_does_the_rest(
    system: System,
) -> None:
    conversation, fact = await learned(system)
    owner = conversation.owner
    system.index.down = True

    receipt = await forget_memory(system.memory, owner, fact.id)

    assert receipt == Receipt(2, None, 0, Remaining(0, None, 0))
    assert await untraced(system, "47x11")
    [row] = await system.memories(owner)
    assert (row.content, row.index_text, row.status, row.index_state) == (
        "",
        "",
        "retracted",
        "pending",
    )
    with pytest.raises(NotFound):
        await forget_memory(system.memory, owner, fact.id)
    system.index.down = False
    assert await system.recalled(owner, "PIN 47x11", floors=False) == ["Noted."]
    assert await system.index.count(owner) == 3

    await sweep(system)

    assert await system.memories(owner) == []
    assert await system.index.count(owner) == 1
    assert await sweep(system) == 0


async def test_what_is_forgotten_can_be_remembered_again(system: System) -> None:
    owner = (await system.introduce()).owner
    first = await remember(system.memory, owner, Note("The user likes tea."))
    await forget_memory(system.memory, owner, first.id)

    second = await remember(system.memory, owner, Note("The user likes tea."))

    assert [memory.id for memory in await system.memories(owner)] == [second.id]


async def test_what_is_forgotten_while_it_is_mentioned_again_is_forgotten_first(
    system: System,
) -> None:
    owner = (await system.introduce()).owner
    memory = a_memory(owner)
    await system.keep(memory)
    held, let_go = asyncio.Event(), asyncio.Event()

    async def forming() -> None:
        async with system.store.transaction() as tx:
            await tx.memories.lock(owner)
            held.set()
            await let_go.wait()

    running = asyncio.create_task(forming())
    await held.wait()
    forgetting = asyncio.create_task(forget_memory(system.memory, owner, memory.id))
    waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    await eventually(lambda: system.query(waits))
    assert [row.status for row in await system.memories(owner)] == ["active"]
    let_go.set()
    await asyncio.gather(running, forgetting)

    assert await system.memories(owner) == []


async def test_a_reply_that_was_given_the_memory_meanwhile_keeps_no_record_of_it(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.keep(fact := a_memory(conversation.owner, "The user's PIN is 47x11."))
    gate = asyncio.Semaphore(0)
    model = ScriptedModel([["Let me ", "see."]], gate=gate)
    await ask(system, conversation, "What is my PIN?")
    running = asyncio.create_task(run(system.turns(model), await assigned(system, conversation.id)))
    await eventually(lambda: model.prompts)
    assert "47x11" in model.prompts[0].situation

    await forget_memory(system.memory, conversation.owner, fact.id)
    gate.release()
    gate.release()
    await running

    assert await untraced(system, "47x11")
    episodes = await system.memories(conversation.owner, kind="episode")
    assert [memory.about for memory in episodes] == ["user"], (
        "the reply may say it in its own words"
    )


# --- one message --------------------------------------------------------------------------------


async def test_a_deleted_message_leaves_an_empty_place_and_nothing_else(
    edge_system: System,
) -> None:
    system = edge_system
    conversation = await system.introduce()
    secret = await turn(system, conversation, SECRET)
    await form(system, conversation)
    await turn(system, conversation, "Good.")
    [fact] = await system.memories(conversation.owner)

    forgotten = await forget_message(system.memory, conversation.user_id, secret.id)

    assert await tables_with(system, "47x11", but=()) == []
    assert forgotten.receipt == Receipt(2, 2, 0, NOTHING_LEFT)
    assert [memory.id for memory in forgotten.withdrawal.unsupported] == [fact.id]
    async with system.store.transaction() as tx:
        shown = await tx.messages.page(conversation.id, limit=10)
        all_of_them = await tx.messages.page(conversation.id, limit=10, with_deleted=True)
        now = await tx.conversations.get(conversation.id)
    assert [message.seq for message in shown] == [2, 3, 4]
    assert [message.seq for message in all_of_them] == [1, 2, 3, 4]
    assert (all_of_them[0].content, all_of_them[0].details) == ("", {})
    assert now is not None
    assert (now.message_count, now.last_seq) == (3, 4)
    with pytest.raises(NotFound):
        await forget_message(system.memory, conversation.user_id, secret.id)


async def test_the_reply_that_repeats_a_deleted_message_is_not_remembered_either(
    system: System,
) -> None:
    conversation = await system.introduce()
    secret = await turn(system, conversation, SECRET, "47x11, got it.")  # not formed yet

    await forget_message(system.memory, conversation.user_id, secret.id)

    assert await untraced(system, "47x11")


async def test_a_fact_that_was_retracted_by_an_edit_goes_with_the_message(
    system: System,
) -> None:
    conversation = await system.introduce()
    secret = await turn(system, conversation, SECRET)
    await form(system, conversation)
    await edit_message(system.memory, conversation.user_id, secret.id, "Hush.", longest=2000)
    assert "memory" in await tables_with(system, "47x11")

    await forget_message(system.memory, conversation.user_id, secret.id)

    assert await untraced(system, "47x11")


async def test_what_a_deleted_message_had_replaced_holds_again(system: System) -> None:
    conversation = await system.introduce()
    await turn(system, conversation, "My dog is called Otto.")
    await form(system, conversation)
    second = await turn(system, conversation, "My dog is called Otis.")
    await form(system, conversation)

    forgotten = await forget_message(system.memory, conversation.user_id, second.id)
    await sweep(system)

    [otto] = await system.memories(conversation.owner)
    assert (otto.content, otto.status) == ("The user's dog is called Otto.", "active")
    assert [memory.id for memory in forgotten.withdrawal.restored] == [otto.id]
    assert otto.content in await system.recalled(conversation.owner, "dog called Otto")
    assert forgotten.receipt.remaining == NOTHING_LEFT
    assert await untraced(system, "Otis")


async def test_a_message_deleted_while_it_is_formed_leaves_nothing(system: System) -> None:
    conversation = await system.introduce()
    [secret, other] = await system.say(conversation, SECRET, "My cat is called Tom.")
    gate = asyncio.Semaphore(0)
    slow = ScriptedExtractor(
        lambda t: [Candidate(line.content, (line.message_id,)) for line in t.lines], gate=gate
    )
    running = asyncio.create_task(form_memory(system.memory, slow, conversation.id, threshold=0))
    await eventually(lambda: slow.transcripts)

    await forget_message(system.memory, conversation.user_id, secret.id)
    gate.release()
    await running

    assert await tables_with(system, "47x11", but=()) == []
    assert await system.jobs_of(conversation) == 1
    await form(system, conversation)
    assert [m.source_message_ids for m in await system.memories(conversation.owner)] == [[other.id]]


async def test_a_message_deleted_while_it_is_answered_leaves_no_reply(system: System) -> None:
    conversation = await system.introduce()
    secret = await ask(system, conversation, SECRET)
    await ask(system, conversation, "Hello?")
    assignment = await assigned(system, conversation.id)
    await forget_message(system.memory, conversation.user_id, secret.id)

    with pytest.raises(Conflict):
        await run(system.turns(ScriptedModel(["47x11, noted."])), assignment)

    assert await tables_with(system, "47x11", but=()) == []
    assert (await assigned(system, conversation.id)).target.content == "Hello?"


async def test_a_reply_deleted_while_it_is_written_anew_stays_deleted(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["I like tea.", "I like jam."]))
    reply = await answered(system, turns, conversation, "What do you like?")
    assignment = await assigned(system, conversation.id, replaces=reply)
    await forget_message(system.memory, conversation.user_id, reply.id)

    with pytest.raises(Conflict):
        await run(turns, assignment)

    async with system.store.transaction() as tx:
        stored = await tx.messages.get(reply.id)
        variants = await tx.messages.variants([reply.id])
        context = await tx.contexts.get(reply.id)
    assert stored is not None
    assert (stored.content, variants, context) == ("", [], None)


# --- one conversation ---------------------------------------------------------------------------


async def test_a_deleted_conversation_takes_along_what_was_learned_there_alone(
    edge_system: System,
) -> None:
    system = edge_system
    conversation, _ = await learned(system)
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    other = await system.introduce(user, character)
    for each in (conversation, other):
        await turn(system, each, "My cat is called Tom.")
        await form(system, each)
    await turn(system, other, "What is my PIN?", "No idea.")

    receipt = (
        await forget_conversation(system.memory, conversation.user_id, conversation.id)
    ).receipt

    assert receipt.remaining == NOTHING_LEFT
    # The fact, and four messages as episodes.
    assert (receipt.memories_deleted, receipt.vectors_deleted) == (5, 5)
    assert await tables_with(system, "47x11", but=()) == []
    [cat] = await system.memories(other.owner)
    assert (cat.status, cat.reinforcement_count) == ("active", 1)
    async with system.store.transaction() as tx:
        assert await tx.conversations.of_user(conversation.id, conversation.user_id) is None
        assert await tx.messages.page(conversation.id, limit=10, with_deleted=True) == []
        assert await tx.messages.page(other.id, limit=10)
    with pytest.raises(NotFound):
        await forget_conversation(system.memory, conversation.user_id, conversation.id)


async def test_what_the_character_repeats_elsewhere_goes_with_the_conversation_it_came_from(
    system: System,
) -> None:
    conversation, _ = await learned(system)
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    other = await system.introduce(user, character)
    await turn(system, other, "What is my PIN?", "It is 47x11, as you said!")
    await turn(system, other, "Good.")

    gone = await forget_conversation(system.memory, conversation.user_id, conversation.id)

    assert gone.receipt.remaining == NOTHING_LEFT
    assert await untraced(system, "47x11")
    episodes = await system.memories(conversation.owner, kind="episode")
    assert [memory.content for memory in episodes] == ["What is my PIN?", "Good.", "Noted."]


async def test_what_the_user_says_elsewhere_too_is_theirs_and_stays(system: System) -> None:
    conversation, _ = await learned(system)
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    other = await system.introduce(user, character)
    await turn(system, other, SECRET)  # not formed yet

    await forget_conversation(system.memory, conversation.user_id, conversation.id)
    await form(system, other)

    [fact] = await system.memories(other.owner)
    assert fact.status == "active"


async def test_somebody_else_s_conversation_can_t_be_deleted(system: System) -> None:
    conversation, fact = await learned(system)
    other = await system.introduce()

    with pytest.raises(NotFound):
        await forget_conversation(system.memory, other.user_id, conversation.id)

    assert await system.memories(conversation.owner) == [fact]


async def test_a_reply_that_ends_after_the_conversation_was_deleted_is_not_stored(
    system: System,
) -> None:
    conversation = await system.introduce()
    await ask(system, conversation, SECRET)
    assignment = await assigned(system, conversation.id)
    await forget_conversation(system.memory, conversation.user_id, conversation.id)

    with pytest.raises(Conflict):
        await run(system.turns(ScriptedModel(["47x11, noted."])), assignment)

    assert await tables_with(system, "47x11", but=()) == []


async def test_the_relationship_is_what_it_would_be_without_the_conversation(
    system: System,
) -> None:
    conversation = await system.introduce()
    await turn(system, conversation, "Thank you, you are wonderful.")
    await form(system, conversation)

    await forget_conversation(system.memory, conversation.user_id, conversation.id)

    async with system.store.transaction() as tx:
        relationship = await tx.relationships.get(conversation.owner)
    assert (relationship.level, relationship.total_interactions) == (10.0, 0)


# --- one pair -----------------------------------------------------------------------------------


async def test_everything_of_a_pair_is_forgotten_and_nothing_of_the_next(
    edge_system: System,
) -> None:
    system = edge_system
    conversation, _ = await learned(system)
    owner = conversation.owner
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
    next_door = await system.introduce(user)
    await turn(system, next_door, "My cat is called Tom.")
    await form(system, next_door)
    kept = await system.index.count(next_door.owner)

    receipt = await forget_pair(system.memory, owner)

    assert receipt == Receipt(3, 3, 0, NOTHING_LEFT)
    assert await tables_with(system, "47x11") == []
    assert await system.index.count(owner) == 0
    assert await system.index.count(next_door.owner) == kept > 0
    async with system.store.transaction() as tx:
        assert len(await tx.messages.page(conversation.id, limit=10)) == 2


async def test_what_was_said_before_is_not_remembered_again(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, SECRET, *numbered(2, 60))

    await forget_pair(system.memory, conversation.owner)
    await form(system, conversation)
    await fold(system.memory, ScriptedSummariser(), conversation.id, window=20)

    assert await system.memories(conversation.owner) == []
    assert await system.memories(conversation.owner, kind="summary") == []
    await turn(system, conversation, "My cat is called Tom.")
    await form(system, conversation)
    [cat] = await system.memories(conversation.owner)
    assert "Tom" in cat.content
    assert await untraced(system, "47x11")


async def test_a_reply_that_ends_after_everything_was_forgotten_is_not_remembered(
    system: System,
) -> None:
    conversation = await system.introduce()
    await ask(system, conversation, SECRET)
    assignment = await assigned(system, conversation.id)
    await forget_pair(system.memory, conversation.owner)

    await run(system.turns(ScriptedModel(["47x11, noted."])), assignment)

    assert await system.memories(conversation.owner, kind="episode") == []


# --- what Redis holds ---------------------------------------------------------------------------


async def test_keys_that_name_what_was_forgotten_go_and_others_stay(
    system: System, redis: Redis
) -> None:
    conversation, fact = await learned(system)
    resources = system.with_cache(redis)
    theirs = f"keepsake:cache:memory:{fact.id}"
    others = f"keepsake:cache:memory:{new_id()}"
    foreign = f"another-program:{fact.id}"
    for key in (theirs, others, foreign):
        await redis.set(key, "47x11")

    receipt = await forget_memory(resources, conversation.owner, fact.id)

    assert (receipt.cache_keys_deleted, receipt.remaining.cache_keys) == (1, 0)
    assert await redis.exists(theirs) == 0
    assert await redis.exists(others, foreign) == 2


async def test_forgetting_a_pair_doesn_t_lift_the_user_s_rate_limit(
    system: System, redis: Redis
) -> None:
    conversation, _ = await learned(system)
    await redis.set(f"keepsake:rate:message:{conversation.user_id}", 1)
    await redis.set(f"keepsake:cache:{conversation.owner.key}", 1)
    receipt = await forget_pair(system.with_cache(redis), conversation.owner)
    assert receipt.cache_keys_deleted == 1


async def test_with_redis_away_the_receipt_doesn_t_say_that_all_is_gone(system: System) -> None:
    conversation, fact = await learned(system)
    nobody = command_client("redis://127.0.0.1:1/0")

    receipt = await forget_memory(system.with_cache(nobody), conversation.owner, fact.id)

    assert receipt == Receipt(2, 2, None, Remaining(0, 0, None))
    with pytest.raises(KeepsakeError):
        await RedisCacheKeys(nobody).count(["x"])
    await nobody.aclose()
