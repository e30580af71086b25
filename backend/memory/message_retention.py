"""Message retention: what was said longest ago is deleted, where an installation wants that.

The words go: out of the messages and their variants, the records of replies, titles, and the episodes
that repeat them word for word. What was drawn from them stays, facts and summaries and the relationship:
that is memory, with a retention of its own. So do pinned episodes, which somebody wanted kept.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import structlog

from backend.memory.doomed import Doomed, empty_rows
from backend.memory.episodes import requoted
from backend.memory.resources import MemoryResources
from backend.memory.settling import settle
from backend.memory.titles import forget_titles
from backend.memory.transcript import REPLY_WITHIN
from backend.models import Conversation, Memory, Message, utc_now
from backend.store import Transaction

BATCH = 200  # messages that are looked at in one go

log = structlog.get_logger(__name__)


async def delete_old_messages(resources: MemoryResources, period: timedelta) -> int:
    """Delete messages that were stored before the period. Not what waits for its answer; and what a
    conversation is being answered in is left for the next time.

    Safe to run again and in several processes. Returns how many were deleted.

    Raises:
        StoreUnavailable: the batches before are kept; run again.
    """
    older_than = utc_now() - period
    total, last = 0, None
    while batch := await _next_batch(resources, older_than, last):
        last = batch[-1][1]
        for conversation_id, group in groupby(sorted(batch), key=lambda pair: pair[0]):
            total += await _delete(resources, conversation_id, [key for _, key in group])
    if total:
        log.info("retention.messages_deleted", messages=total)
    return total


async def _next_batch(
    resources: MemoryResources, older_than: datetime, after: UUID | None
) -> list[tuple[UUID, UUID]]:
    async with resources.store.transaction() as tx:
        return await tx.messages.stored_before(older_than, after=after, limit=BATCH)


async def _delete(
    resources: MemoryResources, conversation_id: UUID, message_ids: Sequence[UUID]
) -> int:
    """Delete messages of one conversation; returns how many."""
    async with resources.store.transaction() as tx:
        known = await tx.conversations.get(conversation_id)
    if known is None:
        return 0
    doomed = Doomed(known.owner)
    async with resources.store.transaction() as tx:
        await tx.memories.lock(known.owner)
        conversation = await tx.conversations.of_user(
            conversation_id, known.user_id, for_update=True
        )
        if conversation is None or await tx.turns.holder(conversation_id):
            return 0
        old = [
            message
            for message in await tx.messages.of_ids(message_ids)
            if message.deleted_at is None and message.seq <= conversation.answered_seq
        ]
        if old:
            await _take_words_away(tx, conversation, old, doomed)
    if doomed.memory_ids:
        await settle(resources, doomed)
    return len(old)


async def _take_words_away(
    tx: Transaction, conversation: Conversation, old: Sequence[Message], doomed: Doomed
) -> None:
    owner, ids = conversation.owner, [message.id for message in old]
    contents = [message.content for message in old]
    said = await tx.memories.of_messages(owner, ids, kind="episode")
    doomed.add(episode for episode in said if not episode.pinned)
    await _unquote(tx, conversation, old, [episode for episode in said if episode.pinned])
    await empty_rows(tx, doomed)
    await tx.contexts.scrub(owner, memory_ids=list(doomed.memory_ids), message_ids=ids)
    await tx.messages.empty(conversation.id, old)
    await forget_titles(tx, owner, {conversation.id: contents}, ())


async def _unquote(
    tx: Transaction, conversation: Conversation, old: Sequence[Message], pinned: Sequence[Memory]
) -> None:
    """Episodes that stay, of messages behind these, quote them: from now on they don't."""
    last = max(message.seq for message in old)
    behind = await tx.messages.page(conversation.id, limit=REPLY_WITHIN, after=last)
    staying = await tx.memories.of_messages(
        conversation.owner, [message.id for message in behind], kind="episode"
    )
    for episode in (*pinned, *staying):
        text = episode.index_text
        for message in old:
            text = requoted(text, message.content)
        if text != episode.index_text:
            episode.index_text = text
            episode.index_state, episode.updated_at = "pending", utc_now()
            await tx.memories.save(episode)
