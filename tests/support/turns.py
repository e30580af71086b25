"""Turns as a driver carries them out, one step at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from backend.conversation.accepting import Draft, accept
from backend.conversation.assignment import Assignment, TurnResources
from backend.conversation.turn import ReplyDelta, ReplyEnded, TurnEvent, answer
from backend.models import Conversation, Message
from tests.support.system import System

OnDelta = Callable[[ReplyDelta], Awaitable[None]]


async def ask(system: System, conversation: Conversation, content: str) -> Message:
    """T1: store a user's message."""
    accepted = await accept(
        system.store,
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        draft=Draft(content),
        longest=2000,
    )
    return accepted.message


async def assigned(
    system: System, conversation_id: UUID, *, replaces: Message | None = None
) -> Assignment:
    """The next message to answer, or the one that `replaces` answers, under a fresh lease."""
    async with system.store.transaction() as tx:
        await tx.turns.release_all()
        conversation = await tx.turns.claim(conversation_id, "test", seconds=60)
        if replaces is None:
            target = await tx.turns.next_unanswered(conversation_id)
        else:
            assert replaces.reply_to is not None
            target = await tx.messages.get(replaces.reply_to)
    assert conversation is not None
    assert target is not None
    return Assignment(conversation, target, conversation.turn_fence, replaces)


async def run(
    resources: TurnResources,
    assignment: Assignment,
    *,
    stop: asyncio.Event | None = None,
    on_delta: OnDelta | None = None,
) -> list[TurnEvent]:
    """Answer to the end; gives everything that happened."""
    events: list[TurnEvent] = []
    async for event in answer(resources, assignment, stop=stop or asyncio.Event()):
        events.append(event)
        if on_delta and isinstance(event, ReplyDelta):
            await on_delta(event)
    return events


async def answered(
    system: System,
    resources: TurnResources,
    conversation: Conversation,
    content: str | None = None,
    *,
    replaces: Message | None = None,
) -> Message:
    """Ask something (unless it was asked already) and have it answered; gives the stored reply."""
    if content is not None:
        await ask(system, conversation, content)
    events = await run(resources, await assigned(system, conversation.id, replaces=replaces))
    end = events[-1]
    assert isinstance(end, ReplyEnded)
    return end.message
