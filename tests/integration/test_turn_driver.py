"""Who answers, and what clients hear of it, with one process and with two on one database."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from backend.adapters.in_memory.event_bus import Exchange
from backend.adapters.in_memory.language_model import ScriptedModel
from backend.conversation.accepting import Draft, accept
from backend.errors import ModelOverloaded, ModelRateLimited
from backend.gateway.protocol import user_room
from backend.gateway.turn_driver import Pace
from backend.models import Conversation, Message, utc_now
from tests.support.doubles import Listener
from tests.support.eventually import eventually
from tests.support.processes import NEVER, Process, running, sweeping
from tests.support.records import a_memory
from tests.support.system import System
from tests.support.turns import ask

OFTEN = Pace(lease=60, renewal=NEVER, sweep=0.02)


def echo() -> ScriptedModel:
    return ScriptedModel(lambda prompt: [f"Re: {prompt.message[:1]}", prompt.message[1:]])


async def transcript(system: System, conversation: Conversation) -> list[str]:
    async with system.store.transaction() as tx:
        return [m.content for m in await tx.messages.page(conversation.id, limit=200)]


async def replies(system: System, conversation: Conversation) -> list[Message]:
    async with system.store.transaction() as tx:
        messages = await tx.messages.page(conversation.id, limit=200)
    return [message for message in messages if message.sender_type == "character"]


async def until_answered(system: System, *conversations: Conversation) -> None:
    async def all_answered() -> bool:
        rows = await system.query(
            "SELECT 1 FROM conversation WHERE answered_seq < last_seq AND id = ANY(%s)",
            [conversation.id for conversation in conversations],
        )
        return not rows

    await eventually(all_answered)


async def want(system: System, *wanted: Message) -> None:
    """Ask for replies to be written anew."""
    async with system.store.transaction() as tx:
        for reply in wanted:
            await tx.turns.want_variant(reply)


async def wanted(system: System) -> int:
    """How many replies wait to be written anew."""
    return len(await system.query("SELECT 1 FROM wanted_variant"))


def statuses(listener: Listener) -> list[str]:
    return [data["status"] for data in listener.of("character:response")]


async def lease_expires(system: System, conversation: Conversation) -> None:
    """As if its seconds were over."""
    await system.query(
        "UPDATE conversation SET turn_lease_until = now() - interval '1 second' WHERE id = %s",
        conversation.id,
    )


# --- one process --------------------------------------------------------------------------------


async def test_clients_hear_the_whole_turn_in_order(system: System) -> None:
    conversation = await system.introduce()
    process = Process(system, Exchange(), echo())
    async with running(process):
        listener = await process.listener(conversation)
        question = await ask(system, conversation, "Hello?")

        process.turns.wake(conversation.id)
        await eventually(lambda: listener.of("message:received"))

    [reply] = await replies(system, conversation)
    told = [(event, data.get("status", data.get("isTyping"))) for event, data in listener.heard]
    assert told == [
        ("message:read", None),
        ("typing:indicator", True),
        ("character:response", "started"),
        ("character:response", "delta"),
        ("character:response", "delta"),
        ("character:response", "completed"),
        ("typing:indicator", False),
        ("message:received", "delivered"),
    ]
    assert listener.of("message:read") == [
        {
            "conversationId": str(conversation.id),
            "upToSeq": 1,
            "readerId": str(conversation.character_id),
        }
    ]
    responses = listener.of("character:response")
    assert {data["messageId"] for data in responses} == {str(reply.id)}
    assert responses[0]["replyTo"] == str(question.id)
    assert [(data["index"], data["delta"]) for data in responses[1:3]] == [
        (0, "Re: H"),
        (1, "ello?"),
    ]
    assert responses[3]["index"] == 2
    received = listener.of("message:received")[0]
    assert (received["content"], received["seq"]) == ("Re: Hello?", 2)


async def test_what_a_user_has_forgotten_in_the_talk_is_told(system: System) -> None:
    conversation = await system.introduce()
    await system.keep(dog := a_memory(conversation.owner, "The user's dog is called Biscuit."))
    process = Process(system, Exchange(), ScriptedModel(lambda _: "Hm."))
    async with running(process):
        listener = await process.listener(conversation)
        await process.hub.join(listener, user_room(conversation.user_id))
        for content in ("Please forget my dog Biscuit.", "Yes."):
            await ask(system, conversation, content)
            process.turns.wake(conversation.id)
            await until_answered(system, conversation)

    assert listener.of("memory:updated") == [
        {
            "characterId": str(conversation.character_id),
            "userId": str(conversation.user_id),
            "changes": [{"action": "forgotten", "memory": {"id": str(dog.id)}}],
        }
    ]


async def test_the_character_has_read_what_it_answers_and_no_more(system: System) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(0)
    process = Process(system, Exchange(), ScriptedModel(["One.", "Two."], gate=gate))
    async with running(process):
        await ask(system, conversation, "one?")
        process.turns.wake(conversation.id)
        await eventually(lambda: process.turns.generations.own(conversation.id))
        await ask(system, conversation, "two?")

        async with system.store.transaction() as tx:
            first, second = await tx.messages.page(conversation.id, limit=10)
        gate.release(), gate.release()

    assert (first.status, second.status) == ("read", "sent")
    assert first.read_at is not None


async def test_messages_sent_while_the_character_answers_are_answered_next_in_order(
    system: System,
) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(0)
    model = ScriptedModel(lambda prompt: f"Re: {prompt.message}", gate=gate)
    process = Process(system, Exchange(), model)
    async with running(process):
        await ask(system, conversation, "one")
        process.turns.wake(conversation.id)
        await eventually(lambda: process.turns.generations.own(conversation.id))
        for content in ("two", "three"):
            await ask(system, conversation, content)
            process.turns.wake(conversation.id)
        for _ in range(3):
            gate.release()
        await until_answered(system, conversation)

    assert await transcript(system, conversation) == [
        "one",
        "two",
        "three",
        "Re: one",
        "Re: two",
        "Re: three",
    ]
    assert [prompt.message for prompt in model.prompts] == ["one", "two", "three"]


async def test_who_joins_late_sees_the_text_so_far(system: System) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(2)
    process = Process(system, Exchange(), ScriptedModel([["One ", "two ", "three."]], gate=gate))
    async with running(process):
        assert process.turns.generations.own(conversation.id) is None
        await ask(system, conversation, "Count.")
        process.turns.wake(conversation.id)

        def so_far() -> dict[str, Any] | None:
            generation = process.turns.generations.current(conversation.id)
            return generation.so_far().wire() if generation else None

        await eventually(lambda: (so_far() or {}).get("index") == 1)
        seen = so_far()
        gate.release()
        await until_answered(system, conversation)
        await eventually(lambda: so_far() is None)

    [reply] = await replies(system, conversation)
    assert seen == {"messageId": str(reply.id), "textSoFar": "One two ", "index": 1}


async def test_a_reply_is_stopped_with_what_it_has(system: System) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(1)
    process = Process(system, Exchange(), ScriptedModel([["Once ", "upon"], ["Yes."]], gate=gate))
    async with running(process):
        listener = await process.listener(conversation)
        assert await process.turns.stop(conversation.id) is False
        await ask(system, conversation, "A story!")
        process.turns.wake(conversation.id)
        await eventually(lambda: "delta" in statuses(listener))

        assert await process.turns.stop(conversation.id) is True
        await until_answered(system, conversation)

        await ask(system, conversation, "Are you there?")  # the conversation goes on
        gate.release()
        process.turns.wake(conversation.id)
        await until_answered(system, conversation)
        await eventually(lambda: len(listener.of("message:received")) == 2)

    stopped, after = await replies(system, conversation)
    assert (stopped.state, stopped.content) == ("interrupted", "Once ")
    assert (after.state, after.content) == ("complete", "Yes.")
    assert statuses(listener)[:3] == ["started", "delta", "interrupted"]


async def test_a_model_s_failure_is_told_with_its_reason(system: System) -> None:
    conversation = await system.introduce()
    error = ModelRateLimited("The model is busy; try again in 7 s.", retry_after=7)
    process = Process(system, Exchange(), ScriptedModel([error]))
    async with running(process):
        listener = await process.listener(conversation)
        await accept(
            system.store,
            user_id=conversation.user_id,
            conversation_id=conversation.id,
            draft=Draft("Hello?", client_message_id="mine"),
            longest=100,
        )
        process.turns.wake(conversation.id)
        await eventually(lambda: listener.of("error"))

    assert statuses(listener) == ["started", "failed"]
    assert listener.of("error") == [
        {
            "code": "model_rate_limited",
            "message": "The model is busy; try again in 7 s.",
            "conversationId": str(conversation.id),
            "retryAfter": 7,
            "clientMessageId": "mine",
        }
    ]
    assert listener.of("message:received")[0]["state"] == "failed"


# --- regenerating -------------------------------------------------------------------------------


async def test_a_regenerated_reply_is_told_as_an_update(system: System) -> None:
    conversation = await system.introduce()
    process = Process(system, Exchange(), ScriptedModel(["Tea.", "Jam."]))
    async with running(process):
        listener = await process.listener(conversation)
        await ask(system, conversation, "What?")
        process.turns.wake(conversation.id)
        await until_answered(system, conversation)
        [reply] = await replies(system, conversation)

        await want(system, reply)
        process.turns.wake(conversation.id)
        await eventually(lambda: listener.of("message:updated"))

    [updated] = listener.of("message:updated")
    assert (updated["id"], updated["content"]) == (str(reply.id), "Jam.")
    assert [(v["content"], v["active"]) for v in updated["variants"]] == [
        ("Tea.", False),
        ("Jam.", True),
    ]
    assert len(listener.of("message:read")) == 1


async def test_a_regeneration_that_fails_is_told_and_changes_nothing(system: System) -> None:
    conversation = await system.introduce()
    process = Process(system, Exchange(), ScriptedModel(["Tea.", ModelOverloaded("Busy.")]))
    async with running(process):
        listener = await process.listener(conversation)
        await ask(system, conversation, "What?")
        process.turns.wake(conversation.id)
        await until_answered(system, conversation)
        [reply] = await replies(system, conversation)

        await want(system, reply)
        process.turns.wake(conversation.id)
        await eventually(lambda: listener.of("error"))

    assert statuses(listener)[-2:] == ["started", "failed"]
    assert listener.of("message:updated")[0]["content"] == "Tea."
    assert await transcript(system, conversation) == ["What?", "Tea."]


async def test_what_is_gone_is_not_written_anew_and_holds_nothing_up(system: System) -> None:
    conversation = await system.introduce()
    process = Process(system, Exchange(), ScriptedModel(["Tea.", "Jam.", "Rum."]))
    async with running(process):
        listener = await process.listener(conversation)
        for content in ("What?", "And?"):
            await ask(system, conversation, content)
        process.turns.wake(conversation.id)
        await until_answered(system, conversation)
        first, second = await replies(system, conversation)
        await want(system, first, second)
        async with system.store.transaction() as tx:
            first.deleted_at = utc_now()
            await tx.messages.change(first)
        process.turns.wake(conversation.id)
        await eventually(lambda: listener.of("message:updated"))

    assert await transcript(system, conversation) == ["What?", "And?", "Rum."]
    assert await wanted(system) == 0


async def test_a_regeneration_waits_for_the_process_that_is_answering_which_goes_on_with_it(
    system: System,
) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    gate = asyncio.Semaphore(1)
    here = Process(system, exchange, ScriptedModel(["Tea.", "Later.", "Jam."], gate=gate))
    there = Process(system, exchange, ScriptedModel([]))
    async with running(here, there):
        await ask(system, conversation, "What?")
        here.turns.wake(conversation.id)
        await until_answered(system, conversation)
        [reply] = await replies(system, conversation)
        await ask(system, conversation, "And?")
        here.turns.wake(conversation.id)
        await eventually(lambda: here.turns.generations.own(conversation.id))

        await want(system, reply)
        there.turns.wake(conversation.id)
        await eventually(lambda: not there.turns._tasks)  # it found the lease taken
        gate.release(), gate.release()
        await until_written_anew(system)

    assert await transcript(system, conversation) == ["What?", "Jam.", "And?", "Later."]


async def test_a_wanted_regeneration_outlives_its_process_and_is_done_once(system: System) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    gate = asyncio.Semaphore(1)
    doomed = Process(system, exchange, ScriptedModel(["Tea.", ["Ja", "m."]], gate=gate))
    others = [Process(system, exchange, ScriptedModel(["Rum."]), OFTEN) for _ in range(2)]
    async with running(doomed, *others):
        await ask(system, conversation, "What?")
        doomed.turns.wake(conversation.id)
        await until_answered(system, conversation)
        [reply] = await replies(system, conversation)
        await want(system, reply)
        await want(system, reply)  # impatient
        doomed.turns.wake(conversation.id)
        await eventually(lambda: doomed.turns.generations.own(conversation.id))
        await doomed.die()
        assert await wanted(system) == 1

        await lease_expires(system, conversation)
        listener = await others[0].listener(conversation)
        async with sweeping(others[0]), sweeping(others[1]):
            await eventually(lambda: listener.of("message:updated"))

    assert await wanted(system) == 0
    assert await transcript(system, conversation) == ["What?", "Rum."]
    assert statuses(listener).count("completed") == 1
    async with system.store.transaction() as tx:
        variants = await tx.messages.variants([reply.id])
    assert [variant.content for variant in variants] == ["Tea.", "Rum."]


async def test_a_regeneration_wanted_again_while_it_is_written_is_done_again(
    system: System,
) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(1)
    model = ScriptedModel(["Tea.", "Jam.", "Rum."], gate=gate)
    process = Process(system, Exchange(), model)
    async with running(process):
        await ask(system, conversation, "What?")
        process.turns.wake(conversation.id)
        await until_answered(system, conversation)
        [reply] = await replies(system, conversation)
        await want(system, reply)
        process.turns.wake(conversation.id)
        await eventually(lambda: process.turns.generations.own(conversation.id))

        await want(system, reply)  # the message was edited meanwhile, say
        process.turns.wake(conversation.id)
        gate.release(), gate.release()
        await until_written_anew(system)

    assert await transcript(system, conversation) == ["What?", "Rum."]
    assert len(model.prompts) == 3


async def until_written_anew(system: System) -> None:
    async def none_wanted() -> bool:
        return await wanted(system) == 0

    await eventually(none_wanted)


# --- two processes ------------------------------------------------------------------------------


async def test_two_processes_answer_each_message_once(system: System) -> None:
    exchange = Exchange()
    here, there = (Process(system, exchange, echo(), OFTEN) for _ in range(2))
    conversations = [await system.introduce() for _ in range(5)]
    async with running(here, there), sweeping(here), sweeping(there):

        async def chat(conversation: Conversation) -> None:
            for n in range(4):
                await ask(system, conversation, f"{n}?")
                here.turns.wake(conversation.id)
                there.turns.wake(conversation.id)

        await asyncio.gather(*(chat(conversation) for conversation in conversations))
        await until_answered(system, *conversations)

    for conversation in conversations:
        answers = [reply.content for reply in await replies(system, conversation)]
        assert answers == [f"Re: {n}?" for n in range(4)]
        targets = Counter(reply.reply_to for reply in await replies(system, conversation))
        assert set(targets.values()) == {1}


async def test_clients_of_the_other_process_hear_the_same(system: System) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    here, there = (Process(system, exchange, echo()) for _ in range(2))
    async with running(here, there):
        near, far = await here.listener(conversation), await there.listener(conversation)
        stranger = await there.listener(await system.introduce())
        await ask(system, conversation, "Hello?")

        here.turns.wake(conversation.id)
        await eventually(lambda: far.of("message:received"))

    assert far.heard == near.heard
    assert stranger.heard == []


async def test_a_dead_process_s_message_is_answered_by_the_other_once_its_lease_is_over(
    system: System,
) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    gate = asyncio.Semaphore(1)
    doomed = Process(system, exchange, ScriptedModel([["Never ", "ends"]], gate=gate), OFTEN)
    other = Process(system, exchange, echo(), OFTEN)
    async with running(doomed, other), sweeping(other):
        listener = await other.listener(conversation)
        await ask(system, conversation, "Hello?")
        doomed.turns.wake(conversation.id)
        await eventually(lambda: "delta" in statuses(listener))

        await doomed.die()
        other.turns.wake(conversation.id)
        await eventually(lambda: not other.turns._tasks)
        assert await transcript(system, conversation) == ["Hello?"]  # the lease is still alive

        await lease_expires(system, conversation)
        await until_answered(system, conversation)

    assert await transcript(system, conversation) == ["Hello?", "Re: Hello?"]


async def test_a_lease_is_over_by_itself(system: System) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    short = Pace(lease=0.3, renewal=NEVER, sweep=0.02)
    doomed = Process(system, exchange, ScriptedModel(["Never"], gate=asyncio.Semaphore(0)), short)
    other = Process(system, exchange, echo(), short)
    async with running(doomed, other):
        await ask(system, conversation, "Hello?")
        doomed.turns.wake(conversation.id)
        await eventually(lambda: doomed.turns.generations.own(conversation.id))
        await doomed.die()

        async with sweeping(other):
            await until_answered(system, conversation)

    assert await transcript(system, conversation) == ["Hello?", "Re: Hello?"]


async def test_a_living_process_keeps_its_lease_however_long_the_reply_takes(
    system: System,
) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    gate = asyncio.Semaphore(0)
    keen = Pace(lease=2, renewal=0.02, sweep=0.02)
    here = Process(system, exchange, ScriptedModel(["At last."], gate=gate), keen)
    other = Process(system, exchange, echo(), keen)
    async with running(here, other), sweeping(other):
        await ask(system, conversation, "Hello?")
        here.turns.wake(conversation.id)
        await eventually(lambda: here.turns.generations.own(conversation.id))
        [(first,)] = await lease_until(system)

        async def renewed() -> bool:
            return (await lease_until(system)) > [(first,)]

        await eventually(renewed)
        gate.release()
        await until_answered(system, conversation)

    assert await transcript(system, conversation) == ["Hello?", "At last."]


async def lease_until(system: System) -> list[tuple[Any, ...]]:
    return await system.query("SELECT turn_lease_until FROM conversation")


async def test_a_process_that_slept_through_its_lease_writes_nothing(system: System) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    gate = asyncio.Semaphore(1)
    sleeper = Process(system, exchange, ScriptedModel([["Late ", "words"]], gate=gate), OFTEN)
    other = Process(system, exchange, echo(), OFTEN)
    async with running(sleeper, other):
        listener = await other.listener(conversation)
        await ask(system, conversation, "Hello?")
        sleeper.turns.wake(conversation.id)
        await eventually(lambda: "delta" in statuses(listener))
        slept_on = listener.of("character:response")[0]["messageId"]
        await lease_expires(system, conversation)
        other.turns.wake(conversation.id)
        await until_answered(system, conversation)

        gate.release()
        await eventually(lambda: sleeper.turns.generations.own(conversation.id) is None)
        await eventually(lambda: "failed" in statuses(listener))

    assert await transcript(system, conversation) == ["Hello?", "Re: Hello?"]
    failed = [d["messageId"] for d in listener.of("character:response") if d["status"] == "failed"]
    assert failed == [slept_on]  # its clients know that those words came to nothing
    assert [data["content"] for data in listener.of("message:received")] == ["Re: Hello?"]


async def test_a_store_that_fails_at_the_end_is_told_and_the_message_answered_later(
    system: System,
) -> None:
    conversation = await system.introduce()
    gate = asyncio.Semaphore(0)
    process = Process(system, Exchange(), ScriptedModel(["Lost.", "Kept."], gate=gate), OFTEN)
    async with running(process):
        listener = await process.listener(conversation)
        await ask(system, conversation, "Hello?")
        process.turns.wake(conversation.id)
        await eventually(lambda: process.turns.generations.own(conversation.id))
        process.store.unplugged = True
        gate.release()
        await eventually(lambda: listener.of("error"))
        assert listener.of("error")[0]["code"] == "store_unavailable"
        assert statuses(listener) == ["started", "delta", "failed"]
        assert listener.of("typing:indicator")[-1]["isTyping"] is False

        process.store.unplugged = False
        await lease_expires(system, conversation)
        gate.release()
        async with sweeping(process):
            await until_answered(system, conversation)

    assert await transcript(system, conversation) == ["Hello?", "Kept."]


# --- shutting down ------------------------------------------------------------------------------


async def test_closing_lets_running_replies_end_and_starts_no_more(system: System) -> None:
    answering, waiting = await system.introduce(), await system.introduce()
    gate = asyncio.Semaphore(0)
    process = Process(system, Exchange(), ScriptedModel(["One.", "Two."], gate=gate))
    async with running(process):
        await ask(system, answering, "one?")
        process.turns.wake(answering.id)
        await eventually(lambda: process.turns.generations.own(answering.id))
        await ask(system, answering, "two?")

        closing = asyncio.create_task(process.turns.close(grace_seconds=20))
        await asyncio.sleep(0)  # let it begin
        await ask(system, waiting, "Hello?")
        process.turns.wake(waiting.id)
        gate.release(), gate.release()
        await closing

    assert await transcript(system, answering) == ["one?", "two?", "One."]
    assert await transcript(system, waiting) == ["Hello?"]
    async with system.store.transaction() as tx:
        assert set(await tx.turns.waiting(limit=9)) == {answering.id, waiting.id}


async def test_what_does_not_end_in_time_is_left_for_the_next_start(system: System) -> None:
    conversation = await system.introduce()
    process = Process(system, Exchange(), ScriptedModel(["Never."], gate=asyncio.Semaphore(0)))
    async with running(process):
        await ask(system, conversation, "Hello?")
        process.turns.wake(conversation.id)
        await eventually(lambda: process.turns.generations.own(conversation.id))

        await process.turns.close(grace_seconds=0)

    assert await transcript(system, conversation) == ["Hello?"]
    async with system.store.transaction() as tx:  # with its lease given back
        assert await tx.turns.waiting(limit=9) == [conversation.id]


@pytest.mark.parametrize("gone", ["conversation", "message"])
async def test_what_is_deleted_before_its_turn_is_not_answered(system: System, gone: str) -> None:
    conversation = await system.introduce()
    model = echo()
    process = Process(system, Exchange(), model)
    async with running(process):
        message = await ask(system, conversation, "Hello?")
        async with system.store.transaction() as tx:
            if gone == "conversation":
                await tx.conversations.change(conversation.id, status="deleted")
            else:
                message.deleted_at = utc_now()
                await tx.messages.change(message)

        process.turns.wake(conversation.id)
        await eventually(lambda: not process.turns._tasks)

    assert model.prompts == []
