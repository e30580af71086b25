"""One turn: a message comes in and is stored (T1), a reply is written and stored (T2).

    accept ──T1──▶ message row, seq                       ack after commit
    answer ──────▶ context built, tokens streamed         no transaction held
           ──T2──▶ reply, its context, episodes, job      both or neither
           ──T4──▶ episodes in the vector index           swept up later if it fails

The turn knows nothing of sockets: `answer` yields what happens, and whoever drives it tells
the clients.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import structlog

from backend.conversation.assignment import Assignment, TurnResources, Writing
from backend.conversation.care import notice_for
from backend.conversation.context_builder import build_context
from backend.conversation.storing import give_up_variant, is_worth_keeping, store_reply
from backend.conversation.wishes import DONE_ALL, hear_wish
from backend.conversation.writing import write
from backend.errors import ContentRefused, KeepsakeError, ServiceUnavailable
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.models import Memory, Message, Owner, new_id
from backend.safety.notices import Notice

log = structlog.get_logger(__name__)

INDEX_SECONDS = 1.0  # how long the end of a turn waits for the index before leaving it to the sweep


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """A reply begins under this id; `notice` is shown beside it from the beginning."""

    message_id: UUID
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class ReplyDelta:
    """The next piece; `index` counts from 0."""

    message_id: UUID
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply as stored; `error` says why it failed, or why it stayed as it was. `rewritten`: its text
    isn't what the deltas were."""

    message: Message
    error: KeepsakeError | None = None
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class MessageMarked:
    """The answered message's details say something else than when it was stored."""

    message: Message


@dataclass(frozen=True, slots=True)
class MemoriesForgotten:
    """The message confirmed a wish to forget, and these are gone; None: everything is."""

    owner: Owner
    memory_ids: tuple[UUID, ...] | None


TurnEvent = MemoriesForgotten | ReplyStarted | ReplyDelta | MessageMarked | ReplyEnded


async def answer(
    resources: TurnResources, assignment: Assignment, *, stop: asyncio.Event
) -> AsyncIterator[TurnEvent]:
    """Write and store the reply to one message. Ends with exactly one `ReplyEnded`.

    A model's failure is an end like any other: the reply is stored as `failed` with its reason,
    and can be regenerated; a new variant that fails, or is refused, leaves the reply as it was. A
    message that content policy blocks is answered with the refusal, and no model hears of it. Setting
    `stop` ends it as `interrupted`, keeping what was written.

    Raises:
        Conflict: the lease was lost, or what was to be answered was deleted; nothing was stored.
        StoreUnavailable: the message stays unanswered, to be taken up again.
    """
    reply_id = assignment.replaces.id if assignment.replaces else new_id()
    writing = Writing(reply_id, perf_counter())
    wish = await hear_wish(resources.memory, assignment.conversation, assignment.target)
    if wish and wish.has_forgotten:
        forgotten = None if wish.stage == DONE_ALL else wish.forgotten
        yield MemoriesForgotten(assignment.conversation.owner, forgotten)
    context = await build_context(
        resources.memory,
        assignment.conversation,
        assignment.target,
        reply_id=reply_id,
        policy=resources.context,
        safeguards=resources.safeguards,
        wish=wish,
        attempt=assignment.attempt,
    )
    writing.notice = notice_for(resources.safeguards, context, assignment.target)
    yield ReplyStarted(reply_id, writing.notice)
    index = 0
    async with aclosing(write(resources.model, context, writing, stop)) as pieces:
        async for piece in pieces:
            yield ReplyDelta(reply_id, index, piece)
            index += 1
    replaced = assignment.replaces
    if replaced and is_worth_keeping(replaced) and (writing.error or writing.refused):
        await give_up_variant(resources, assignment, replaced)
        yield ReplyEnded(replaced, writing.error or ContentRefused(writing.text))
        return
    outcome = await store_reply(resources, assignment, context, writing)
    if outcome.marked:
        yield MessageMarked(outcome.marked)
    await _index_soon(resources.memory, outcome.remembered)
    yield ReplyEnded(outcome.reply, writing.error, writing.rewritten)


async def _index_soon(resources: MemoryResources, remembered: list[Memory]) -> None:
    try:
        async with asyncio.timeout(INDEX_SECONDS):
            await index_memories(resources, remembered)
    except (ServiceUnavailable, TimeoutError) as error:
        code = error.code if isinstance(error, KeepsakeError) else "timeout"
        log.warning("turn.index_later", memories=len(remembered), code=code)
