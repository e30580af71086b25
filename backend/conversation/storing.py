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
from backend.memory.episodes import episodes, says_something
from backend.memory.titles import title_from
from backend.memory.transcript import follow, predecessor
from backend.models import Memory, Message, MessageVariant, Owner, ReplyContext, utc_now
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
        # The owner's lock first, as everywhere: nobody forgets or changes anything meanwhile.
        await tx.memories.lock(conversation.owner)
        answered = await tx.messages.get(target.id)
        if answered is None or answered.deleted_at:
            raise Conflict("The message was deleted while it was being answered.")
        marked, touched = await mark(tx, answered, context.ruling)
        record, forgotten = await _without_forgotten(tx, conversation.owner, context.record)
        # It may say what the two have forgotten since it was begun; a refusal says nothing to remember.
        if forgotten or writing.refused:
            reply.forgotten_at = utc_now()
        if assignment.replaces:
            await tx.turns.confirm(conversation.id, assignment.fence)
            remembered = await _replace(tx, assignment, reply)
            await tx.turns.drop_wanted(reply.id, assignment.wanted)
        else:
            reply = await tx.messages.append(reply)
            await tx.turns.mark_answered(conversation.id, target, assignment.fence)
            remembered = await _remember(tx, context, answered, reply)
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


async def _without_forgotten(
    tx: Transaction, owner: Owner, record: ReplyContext
) -> tuple[ReplyContext, bool]:
    """The record, rid of what was forgotten or deleted while the reply was being written, and whether
    there was anything."""
    used = [UUID(item["memoryId"]) for item in record.active_memories]
    shown = [UUID(item["messageId"]) for item in record.recent_messages]
    memories = await tx.memories.of_owner(owner, used)
    messages = await tx.messages.of_ids(shown)
    kept = {str(memory.id) for memory in memories if memory.content}
    kept |= {
        str(message.id) for message in messages if not (message.deleted_at or message.forgotten_at)
    }
    record.sensitive = any(message.sensitive for message in messages) or any(
        memory.sensitive for memory in memories
    )
    record.active_memories = [item for item in record.active_memories if item["memoryId"] in kept]
    record.recent_messages = [item for item in record.recent_messages if item["messageId"] in kept]
    left = len(record.active_memories) + len(record.recent_messages)
    return record, left < len(used) + len(shown)


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


async def _replace(tx: Transaction, assignment: Assignment, new: Message) -> list[Memory]:
    """Make `new` the active variant of a reply; a failed attempt is replaced, not kept. Memory follows:
    the old words make way. Returns what is to be indexed."""
    stored = await tx.messages.get(new.id)
    conversation = await tx.conversations.get(new.conversation_id)
    if stored is None or stored.deleted_at or conversation is None:
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
    tx: Transaction, context: BuiltContext, target: Message, reply: Message
) -> list[Memory]:
    """Store both messages as episodes, unless everything was forgotten since the first was said."""
    conversation = await tx.conversations.get(reply.conversation_id)
    assert conversation is not None, "its mark was moved in this transaction"
    if target.seq <= conversation.forgotten_seq:
        return []
    user, character = context.scene.user, context.scene.character
    names = {"user": user.display_name, "character": character.name}
    before = await predecessor(tx, target)
    said = episodes(conversation.owner, [target, reply], names, before, user.zone)
    return await tx.memories.add(said)
