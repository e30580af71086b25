"""What comes in the very moment in which a turn stores its reply or gives its lease back: it waits for the
conversation's row, and is neither lost nor taken for answered."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from backend.conversation.accepting import Draft, accept
from backend.models import Conversation
from tests.support.eventually import eventually
from tests.support.records import a_message
from tests.support.system import System


async def waiting_for_a_row(system: System, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """Begin some work; returns it once it waits for what another transaction holds."""
    task = asyncio.create_task(work)

    async def waits() -> bool:
        rows = await system.query(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(rows) or task.done()

    await eventually(waits)
    assert not task.done()
    return task


async def claimed(system: System, conversation: Conversation) -> Conversation:
    async with system.store.transaction() as tx:
        found = await tx.turns.claim(conversation.id, "test", seconds=60)
    assert found is not None
    return found


async def test_of_two_copies_sent_at_once_the_second_is_the_first(system: System) -> None:
    conversation = await system.introduce()
    first = a_message(conversation, "First.", client_message_id="1")
    second = accept(
        system.store,
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        draft=Draft("Second.", client_message_id="1"),
        longest=2000,
    )

    async with system.store.transaction() as tx:
        assert await tx.messages.say(first)
        task = await waiting_for_a_row(system, second)

    accepted = await task
    assert (accepted.repeated, accepted.message.content) == (True, "First.")
    async with system.store.transaction() as tx:
        after = await tx.conversations.get(conversation.id)
    assert after is not None
    assert (after.last_seq, after.message_count) == (1, 1)


@pytest.mark.parametrize("late", ["a message", "a variant"])
async def test_what_is_asked_for_while_a_lease_is_given_back_is_found_waiting(
    system: System, late: str
) -> None:
    conversation = await system.introduce()
    [reply] = await system.say(conversation, "Hello!", sender_type="character")
    held = await claimed(system, conversation)

    async def let_go() -> Conversation | None:
        async with system.store.transaction() as tx:
            return await tx.turns.let_go(conversation.id, held.turn_fence)

    async with system.store.transaction() as tx:
        if late == "a message":
            await tx.messages.say(a_message(conversation, "Are you there?"))
        else:
            await tx.turns.want_variant(reply)
        task = await waiting_for_a_row(system, let_go())

    assert await task is not None
    async with system.store.transaction() as tx:
        assert await tx.turns.holder(conversation.id) == "test"


async def test_a_lease_is_given_back_where_nothing_waits(system: System) -> None:
    conversation = await system.introduce()
    held = await claimed(system, conversation)

    async with system.store.transaction() as tx:
        assert await tx.turns.let_go(conversation.id, held.turn_fence) is None
        assert await tx.turns.holder(conversation.id) is None


async def test_a_message_that_comes_while_a_reply_is_stored_is_unanswered(system: System) -> None:
    conversation = await system.introduce()
    [question] = await system.say(conversation, "Who are you?")
    held = await claimed(system, conversation)

    async def store_reply() -> None:
        async with system.store.transaction() as tx:
            await tx.turns.confirm(conversation.id, held.turn_fence)
            reply = a_message(conversation, "Mira.", sender_type="character")
            await tx.messages.append(reply, answered=question)

    async with system.store.transaction() as tx:
        await tx.messages.say(a_message(conversation, "And how are you?"))
        task = await waiting_for_a_row(system, store_reply())

    await task
    async with system.store.transaction() as tx:
        found = await tx.turns.next_unanswered(conversation.id)
    assert found is not None
    assert found.content == "And how are you?"
