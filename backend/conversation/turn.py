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
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import structlog

from backend.conversation.assignment import Assignment, TurnResources, Writing
from backend.conversation.context_builder import BuiltContext, build_context
from backend.conversation.storing import give_up_variant, store_reply
from backend.conversation.streaming import until
from backend.conversation.wishes import hear_wish
from backend.errors import KeepsakeError, ModelError, ServiceUnavailable
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.models import Memory, Message, Owner, new_id
from backend.ports import LanguageModel, TextDelta

log = structlog.get_logger(__name__)

INDEX_SECONDS = 1.0  # how long the end of a turn waits for the index before leaving it to the sweep


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """A reply begins under this id."""

    message_id: UUID


@dataclass(frozen=True, slots=True)
class ReplyDelta:
    """The next piece; `index` counts from 0."""

    message_id: UUID
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply as stored; `error` says why it failed."""

    message: Message
    error: ModelError | None = None


@dataclass(frozen=True, slots=True)
class MemoriesForgotten:
    """The message confirmed a wish to forget, and these are gone."""

    owner: Owner
    memory_ids: tuple[UUID, ...]


TurnEvent = MemoriesForgotten | ReplyStarted | ReplyDelta | ReplyEnded


async def answer(
    resources: TurnResources, assignment: Assignment, *, stop: asyncio.Event
) -> AsyncIterator[TurnEvent]:
    """Write and store the reply to one message. Ends with exactly one `ReplyEnded`.

    A model's failure is an end like any other: the reply is stored as `failed` with its reason,
    and can be regenerated; a new variant that fails leaves the reply as it was. Setting `stop` ends
    it as `interrupted`, keeping what was written.

    Raises:
        Conflict: the lease was lost, or what was to be answered was deleted; nothing was stored.
        StoreUnavailable: the message stays unanswered, to be taken up again.
    """
    reply_id = assignment.replaces.id if assignment.replaces else new_id()
    writing = Writing(reply_id, perf_counter())
    wish = await hear_wish(resources.memory, assignment.conversation, assignment.target)
    if wish and wish.forgotten:
        yield MemoriesForgotten(assignment.conversation.owner, wish.forgotten)
    context = await build_context(
        resources.memory,
        assignment.conversation,
        assignment.target,
        reply_id=reply_id,
        policy=resources.context,
        wish=wish,
    )
    yield ReplyStarted(reply_id)
    async for delta in _write(resources.model, context, writing, stop):
        yield delta
    replaced = assignment.replaces
    if writing.error and replaced and replaced.state != "failed":
        await give_up_variant(resources, assignment, replaced)
        yield ReplyEnded(replaced, writing.error)
        return
    reply, remembered = await store_reply(resources, assignment, context, writing)
    await _index_soon(resources.memory, remembered)
    yield ReplyEnded(reply, writing.error)


async def _write(
    model: LanguageModel, context: BuiltContext, writing: Writing, stop: asyncio.Event
) -> AsyncIterator[ReplyDelta]:
    writing.prompted = perf_counter()
    try:
        async for piece in until(stop, model.stream(context.prompt)):
            if isinstance(piece, TextDelta):
                if writing.first_delta is None:
                    writing.first_delta = perf_counter()
                yield ReplyDelta(writing.message_id, writing.deltas, piece.text)
                writing.text += piece.text
                writing.deltas += 1
            else:
                writing.completion = piece
    except ModelError as error:
        log.warning("turn.model_failed", code=error.code, message_id=str(writing.message_id))
        writing.state, writing.error = "failed", error
        return
    if writing.completion is None:
        writing.state = "interrupted"


async def _index_soon(resources: MemoryResources, remembered: list[Memory]) -> None:
    try:
        async with asyncio.timeout(INDEX_SECONDS):
            await index_memories(resources, remembered)
    except (ServiceUnavailable, TimeoutError) as error:
        code = error.code if isinstance(error, KeepsakeError) else "timeout"
        log.warning("turn.index_later", memories=len(remembered), code=code)
