"""One turn on a real database: what is stored, when, and what happens when a part fails."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.conversation.accepting import Draft, accept
from backend.conversation.context_builder import ContextPolicy
from backend.conversation.turn import ReplyDelta, ReplyEnded, ReplyStarted, answer
from backend.errors import (
    Conflict,
    InvalidRequest,
    MessageTooLong,
    ModelError,
    ModelOverloaded,
    NotFound,
)
from backend.models import Conversation, Memory, Message, MessageVariant, ReplyContext, new_id
from backend.ports import PromptMessage
from tests.support.eventually import eventually
from tests.support.records import a_memory, a_user
from tests.support.system import System
from tests.support.turns import answered, ask, assigned, run


async def transcript(system: System, conversation: Conversation) -> list[tuple[int, str, str]]:
    async with system.store.transaction() as tx:
        messages = await tx.messages.page(conversation.id, limit=200)
    return [(message.seq, message.sender_type, message.content) for message in messages]


async def context_of(system: System, reply: Message) -> ReplyContext:
    async with system.store.transaction() as tx:
        context = await tx.contexts.get(reply.id)
    assert context is not None
    return context


async def stored(system: System, conversation: Conversation) -> Conversation:
    async with system.store.transaction() as tx:
        found = await tx.conversations.get(conversation.id)
    assert found is not None
    return found


async def variants_of(system: System, reply: Message) -> list[MessageVariant]:
    async with system.store.transaction() as tx:
        return await tx.messages.variants([reply.id])


async def active_episodes(system: System, conversation: Conversation) -> list[str]:
    rows = await system.memories(conversation.owner, kind="episode")
    return [row.content for row in rows if row.status == "active"]


# --- T1 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (Draft(" \n"), InvalidRequest),
        (Draft("Hello.", "system"), InvalidRequest),
        (Draft("Hello.", "video"), InvalidRequest),
        (Draft("NUL \x00 in it"), InvalidRequest),
        (Draft("half a pair \ud800"), InvalidRequest),
        (Draft("Hello.", client_message_id="NUL \x00"), InvalidRequest),
        (Draft("Hello.", client_message_id="half \ud800"), InvalidRequest),
        (Draft("x" * 11), MessageTooLong),
    ],
    ids=["blank", "system", "video", "NUL", "surrogate", "NUL id", "surrogate id", "long"],
)
async def test_what_can_not_be_a_message_is_refused_and_nothing_stored(
    system: System, draft: Draft, error: type[Exception]
) -> None:
    conversation = await system.introduce()

    with pytest.raises(error):
        await accept(
            system.store,
            user_id=conversation.user_id,
            conversation_id=conversation.id,
            draft=draft,
            longest=10 if error is MessageTooLong else 2000,
        )

    assert await transcript(system, conversation) == []


async def test_nobody_writes_into_another_s_or_a_deleted_conversation(system: System) -> None:
    theirs, deleted = await system.introduce(), await system.introduce()
    async with system.store.transaction() as tx:
        await tx.conversations.change(deleted.id, status="deleted")

    for user_id, conversation_id in (
        (new_id(), theirs.id),
        (deleted.user_id, deleted.id),
        (deleted.user_id, new_id()),
    ):
        with pytest.raises(NotFound):
            await accept(
                system.store,
                user_id=user_id,
                conversation_id=conversation_id,
                draft=Draft("Hello."),
                longest=2000,
            )


async def test_a_repeated_message_is_the_first_one_whatever_it_says_now(system: System) -> None:
    conversation = await system.introduce()
    drafts = [Draft("First.", client_message_id="1"), Draft("Second.", client_message_id="1")]

    first, second = [
        await accept(
            system.store,
            user_id=conversation.user_id,
            conversation_id=conversation.id,
            draft=draft,
            longest=2000,
        )
        for draft in drafts
    ]

    assert (first.repeated, second.repeated) == (False, True)
    assert second.message.content == "First."
    assert await transcript(system, conversation) == [(1, "user", "First.")]


async def test_writing_brings_an_archived_conversation_back(system: System) -> None:
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        await tx.conversations.change(conversation.id, status="archived")

    await ask(system, conversation, "Hello?")

    assert (await stored(system, conversation)).status == "active"


# --- T2 -----------------------------------------------------------------------------------------


async def test_a_reply_is_stored_with_everything_that_belongs_to_it(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel([["Hello ", "Ada!"]]))
    question = await ask(system, conversation, "Hi, I'm happy today.")

    events = await run(turns, await assigned(system, conversation.id))

    started, first, second, ended = events
    assert isinstance(started, ReplyStarted)
    assert isinstance(ended, ReplyEnded)
    reply = ended.message
    assert [first, second] == [ReplyDelta(reply.id, 0, "Hello "), ReplyDelta(reply.id, 1, "Ada!")]
    assert started.message_id == reply.id
    assert (reply.content, reply.state, reply.reply_to) == ("Hello Ada!", "complete", question.id)
    assert (reply.details["model"], reply.details["tokens"]) == ("scripted", 2)
    assert await transcript(system, conversation) == [
        (1, "user", "Hi, I'm happy today."),
        (2, "character", "Hello Ada!"),
    ]
    after = await stored(system, conversation)
    assert (after.answered_seq, after.title) == (2, "Hi, I'm happy today.")
    context = await context_of(system, reply)
    assert context.state["mood"] == "happy"
    assert context.recall == "empty"
    assert await active_episodes(system, conversation) == ["Hi, I'm happy today.", "Hello Ada!"]
    assert await system.jobs_of(conversation) == 1


async def test_what_was_said_is_recalled_in_another_conversation_as_soon_as_the_turn_ends(
    edge_system: System,
) -> None:
    system = edge_system
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["What a name!"]))

    await answered(system, turns, conversation, "My dog is called Biscuit.")

    assert (await system.recalled(conversation.owner, "What is my dog called?"))[0] == (
        "My dog is called Biscuit."
    )


async def test_the_context_says_which_memories_were_used_and_the_score_of_each_arm(
    system: System,
) -> None:
    conversation = await system.introduce(a_user("Ada"))
    source = new_id()
    dog = a_memory(
        conversation.owner, "The user's dog is called Biscuit.", source_message_ids=[source]
    )
    await system.keep(dog, a_memory(conversation.owner, "Rain falls."))
    model = ScriptedModel(["Biscuit!"])

    reply = await answered(system, system.turns(model), conversation, "What is my dog called?")

    context = await context_of(system, reply)
    used, background = context.active_memories
    assert (used["memoryId"], used["content"]) == (str(dog.id), dog.content)
    assert used["sourceMessageIds"] == [str(source)]
    assert 0 < used["relevance"] <= 1
    assert set(used["scores"]) == {"dense", "keyword", "recency", "importance", "reinforcement"}
    assert used["scores"]["dense"] > 0
    assert used["scores"]["keyword"] == 1
    assert context.recall == "ok"
    assert (background["content"], background["relevance"]) == ("Rain falls.", 0)
    assert context.left_out == []
    assert [item["content"] for item in context.recent_messages] == ["What is my dog called?"]
    assert set(context.token_use) == {"instructions", "history", "situation", "message"}
    assert {"read", "embed", "search", "hydrate", "rank", "firstDelta"} <= set(context.timings)
    [prompt] = model.prompts
    assert "- The user's dog is called Biscuit.\n- Rain falls.\n" in prompt.situation
    assert prompt.memories == ("The user's dog is called Biscuit.", "Rain falls.")


async def test_if_storing_the_reply_fails_nothing_of_it_is_there(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel([["Too ", "late."]]))
    await ask(system, conversation, "Are you there?")
    assignment = await assigned(system, conversation.id)
    await assigned(system, conversation.id)  # another process takes over meanwhile

    with pytest.raises(Conflict):
        await run(turns, assignment)

    assert await transcript(system, conversation) == [(1, "user", "Are you there?")]
    after = await stored(system, conversation)
    assert (after.answered_seq, after.last_seq, after.title) == (0, 1, "")
    assert await system.query("SELECT * FROM reply_context") == []
    assert await active_episodes(system, conversation) == []
    assert await system.jobs_of(conversation) == 0


async def test_a_title_of_one_s_own_is_kept(system: System) -> None:
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        await tx.conversations.change(conversation.id, title="Tea", title_is_custom=True)

    await answered(system, system.turns(ScriptedModel(["Hi."])), conversation, "Hello.")

    assert (await stored(system, conversation)).title == "Tea"


# --- the prompt's window ------------------------------------------------------------------------


def told(history: Sequence[PromptMessage]) -> list[str]:
    return [message.content for message in history]


async def test_a_message_sent_while_the_character_answers_is_answered_with_that_answer_in_view(
    system: System,
) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(["one!", "two!", "three!"])
    turns = system.turns(model)
    await ask(system, conversation, "one?")
    assignment = await assigned(system, conversation.id)

    async def meanwhile(_: ReplyDelta) -> None:
        await ask(system, conversation, "two?")
        await ask(system, conversation, "three?")

    await run(turns, assignment, on_delta=meanwhile)
    await answered(system, turns, conversation)
    await answered(system, turns, conversation)

    assert [prompt.message for prompt in model.prompts] == ["one?", "two?", "three?"]
    assert told(model.prompts[1].history) == ["one?", "one!"]
    assert told(model.prompts[2].history) == ["one?", "one!", "two?", "two!"]


async def test_the_window_holds_so_many_messages_and_the_greeting_only_at_the_start(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.query("UPDATE character SET greeting = 'Welcome.'")
    model = ScriptedModel(lambda prompt: prompt.message.replace("?", "!"))
    turns = system.turns(model, ContextPolicy(window=4, recall_seconds=20))

    for n in range(1, 5):
        await answered(system, turns, conversation, f"{n}?")

    assert told(model.prompts[0].history) == ["Welcome."]
    assert told(model.prompts[1].history) == ["Welcome.", "1?", "1!"]
    assert told(model.prompts[3].history) == ["2!", "3?", "3!"]


async def test_what_the_window_shows_is_not_recalled_as_well(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(["A fine name.", "Biscuit."])
    turns = system.turns(model)

    await answered(system, turns, conversation, "My dog is called Biscuit.")
    reply = await answered(system, turns, conversation, "What is my dog called?")

    assert model.prompts[1].memories == ()
    reasons = {item["reason"] for item in (await context_of(system, reply)).left_out}
    assert "already_in_window" in reasons


# --- recall that fails --------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["index", "encoder"])
async def test_with_a_part_of_recall_down_the_reply_comes_and_says_so(
    system: System, part: str
) -> None:
    conversation = await system.introduce()
    await system.keep(a_memory(conversation.owner, "The user's dog is called Biscuit."))
    getattr(system, part).down = True

    reply = await answered(
        system, system.turns(ScriptedModel(["Hm."])), conversation, "What is my dog called?"
    )

    assert (reply.content, reply.state) == ("Hm.", "complete")
    assert reply.details["recall"] == "unavailable"
    context = await context_of(system, reply)
    assert (context.recall, context.active_memories) == ("unavailable", [])


async def test_a_recall_past_its_deadline_is_done_without(system: System) -> None:
    conversation = await system.introduce()
    system.encoder.held.clear()
    turns = system.turns(ScriptedModel(["Hm."]), ContextPolicy(recall_seconds=0.01))
    await ask(system, conversation, "What is my dog called?")
    assignment = await assigned(system, conversation.id)

    async def come_back(_: ReplyDelta) -> None:
        system.encoder.held.set()

    events = await run(turns, assignment, on_delta=come_back)

    end = events[-1]
    assert isinstance(end, ReplyEnded)
    assert (await context_of(system, end.message)).recall == "late"


async def test_with_the_index_down_what_was_said_waits_to_be_indexed(system: System) -> None:
    conversation = await system.introduce()
    system.index.down = True

    await answered(system, system.turns(ScriptedModel(["Hm."])), conversation, "I like tea.")

    rows = await system.memories(conversation.owner, kind="episode")
    assert [row.index_state for row in rows] == ["pending", "pending"]
    async with system.store.transaction() as tx:
        assert (await tx.formation.state(conversation.owner)).pending_messages == 2


# --- a model that fails -------------------------------------------------------------------------

OVERLOADED = ModelOverloaded("The model is overloaded.")


@pytest.mark.parametrize(
    ("model", "partial"),
    [
        (ScriptedModel([OVERLOADED]), ""),
        (ScriptedModel([["I was ", "going to"]], breaks_after=1, breaks_with=OVERLOADED), "I was "),
    ],
    ids=["before the first delta", "after a delta"],
)
async def test_a_model_s_failure_is_stored_with_its_reason(
    system: System, model: ScriptedModel, partial: str
) -> None:
    conversation = await system.introduce()
    await ask(system, conversation, "Are you well?")

    events = await run(system.turns(model), await assigned(system, conversation.id))

    end = events[-1]
    assert isinstance(end, ReplyEnded)
    assert isinstance(end.error, ModelError)
    reply = end.message
    assert (reply.state, reply.content) == ("failed", partial)
    assert reply.details["error"] == {
        "code": "model_overloaded",
        "message": "The model is overloaded.",
    }
    assert (await stored(system, conversation)).answered_seq == 2
    assert await active_episodes(system, conversation) == ["Are you well?"]


async def test_a_failed_reply_is_regenerated_in_its_place_without_a_variant(
    system: System,
) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel([OVERLOADED, "Quite well."]))
    failed = await answered(system, turns, conversation, "Are you well?")

    reply = await answered(system, turns, conversation, replaces=failed)

    assert (reply.id, reply.seq, reply.state) == (failed.id, 2, "complete")
    assert await transcript(system, conversation) == [
        (1, "user", "Are you well?"),
        (2, "character", "Quite well."),
    ]
    assert await variants_of(system, reply) == []
    assert await active_episodes(system, conversation) == ["Are you well?", "Quite well."]


async def test_a_failed_reply_is_not_shown_to_the_model(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel([OVERLOADED, "Here I am."])
    turns = system.turns(model)
    await answered(system, turns, conversation, "Are you well?")

    await answered(system, turns, conversation, "Hello?")

    assert told(model.prompts[1].history) == ["Are you well?"]


# --- stopping -----------------------------------------------------------------------------------


async def test_a_stopped_reply_keeps_what_was_written(system: System) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(1)  # the second delta never comes
    turns = system.turns(ScriptedModel([["Once upon ", "a time"]], gate=gate))
    await ask(system, conversation, "Tell me a story.")
    stop = asyncio.Event()

    async def stop_then(_: ReplyDelta) -> None:
        asyncio.get_running_loop().call_soon(stop.set)

    events = await run(
        turns, await assigned(system, conversation.id), stop=stop, on_delta=stop_then
    )

    end = events[-1]
    assert isinstance(end, ReplyEnded)
    assert (end.error, end.message.state, end.message.content) == (
        None,
        "interrupted",
        "Once upon ",
    )
    assert await active_episodes(system, conversation) == ["Tell me a story.", "Once upon "]


async def test_a_reply_stopped_before_its_first_word_is_stored_empty(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["Never said."], gate=asyncio.Semaphore(0)))
    await ask(system, conversation, "Tell me a story.")
    stop = asyncio.Event()
    stop.set()

    events = await run(turns, await assigned(system, conversation.id), stop=stop)

    end = events[-1]
    assert isinstance(end, ReplyEnded)
    assert (end.message.state, end.message.content) == ("interrupted", "")
    assert (await stored(system, conversation)).answered_seq == 2


async def test_stopping_closes_the_model_s_stream(system: System) -> None:
    conversation = await system.introduce()
    closed = asyncio.Event()

    class Noticing(ScriptedModel):
        async def stream(self, prompt):  # type: ignore[no-untyped-def]
            try:
                async with aclosing(super().stream(prompt)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                closed.set()

    turns = system.turns(Noticing(["Never."], gate=asyncio.Semaphore(0)))
    await ask(system, conversation, "Hello?")
    stop = asyncio.Event()
    running = asyncio.create_task(run(turns, await assigned(system, conversation.id), stop=stop))
    await eventually(lambda: turns.model.prompts)  # type: ignore[attr-defined]
    assert not closed.is_set()

    stop.set()
    await running

    assert closed.is_set()


# --- regenerating -------------------------------------------------------------------------------


async def test_a_regenerated_reply_keeps_the_old_one_as_a_variant(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(["I like tea.", "I like jam.", "I like rain."])
    turns = system.turns(model)
    first = await answered(system, turns, conversation, "What do you like?")
    await answered(system, turns, conversation, replaces=first)
    async with system.store.transaction() as tx:
        second = await tx.messages.get(first.id)
    assert second is not None

    third = await answered(system, turns, conversation, replaces=second)

    assert (third.id, third.seq, third.content) == (first.id, 2, "I like rain.")
    assert third.active_variant == 2
    assert [(v.number, v.content) for v in await variants_of(system, third)] == [
        (0, "I like tea."),
        (1, "I like jam."),
        (2, "I like rain."),
    ]
    assert await transcript(system, conversation) == [
        (1, "user", "What do you like?"),
        (2, "character", "I like rain."),
    ]
    assert [told(prompt.history) for prompt in model.prompts] == [[], [], []]


async def test_a_regenerated_reply_s_old_words_are_not_recalled(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["I keep purple bees.", "I keep hens."]))
    old = await answered(system, turns, conversation, "What do you keep?")
    assert "I keep purple bees." in await system.recalled(conversation.owner, "purple bees")

    await answered(system, turns, conversation, replaces=old)

    assert "I keep purple bees." not in await system.recalled(conversation.owner, "purple bees")
    assert "I keep hens." in await system.recalled(conversation.owner, "keep hens")
    assert await active_episodes(system, conversation) == ["What do you keep?", "I keep hens."]


async def test_a_regeneration_that_fails_leaves_the_reply_as_it_was(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["I like tea.", OVERLOADED]))
    old = await answered(system, turns, conversation, "What do you like?")

    events = await run(turns, await assigned(system, conversation.id, replaces=old))

    end = events[-1]
    assert isinstance(end, ReplyEnded)
    assert end.error is not None
    assert (end.message.id, end.message.content) == (old.id, "I like tea.")
    assert (await transcript(system, conversation))[1] == (2, "character", "I like tea.")
    assert await active_episodes(system, conversation) == ["What do you like?", "I like tea."]


async def test_an_old_reply_is_regenerated_with_what_was_said_before_it(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(lambda prompt: f"Re: {prompt.message}")
    turns = system.turns(model, ContextPolicy(window=4, recall_seconds=20))
    await answered(system, turns, conversation, "one?")
    old = await answered(system, turns, conversation, "two?")
    await system.say(conversation, *(f"later {n}" for n in range(60)), sender_type="character")

    await answered(system, turns, conversation, replaces=old)

    assert told(model.prompts[-1].history) == ["one?", "Re: one?"]


async def test_a_lost_lease_keeps_a_regenerated_reply_from_being_stored(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["I like tea.", "I like jam."]))
    old = await answered(system, turns, conversation, "What do you like?")
    assignment = await assigned(system, conversation.id, replaces=old)
    await assigned(system, conversation.id, replaces=old)

    with pytest.raises(Conflict):
        await run(turns, assignment)

    assert (await transcript(system, conversation))[1][2] == "I like tea."
    assert await variants_of(system, old) == []


async def test_a_forgotten_message_stays_forgotten_when_its_answer_is_regenerated(
    system: System,
) -> None:
    conversation = await system.introduce()
    turns = system.turns(ScriptedModel(["Noted.", "Understood."]))
    reply = await answered(system, turns, conversation, "My PIN is 4711.")
    async with system.store.transaction() as tx:
        assert reply.reply_to is not None
        [episode] = await tx.memories.of_messages(conversation.owner, [reply.reply_to])
        await tx.memories.delete([episode.id])

    await answered(system, turns, conversation, replaces=reply)

    assert await active_episodes(system, conversation) == ["Understood."]


# --- sessions -----------------------------------------------------------------------------------


async def open_sessions(system: System) -> list[Memory]:
    return await system.query(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND state LIKE 'idle in transaction%%'"
    )


async def test_no_database_session_is_held_while_the_model_writes(system: System) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(0)
    model = ScriptedModel([["One ", "two."]], gate=gate)
    await ask(system, conversation, "Count.")
    running = asyncio.create_task(run(system.turns(model), await assigned(system, conversation.id)))
    await eventually(lambda: model.prompts)

    before_the_first = await open_sessions(system)
    gate.release()
    between = await open_sessions(system)
    gate.release()
    await running

    assert before_the_first == between == []


async def test_no_database_session_is_held_while_the_encoder_works(system: System) -> None:
    conversation = await system.introduce()
    await ask(system, conversation, "Count.")
    assignment = await assigned(system, conversation.id)
    system.encoder.held.clear()
    stream = answer(system.turns(ScriptedModel(["One."])), assignment, stop=asyncio.Event())
    starting = asyncio.ensure_future(anext(stream))
    await eventually(lambda: system.encoder.waiting)

    sessions = await open_sessions(system)
    system.encoder.held.set()
    async for _ in _rest(await starting, stream):
        pass

    assert sessions == []


async def _rest(first, stream):  # type: ignore[no-untyped-def]
    yield first
    async for event in stream:
        yield event


async def test_a_session_that_is_held_would_be_noticed(system: System) -> None:
    async with system.store.transaction() as tx:
        await tx.users.get(new_id())

        assert len(await open_sessions(system)) == 1
