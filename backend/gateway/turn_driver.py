"""Drives turns: one conversation's messages in order, one process at a time, whatever happens to the
client. A lease in Postgres says who answers; the sweep takes up what a dead process left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import structlog

from backend.conversation.assignment import Assignment, TurnResources
from backend.conversation.turn import (
    MemoriesForgotten,
    ReplyDelta,
    ReplyEnded,
    ReplyStarted,
    answer,
)
from backend.errors import Conflict, KeepsakeError, NotFound
from backend.gateway.hub import Hub
from backend.gateway.memory_events import announce_memory, forgotten
from backend.gateway.protocol import ServerEvent, conversation_room, response_event
from backend.gateway.views import MessageView
from backend.models import Conversation, Message, utc_now
from backend.store import Store, Transaction

log = structlog.get_logger(__name__)

SWEEP_BATCH = 50
ENDINGS = {"complete": "completed", "interrupted": "interrupted", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that a lease lives, between its renewals, and between sweeps. Lease and sweep
    together: how long a dead process's message waits at most."""

    lease: float = 15.0
    renewal: float = 5.0
    sweep: float = 5.0


@dataclass(slots=True)
class Generation:
    """A reply being written, as a client that joins late sees it."""

    message_id: UUID
    text: str = ""
    index: int = -1

    def wire(self) -> dict[str, Any]:
        """{messageId, textSoFar, index}; `index` is the newest delta's, -1 before the first."""
        return {"messageId": str(self.message_id), "textSoFar": self.text, "index": self.index}


class TurnDriver:
    """Answers waiting messages. `wake` is cheap and may be called any number of times."""

    def __init__(
        self, store: Store, resources: TurnResources, hub: Hub, pace: Pace | None = None
    ) -> None:
        self._store = store
        self._resources = resources
        self._hub = hub
        self._pace = pace or Pace()
        self._process = str(uuid4())
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()
        self._regenerate: dict[UUID, list[UUID]] = {}
        self._generations: dict[UUID, Generation] = {}
        self._stops: dict[UUID, asyncio.Event] = {}
        self._closing = False

    def wake(self, conversation_id: UUID) -> None:
        """See to it that the conversation's waiting messages are answered."""
        if self._closing:
            return
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        self._tasks[conversation_id] = asyncio.create_task(
            self._work(conversation_id), name=f"turn {conversation_id}"
        )

    def regenerate(self, conversation_id: UUID, reply_id: UUID) -> None:
        """Have a reply written anew, after whatever is running."""
        self._regenerate.setdefault(conversation_id, []).append(reply_id)
        self.wake(conversation_id)

    def stop(self, conversation_id: UUID) -> bool:
        """End the running reply, keeping its text. False: none is running here."""
        stop = self._stops.get(conversation_id)
        if stop is None:
            return False
        stop.set()
        return True

    def generation(self, conversation_id: UUID) -> Generation | None:
        """The reply being written in this process, if any."""
        return self._generations.get(conversation_id)

    async def sweep(self) -> None:
        """Take up what nobody is answering, now and every few seconds, until cancelled."""
        while True:
            try:
                async with self._store.transaction() as tx:
                    waiting = await tx.turns.waiting(limit=SWEEP_BATCH)
                # What is to be regenerated is known here alone; another process may have been busy.
                for conversation_id in (*waiting, *self._regenerate):
                    self.wake(conversation_id)
            except KeepsakeError as error:
                log.warning("turns.sweep_failed", code=error.code)
            await asyncio.sleep(self._pace.sweep)

    async def close(self, grace_seconds: float) -> None:
        """Start no more turns; let running ones end within the grace time. What doesn't make it
        stays unanswered in Postgres and is taken up at the next start."""
        self._closing = True
        if self._tasks:
            log.info("turns.draining", running=len(self._tasks), grace_seconds=grace_seconds)
            await asyncio.wait(self._tasks.values(), timeout=grace_seconds)
        running = list(self._tasks.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _work(self, conversation_id: UUID) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                await self._answer_waiting(conversation_id)
                if self._closing or conversation_id not in self._again:
                    return
        except Conflict:
            log.info("turn.overtaken", conversation_id=str(conversation_id))
        except KeepsakeError as error:
            log.warning("turn.failed", conversation_id=str(conversation_id), code=error.code)
            await self._tell_error(conversation_id, error)
        except Exception:
            # A defect of ours must not pass silently; the message stays waiting for the sweep.
            log.exception("turn.crashed", conversation_id=str(conversation_id))
        finally:
            del self._tasks[conversation_id]

    async def _answer_waiting(self, conversation_id: UUID) -> None:
        async with self._store.transaction() as tx:
            fence = await tx.turns.claim(conversation_id, self._process, seconds=self._pace.lease)
            if fence is None:
                return
            assignment = await self._next(tx, conversation_id, fence)
        try:
            while assignment and not self._closing:
                async with self._renewed(conversation_id, fence):
                    await self._drive(assignment)
                async with self._store.transaction() as tx:
                    await tx.turns.renew(conversation_id, fence, seconds=self._pace.lease)
                    assignment = await self._next(tx, conversation_id, fence)
        finally:
            with suppress(KeepsakeError):
                async with self._store.transaction() as tx:
                    await tx.turns.release(conversation_id, fence)

    async def _next(self, tx: Transaction, conversation_id: UUID, fence: int) -> Assignment | None:
        """The next thing to answer; reading it marks it as read by the character."""
        conversation = await tx.conversations.get(conversation_id)
        if conversation is None or conversation.status == "deleted":
            self._regenerate.pop(conversation_id, None)
            return None
        target = await tx.turns.next_unanswered(conversation_id)
        if target:
            await tx.messages.mark_read(
                conversation_id, sender_type="user", up_to_seq=target.seq, at=utc_now()
            )
            return Assignment(conversation, target, fence)
        wanted = self._regenerate.get(conversation_id)
        if not wanted:
            return None
        reply = await tx.messages.get(wanted.pop(0))
        if not wanted:
            del self._regenerate[conversation_id]
        target = await tx.messages.get(reply.reply_to) if reply and reply.reply_to else None
        if reply is None or target is None or reply.deleted_at or target.deleted_at:
            raise NotFound("The reply, or the message that it answers, is gone.")
        return Assignment(conversation, target, fence, replaces=reply)

    async def _drive(self, assignment: Assignment) -> None:
        conversation, target = assignment.conversation, assignment.target
        room = conversation_room(conversation.id)
        if assignment.replaces is None:
            await self._hub.publish(
                room,
                ServerEvent.MESSAGE_READ,
                {
                    "conversationId": str(conversation.id),
                    "upToSeq": target.seq,
                    "readerId": str(conversation.character_id),
                },
            )
        await self._typing(conversation, is_typing=True)
        stop = self._stops[conversation.id] = asyncio.Event()
        try:
            async for event in answer(self._resources, assignment, stop=stop):
                match event:
                    case MemoriesForgotten(owner, memory_ids):
                        await announce_memory(self._hub, owner, [*map(forgotten, memory_ids)])
                    case ReplyStarted(message_id):
                        await self._started(assignment, message_id)
                    case ReplyDelta(message_id, index, text):
                        await self._delta(conversation.id, message_id, index, text)
                    case ReplyEnded():
                        await self._ended(assignment, event)
        except BaseException:
            await self._abandoned(conversation)
            raise
        finally:
            del self._stops[conversation.id]

    async def _started(self, assignment: Assignment, message_id: UUID) -> None:
        conversation_id = assignment.conversation.id
        self._generations[conversation_id] = Generation(message_id)
        data = response_event(conversation_id, message_id, "started")
        data["replyTo"] = str(assignment.target.id)
        await self._respond(conversation_id, data)

    async def _delta(self, conversation_id: UUID, message_id: UUID, index: int, text: str) -> None:
        generation = self._generations[conversation_id]
        generation.text += text
        generation.index = index
        await self._respond(
            conversation_id,
            response_event(conversation_id, message_id, "delta", index=index, delta=text),
        )

    async def _ended(self, assignment: Assignment, end: ReplyEnded) -> None:
        conversation_id = assignment.conversation.id
        generation = self._generations.pop(conversation_id)
        index = generation.index + 1
        status = "failed" if end.error else ENDINGS[end.message.state]
        await self._respond(
            conversation_id, response_event(conversation_id, end.message.id, status, index=index)
        )
        await self._typing(assignment.conversation, is_typing=False)
        await self._announce(assignment, end.message)
        if end.error:
            await self._tell_error(conversation_id, end.error, assignment.target)

    async def _abandoned(self, conversation: Conversation) -> None:
        """What was begun under this id will never be stored; the answer comes under another."""
        generation = self._generations.pop(conversation.id, None)
        if generation:
            data = response_event(
                conversation.id, generation.message_id, "failed", index=generation.index + 1
            )
            await self._respond(conversation.id, data)
        await self._typing(conversation, is_typing=False)

    async def _announce(self, assignment: Assignment, reply: Message) -> None:
        variants = []
        event = ServerEvent.MESSAGE_RECEIVED
        if assignment.replaces:
            event = ServerEvent.MESSAGE_UPDATED
            async with self._store.transaction() as tx:
                variants = await tx.messages.variants([reply.id])
        await self._hub.publish(
            conversation_room(reply.conversation_id),
            event,
            MessageView.of(reply, variants).wire(),
        )

    async def _respond(self, conversation_id: UUID, data: dict[str, Any]) -> None:
        await self._hub.publish(
            conversation_room(conversation_id), ServerEvent.CHARACTER_RESPONSE, data
        )

    async def _typing(self, conversation: Conversation, *, is_typing: bool) -> None:
        await self._hub.publish(
            conversation_room(conversation.id),
            ServerEvent.TYPING_INDICATOR,
            {
                "conversationId": str(conversation.id),
                "userId": str(conversation.character_id),
                "isTyping": is_typing,
            },
        )

    async def _tell_error(
        self, conversation_id: UUID, error: KeepsakeError, about: Message | None = None
    ) -> None:
        data: dict[str, Any] = {
            "code": error.code,
            "message": error.message,
            "conversationId": str(conversation_id),
        }
        if error.retry_after is not None:
            data["retryAfter"] = error.retry_after
        if about and about.client_message_id:
            data["clientMessageId"] = about.client_message_id
        await self._hub.publish(conversation_room(conversation_id), ServerEvent.ERROR, data)

    @asynccontextmanager
    async def _renewed(self, conversation_id: UUID, fence: int) -> AsyncIterator[None]:
        """Keep the lease alive meanwhile. Losing it needs no signal: T2 checks the fence."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(self._pace.renewal)
                with suppress(KeepsakeError):
                    async with self._store.transaction() as tx:
                        await tx.turns.renew(conversation_id, fence, seconds=self._pace.lease)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
