"""T2 of a turn: the reply, why it says what it says, and what is remembered of both messages."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

from backend.conversation.assignment import Assignment, TurnResources, Writing
from backend.conversation.care import keep_in_mind
from backend.conversation.context_builder import BuiltContext
from backend.conversation.marking import mark
from backend.conversation.ruling import REFUSED, marks
from backend.conversation.state import read_mood
from backend.errors import Conflict
from backend.memory.episodes import CONTEXT_MESSAGES, episodes, says_something
from backend.memory.titles import title_from
from backend.memory.transcript import follow
from backend.models import (
    Conversation,
    Memory,
    Message,
    MessageVariant,
    Owner,
    ReplyContext,
    utc_now,
)
from backend.store import Transaction


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The reply, the rows to be indexed, and the answered message if its details changed."""

    reply: Message
    remembered: list[Memory]
    marked: Message | None = None


def is_worth_keeping(reply: Message) -> bool:
    """Whether a reply becomes a variant when another takes its place; a failure or a refusal doesn't."""
    return reply.state != "failed" and REFUSED not in reply.details


async def store_reply(
    resources: TurnResources, assignment: Assignment, context: BuiltContext, writing: Writing
) -> StoredReply:
    """T2: the reply, why it says what it says, what is to be remembered, and the memory job."""
    conversation, target = assignment.conversation, assignment.target
    reply = _reply(assignment, context, writing, resources.model.name)
    async with resources.memory.store.transaction() as tx:
        # The owner's lock first, as everywhere: nobody forgets or changes anything meanwhile. Then the
        # conversation's row: what is said from now on comes behind the reply.
        await tx.memories.lock(conversation.owner)
        conversation = await tx.turns.confirm(conversation.id, assignment.fence)
        answered, before = await _as_it_is_now(tx, target)
        marked, touched = await mark(tx, answered, context.ruling)
        record, forgotten = await _without_forgotten(tx, conversation.owner, context.record)
        # It may say what the two have forgotten since it was begun; a refusal says nothing to remember.
        if forgotten or writing.refused:
            reply.forgotten_at = utc_now()
        if assignment.replaces:
            remembered = await _replace(tx, conversation, reply)
            await tx.turns.drop_wanted(reply.id, assignment.wanted)
        else:
            reply = await tx.messages.append(reply, answered=target)
            exchange = [answered, reply]
            remembered = await _remember(tx, context, conversation, before, exchange)
        await tx.contexts.save(record)
        await keep_in_mind(tx, conversation, writing.notice)
        if not (conversation.title or assignment.replaces) and says_something(answered):
            await tx.conversations.change(conversation.id, title=title_from(answered.content))
        await tx.formation.enqueue(conversation.id, delay_seconds=resources.formation_delay)
    return StoredReply(reply, [*touched, *remembered], answered if marked else None)


async def give_up_variant(resources: TurnResources, assignment: Assignment, reply: Message) -> None:
    """A new variant didn't come: it is wanted no more, and the reply stays as it is.

    Raises:
        Conflict: the lease was lost.
    """
    async with resources.memory.store.transaction() as tx:
        await tx.turns.confirm(assignment.conversation.id, assignment.fence)
        await tx.turns.drop_wanted(reply.id, assignment.wanted)


async def _as_it_is_now(tx: Transaction, target: Message) -> tuple[Message, list[Message]]:
    """The message that is answered, and what was said just before it, in order.

    Raises:
        Conflict: it was deleted.
    """
    said = await tx.messages.preceding(
        target.conversation_id, target.seq + 1, limit=1 + CONTEXT_MESSAGES
    )
    if not said or said[-1].id != target.id:
        raise Conflict("The message was deleted while it was being answered.")
    return said[-1], said[:-1]


async def _without_forgotten(
    tx: Transaction, owner: Owner, record: ReplyContext
) -> tuple[ReplyContext, bool]:
    """The record, rid of what was forgotten or deleted while the reply was being written, and whether
    there was anything."""
    used = [UUID(item["memoryId"]) for item in record.active_memories]
    shown = [UUID(item["messageId"]) for item in record.recent_messages]
    left = await tx.contexts.standing(owner, memory_ids=used, message_ids=shown)
    record.sensitive = left.sensitive
    record.active_memories = [
        item
        for key, item in zip(used, record.active_memories, strict=True)
        if key in left.memory_ids
    ]
    record.recent_messages = [
        item
        for key, item in zip(shown, record.recent_messages, strict=True)
        if key in left.message_ids
    ]
    kept = len(record.active_memories) + len(record.recent_messages)
    return record, kept < len(used) + len(shown)


def _reply(
    assignment: Assignment, context: BuiltContext, writing: Writing, model_name: str
) -> Message:
    conversation, target, replaced = (
        assignment.conversation,
        assignment.target,
        assignment.replaces,
    )
    completion = writing.completion
    details: dict[str, Any] = {
        "tokens": completion.completion_tokens if completion else 0,
        "promptTokens": completion.prompt_tokens if completion else 0,
        "generationTime": round((perf_counter() - writing.started) * 1000),
        "model": completion.model if completion else model_name,
        "mood": read_mood(writing.text),
        **writing.marks,
        "memoriesUsed": sum(item["relevance"] > 0 for item in context.record.active_memories),
        "recall": context.record.recall,
    }
    if "sensitive" in marks(context.ruling.verdict):  # it speaks of what it answers
        details["sensitive"] = True
    if writing.refused:
        details[REFUSED] = writing.refused
    if notice := writing.notice.as_details() if writing.notice else _shown_before(replaced):
        details["notice"] = notice
        if notice["kind"] == "crisis":  # the words of care are no mood of the character's
            details["mood"] = "neutral"
    if writing.error:
        details["error"] = {"code": writing.error.code, "message": writing.error.message}
    if writing.first_delta is not None:
        context.record.timings |= {
            "model": _ms(writing.first_delta - writing.prompted),
            "firstDelta": _ms(writing.first_delta - writing.started),
        }
    return Message(
        id=writing.message_id,
        conversation_id=conversation.id,
        seq=replaced.seq if replaced else 0,
        sender_id=conversation.character_id,
        sender_type="character",
        content=writing.text,
        details=details,
        status="delivered" if assignment.reaches_user() else "sent",
        reply_to=target.id,
        state=writing.state,
        created_at=replaced.created_at if replaced else utc_now(),
    )


def _shown_before(replaced: Message | None) -> dict[str, Any] | None:
    return replaced.details.get("notice") if replaced else None


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


async def _replace(tx: Transaction, conversation: Conversation, new: Message) -> list[Memory]:
    """Make `new` the active variant of a reply; a failed attempt is replaced, not kept. Memory follows:
    the old words make way. Returns what is to be indexed."""
    stored = await tx.messages.get(new.id)
    if stored is None or stored.deleted_at:
        raise Conflict("The reply was deleted while it was being written anew.")
    old = Message(**stored.model_dump())
    if old.status != "sent":  # a mark of how far somebody has read; new words don't move it
        new.status, new.read_at = old.status, old.read_at
    known = await tx.messages.variants([old.id])
    if not known and is_worth_keeping(old):
        await tx.messages.add_variant(_variant(old, 0))
        known = await tx.messages.variants([old.id])
    if known:
        new.active_variant = known[-1].number + 1
        await tx.messages.add_variant(_variant(new, new.active_variant))
    await tx.messages.change(new)
    followed = await follow(tx, conversation, old, new, reason="the reply was written anew")
    return list(followed.touched)


def _variant(message: Message, number: int) -> MessageVariant:
    return MessageVariant(
        message_id=message.id,
        number=number,
        content=message.content,
        details=message.details,
        state=message.state,
    )


async def _remember(
    tx: Transaction,
    context: BuiltContext,
    conversation: Conversation,
    before: list[Message],
    exchange: list[Message],
) -> list[Memory]:
    """Store what was said, and its reply, as episodes, unless everything was forgotten since the first
    was said."""
    if exchange[0].seq <= conversation.forgotten_seq:
        return []
    user, character = context.scene.user, context.scene.character
    names = {"user": user.display_name, "character": character.name}
    said = episodes(conversation.owner, exchange, names, before, user.zone)
    return await tx.memories.add(said)
