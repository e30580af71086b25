"""What a client that was away is told of the messages that it has already."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest

from backend.adapters.in_memory.event_bus import Exchange
from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.in_memory.rate_limiter import InMemoryRateLimiter
from backend.conversation.editing import edit_message
from backend.errors import NotFound
from backend.gateway.deliveries import Deliveries
from backend.gateway.hub import Connection, Hub
from backend.gateway.joining import CHANGES_LIMIT, Joined, join
from backend.gateway.protocol import ConversationJoin, ServerEvent, conversation_room
from backend.gateway.rest.saying import NewMessage, post_message
from backend.gateway.services import GatewayOptions, Services
from backend.memory.forgetting import forget_message
from backend.models import Conversation, Message, User, utc_now
from tests.support.doubles import Listener
from tests.support.eventually import eventually
from tests.support.processes import Process, running
from tests.support.system import System
from tests.support.turns import ask


def process_of(system: System) -> Process:
    return Process(system, Exchange(), ScriptedModel([]))


async def joined(
    system: System,
    conversation: Conversation,
    after_seq: int | None = None,
    after_change: int | None = None,
) -> Joined:
    process = process_of(system)
    return await join(
        system.store,
        process.hub,
        process.turns.generations,
        Listener(conversation.user_id),
        ConversationJoin(
            conversation_id=conversation.id, after_seq=after_seq, after_change=after_change
        ),
    )


def told(answer: Joined) -> list[tuple[str, int, int]]:
    """Event, seq and change of what follows the ack, but for read marks."""
    return [
        (event, data["seq"], data["change"])
        for event, data in answer.events
        if event != ServerEvent.MESSAGE_READ
    ]


async def edit(system: System, conversation: Conversation, message: Message, words: str) -> None:
    await edit_message(system.memory, conversation.user_id, message.id, words, longest=100)


async def test_changes_are_counted_and_told_to_who_missed_them(system: System) -> None:
    conversation = await system.introduce()
    said = [await ask(system, conversation, f"{n}.") for n in range(1, 6)]
    await edit(system, conversation, said[0], "One.")
    await edit(system, conversation, said[3], "Four.")
    await forget_message(system.memory, conversation.user_id, said[1].id)
    await edit(system, conversation, said[0], "Uno.")

    answer = await joined(system, conversation, after_seq=3, after_change=0)
    assert (answer.ack.last_seq, answer.ack.last_change) == (5, 4)
    assert [(item.seq, item.change) for item in answer.ack.messages] == [(4, 2), (5, 0)]
    assert told(answer) == [("message:deleted", 2, 3), ("message:updated", 1, 4)]
    assert answer.events[1][1]["content"] == "Uno."
    assert not answer.ack.truncated
    later = await joined(system, conversation, after_seq=3, after_change=3)
    assert told(later) == [("message:updated", 1, 4)]
    assert told(await joined(system, conversation, after_seq=3, after_change=4)) == []
    assert told(await joined(system, conversation)) == []


async def test_who_counts_no_changes_hears_of_the_last_day_s(system: System) -> None:
    conversation = await system.introduce()
    said = [await ask(system, conversation, f"{n}.") for n in range(1, 4)]
    for message in said[:2]:
        await edit(system, conversation, message, "Changed.")
    yesterday = utc_now() - timedelta(hours=25)
    await system.query("UPDATE message SET changed_at = %s WHERE id = %s", yesterday, said[0].id)
    assert told(await joined(system, conversation, after_seq=3)) == [("message:updated", 2, 2)]


async def test_too_many_changes_are_said_to_be_cut(system: System) -> None:
    conversation = await system.introduce()
    more = CHANGES_LIMIT + 1
    await system.say(conversation, *(f"{n}" for n in range(more)))
    await system.query("UPDATE message SET change = seq, changed_at = now()")
    await system.query("UPDATE conversation SET last_change = %s", more)
    answer = await joined(system, conversation, after_seq=more, after_change=0)
    assert answer.ack.truncated
    assert [change for _, _, change in told(answer)] == list(range(2, more + 1))
    whole = await joined(system, conversation, after_seq=more, after_change=1)
    assert not whole.ack.truncated
    assert len(told(whole)) == CHANGES_LIMIT


async def test_how_far_both_sides_have_read_is_told(system: System) -> None:
    conversation = await system.introduce()
    _, second = await system.say(conversation, "One.", "Two.")
    await system.say(conversation, "Three.", sender_type="character")
    assert (await joined(system, conversation, after_seq=3)).events == []
    async with system.store.transaction() as tx:
        await tx.turns.take_up(conversation, second)
        read = await tx.messages.mark_read(conversation.id, up_to_seq=2**31 - 1, at=utc_now())
        again = await tx.messages.mark_read(conversation.id, up_to_seq=3, at=utc_now())
    assert read is not None
    assert (read.seq, read.messages, again) == (3, 1, None)
    answer = await joined(system, conversation, after_seq=3)
    assert [(data["readerId"], data["upToSeq"]) for _, data in answer.events] == [
        (str(conversation.character_id), 2),
        (str(conversation.user_id), 3),
    ]
    [reply] = await system.say(conversation, "Four.", sender_type="character")
    async with system.store.transaction() as tx:
        stored = await tx.messages.get(reply.id)
    assert stored is not None
    assert stored.status == "sent", "what comes after everything was read is new"


async def status_of(system: System, message_id: UUID) -> str:
    [(status,)] = await system.query("SELECT status FROM message WHERE id = %s", message_id)
    return str(status)


async def test_a_reply_that_nobody_heard_is_delivered_by_the_join_that_fetches_it(
    system: System,
) -> None:
    conversation = await system.introduce()
    await ask(system, conversation, "Are you there?")
    [reply] = await system.say(conversation, "Yes.", sender_type="character")
    answer = await joined(system, conversation, after_seq=0)
    assert [item.status for item in answer.ack.messages] == ["sent", "delivered"]
    assert await status_of(system, reply.id) == "delivered"


async def test_a_reply_that_another_process_s_connection_hears_is_delivered(
    system: System,
) -> None:
    conversation = await system.introduce()
    exchange = Exchange()
    here = Process(system, exchange, ScriptedModel(["Yes.", "Still."]))
    there = Process(system, exchange, ScriptedModel([]))
    Deliveries(system.store, there.hub)
    async with running(here, there):
        far = await there.listener(conversation)
        await ask(system, conversation, "Are you there?")
        here.turns.wake(conversation.id)
        await eventually(lambda: far.of("message:received"))
        [received] = far.of("message:received")
        assert received["status"] == "sent"

        async def delivered() -> bool:
            return await status_of(system, UUID(received["id"])) == "delivered"

        await eventually(delivered)
        await there.hub.leave(far, conversation_room(conversation.id))
        near = await here.listener(conversation)
        await ask(system, conversation, "Still?")
        here.turns.wake(conversation.id)
        await eventually(lambda: near.of("message:received"))
        assert near.of("message:received")[0]["status"] == "delivered"


async def test_who_sends_to_somebody_else_s_conversation_hears_nothing_of_it(
    system: System,
) -> None:
    """Not for the moment that it takes to be refused, either."""
    conversation, other = [await system.introduce() for _ in range(2)]
    process = process_of(system)
    heard: list[str] = []

    class Rooms(Hub):
        async def join(self, connection: Connection, room: str) -> None:
            heard.append(room)
            await super().join(connection, room)

    here = SimpleNamespace(
        store=system.store,
        hub=Rooms(process.bus),
        message_rate=InMemoryRateLimiter("9/minute"),
        options=GatewayOptions(),
    )
    caller = User(id=other.user_id, email="bo@example.org", display_name="Bo")
    with pytest.raises(NotFound):
        await post_message(cast(Services, here), caller, conversation.id, NewMessage(content="Hi"))
    assert heard == []
