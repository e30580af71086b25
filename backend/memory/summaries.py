"""The rolling summary: what a conversation's window no longer shows, folded into one text.

A fold reads the messages after the mark "folded up to here" and the summary so far, and writes a
new summary that supersedes it together with the moved mark, in one transaction. The mark is
compared and set, and what was read is read again before writing: each message is folded once,
and nothing that was edited or forgotten meanwhile slips in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog

from backend.errors import Conflict, ServiceUnavailable
from backend.memory.episodes import spoken_on
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.memory.shared_life import tell_shared_life
from backend.memory.summary_range import (
    SummaryRange,
    is_due,
    is_unchanged,
    next_range,
    settled_seq,
)
from backend.memory.titles import describe_anew
from backend.models import Memory, MemoryRevision, Owner, utc_now
from backend.models.summary import Summary
from backend.ports import Summariser
from backend.store import Transaction

SUMMARY_IMPORTANCE = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fold:
    """What came of one run: the newest summary, and the one that was in force before."""

    summary: Memory
    superseded: Memory | None


async def fold(
    resources: MemoryResources, summariser: Summariser, conversation_id: UUID, *, window: int
) -> Fold | None:
    """Fold all that is due of a conversation, range by range. None: nothing was, or it is gone.

    Raises:
        ModelError, StoreUnavailable: what was folded until then is kept; run again.
    """
    goal = await _goal(resources, conversation_id, window)
    done: Fold | None = None
    while read := await _read(resources, conversation_id, goal):
        written = await summariser.summarise(read.material) if read.lines else None
        try:
            kept = await _keep(resources, read, written)
        except Conflict:  # another run was first, or something has changed: look again
            log.info("summary.overtaken", conversation_id=str(conversation_id))
            continue
        if kept:  # those between the first and the last were never indexed
            done = replace(kept, superseded=done.superseded) if done else kept
    if done:
        await _index(resources, done)
    return done


async def _goal(resources: MemoryResources, conversation_id: UUID, window: int) -> int:
    """The number up to which to fold now; 0 if nothing is due."""
    async with resources.store.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
    if conversation is None or not is_due(conversation, window):
        return 0
    return settled_seq(conversation)


async def _read(
    resources: MemoryResources, conversation_id: UUID, goal: int
) -> SummaryRange | None:
    async with resources.store.transaction() as tx:
        return await next_range(tx, conversation_id, goal)


async def _keep(
    resources: MemoryResources, read: SummaryRange, written: Summary | None
) -> Fold | None:
    """T3 of a summary: the mark, the new summary in the old one's place, title, topics and mood.

    Raises:
        Conflict: the mark, the old summary or a message is no longer what was read.
    """
    conversation = read.conversation
    async with resources.store.transaction() as tx:
        await tx.memories.lock(conversation.owner)
        # The mark next: whoever comes second fails here, before writing anything.
        await tx.summaries.advance(
            conversation.id, from_seq=conversation.summarised_seq, to_seq=read.to_seq
        )
        if not await is_unchanged(tx, read):
            raise Conflict("What was to be folded has changed.")
        if written is None:
            return None
        memory = _memory(read, written)
        old = await tx.memories.summary_of(conversation.owner, conversation.id)
        if old:
            memory.pinned = old.pinned
            await _supersede(tx, old, memory)
        await tx.memories.add([memory])
        await tx.histories.add(_revision(memory, "added", _account(read, written)))
        await _describe(tx, conversation.id, written)
    return Fold(memory, old)


def _memory(read: SummaryRange, written: Summary) -> Memory:
    conversation, previous = read.conversation, read.previous
    said_at = max(line.said_at for line in read.lines)
    people = f"{read.names['user']} and {read.names['character']}"
    return Memory(
        character_id=conversation.character_id,
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        kind="summary",
        content=written.text,
        # Two conversations may come to the same words.
        content_hash=f"{conversation.id}:{read.to_seq}",
        importance=SUMMARY_IMPORTANCE,
        first_mentioned=previous.first_mentioned if previous else read.lines[0].said_at,
        last_reinforced=said_at,
        mention_time=said_at,
        valid_from=said_at,
        about="other",
        about_name=people,
        source_message_ids=[line.message_id for line in read.lines],
        sensitive=read.sensitive,
        index_text=f"{spoken_on(said_at, read.zone)}, {people} talked: {written.text}",
    )


def _account(read: SummaryRange, written: Summary) -> dict[str, object]:
    """What was folded, what it cost, and what the conversation was called by it."""
    return {
        "fromSeq": read.conversation.summarised_seq + 1,
        "toSeq": read.to_seq,
        "model": written.model,
        "promptVersion": written.prompt_version,
        "tokens": written.tokens,
        "promptTokens": written.prompt_tokens,
        "title": written.title or read.conversation.title,
        "topics": list(written.topics),
        "mood": written.mood,
    }


def _revision(
    memory: Memory, action: str, details: dict[str, object] | None = None
) -> MemoryRevision:
    return MemoryRevision(
        memory_id=memory.id,
        action=action,
        content=memory.content,
        details=details or {},
        source_message_ids=memory.source_message_ids,
        sensitive=memory.sensitive,
    )


async def _supersede(tx: Transaction, old: Memory, by: Memory) -> None:
    old.status, old.superseded_by, old.valid_to = "superseded", by.id, by.valid_from
    old.index_state, old.updated_at = "pending", utc_now()
    await tx.memories.save(old)
    await tx.histories.add(_revision(old, "superseded"))


async def _describe(tx: Transaction, conversation_id: UUID, written: Summary) -> None:
    """Title, topics and mood. The conversation is read under the lock that moving the mark took: a
    title chosen by hand a moment ago stays."""
    conversation = await tx.conversations.get(conversation_id)
    assert conversation is not None, "its mark was moved in this transaction"
    details = {**conversation.details, "topics": list(written.topics), "mood": written.mood}
    changes: dict[str, object] = {"details": details}
    if written.title and not conversation.title_is_custom:
        changes["title"] = written.title
    await tx.conversations.change(conversation_id, **changes)
    await tell_shared_life(tx, conversation.owner)


async def _index(resources: MemoryResources, done: Fold) -> None:
    touched = [done.summary, *([done.superseded] if done.superseded else [])]
    try:
        await index_memories(resources, touched)
    except ServiceUnavailable as error:  # it is kept; the sweep will index it
        log.warning("summary.index_later", code=error.code)


async def unfold(tx: Transaction, owner: Owner, citing: Sequence[Memory]) -> list[Memory]:
    """Take back every summary among what is `citing` some messages, so that they are folded anew or left
    out: for an edit, a deletion, a regenerated reply, something forgotten.

    The caller holds the owner's lock, and has changed or forgotten the messages (one whose episode
    is gone is left out by the next fold). The texts are emptied and their history is deleted; the
    index sweep removes the rows. What was folded before the first of the messages is the summary
    again, title, topics and mood are those that came with it, and a fold is queued.

    Returns the emptied summaries.
    """
    touched = [
        memory
        for memory in citing
        if memory.kind == "summary" and memory.conversation_id and memory.content
    ]
    emptied: list[Memory] = []
    in_order = sorted(touched, key=lambda memory: (str(memory.conversation_id), memory.id))
    for _, group in groupby(in_order, key=lambda memory: memory.conversation_id):
        emptied += await _unfold_from(tx, owner, next(group))
    return emptied


async def _unfold_from(tx: Transaction, owner: Owner, first: Memory) -> list[Memory]:
    assert first.conversation_id is not None, "its caller leaves others out"
    chain = await tx.memories.summaries_of(owner, first.conversation_id)
    histories = await tx.histories.of_each([memory.id for memory in chain])
    from_seq: int = histories[first.id][0].details["fromSeq"]
    doomed = [memory for memory in chain if memory.id >= first.id]
    for memory in doomed:
        memory.content = memory.index_text = ""
        memory.status, memory.index_state, memory.updated_at = "retracted", "pending", utc_now()
        await tx.memories.save(memory)
    await tx.histories.delete([memory.id for memory in doomed])
    earlier: Mapping[str, Any] | None = None
    for memory in chain:
        if memory.superseded_by == first.id and memory.content:
            await _restore(tx, memory)
            earlier = histories[memory.id][0].details
    await describe_anew(tx, first.conversation_id, earlier)
    await tx.summaries.rewind(first.conversation_id, from_seq - 1)
    await tx.summaries.enqueue(first.conversation_id)
    return doomed


async def _restore(tx: Transaction, memory: Memory) -> None:
    memory.status, memory.superseded_by, memory.valid_to = "active", None, None
    memory.index_state, memory.updated_at = "pending", utc_now()
    await tx.memories.save(memory)
    await tx.histories.add(_revision(memory, "restored"))
