"""Memory follows the transcript: what a message that was changed says now is what is remembered.

Its episode says the new words, what rested on the old ones alone is retracted, summaries that hold
them are folded anew, and the message is formed into facts again, once.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from backend.errors import NotFound
from backend.memory.episodes import CONTEXT_MESSAGES, episodes, requoted
from backend.memory.speakers import Speakers, speakers_of
from backend.memory.summaries import unfold
from backend.memory.takebacks import restate
from backend.memory.withdrawal import Withdrawal, retract, withdraw
from backend.models import Conversation, Memory, Message, MessageVariant, Owner, utc_now
from backend.store import Store, Transaction

REPLY_WITHIN = 20  # messages behind what it answers

# Looks at a message as it is, with its variants, once nobody else can change it; ends the change by
# raising.
MessageCheck = Callable[[Message, Sequence[MessageVariant]], None]


async def owner_of(store: Store, user_id: UUID, message_id: UUID) -> Owner:
    """Whose memory one of the user's messages concerns.

    Raises:
        NotFound: the user has no such message.
    """
    async with store.transaction() as tx:
        found = await tx.messages.of_user(message_id, user_id)
    if found is None:
        raise NotFound("There is no such message.")
    return found[1].owner


@asynccontextmanager
async def changing(
    store: Store, owner: Owner, message_id: UUID, check: MessageCheck | None = None
) -> AsyncIterator[tuple[Transaction, Conversation, Message]]:
    """A transaction in which nothing else changes one of the owner's messages, nor what is remembered
    of it: the owner's lock first, the conversation's second, as everywhere.

    Raises:
        NotFound: there is no such message, or it was deleted.
    """
    async with store.transaction() as tx:
        await tx.memories.lock(owner)
        found = await tx.messages.of_user(message_id, owner.user_id, for_update=True)
        if found is None or found[0].deleted_at:
            raise NotFound("There is no such message.")
        message, conversation = found
        if check:
            check(message, await tx.messages.variants([message_id]))
        yield tx, conversation, message


@dataclass(frozen=True, slots=True)
class Restatement:
    """What a change of words led to; `touched` are the rows to be brought into the index."""

    withdrawal: Withdrawal
    touched: tuple[Memory, ...]


async def follow(
    tx: Transaction, conversation: Conversation, before: Message, after: Message, *, reason: str
) -> Restatement:
    """Let memory say what a message says now. `before` is a copy of it as it was; `after` is stored.

    The caller holds the owner's lock (`Memories.lock`), taken before the conversation's."""
    owner = conversation.owner
    speakers = await speakers_of(tx, owner)
    citing = await tx.memories.of_messages(owner, [after.id])
    withdrawal = await withdraw(tx, owner, [after.id], citing)
    await retract(tx, withdrawal.unsupported, reason)
    known = [memory for memory in citing if memory.kind == "episode"]
    restated = await _restate(tx, owner, after, known, speakers)
    requoted = await requote(tx, owner, [before], after)
    await unfold(tx, owner, citing)
    if after.seq <= conversation.formed_seq:
        await tx.formation.ask_again([after.id])
    # Even where it waits anyway: a run that has read the old words is about to give up.
    await tx.formation.enqueue(conversation.id, delay_seconds=0)
    facts = (*withdrawal.unsupported, *withdrawal.weakened, *withdrawal.restored)
    return Restatement(withdrawal, (*facts, *restated, *requoted))


async def ahead_of(tx: Transaction, message: Message) -> list[Message]:
    """What a message's index text may quote, in order: what it answers, or what was said just before,
    and what was said before that; nothing where what it answers is gone."""
    most = REPLY_WITHIN if message.reply_to else CONTEXT_MESSAGES
    said = await tx.messages.preceding(message.conversation_id, message.seq, limit=most)
    if message.reply_to:
        ids = [each.id for each in said]
        said = said[: ids.index(message.reply_to) + 1] if message.reply_to in ids else []
    return said[-CONTEXT_MESSAGES:]


async def _restate(
    tx: Transaction, owner: Owner, message: Message, known: Sequence[Memory], speakers: Speakers
) -> Sequence[Memory]:
    """The `known` episode says what the message says; one that says nothing has none."""
    before = await ahead_of(tx, message)
    fresh = episodes(owner, [message], speakers.names, before, speakers.zone)
    if not fresh:
        await tx.histories.delete([memory.id for memory in known])
        await tx.memories.empty([memory.id for memory in known])
        return []
    if not known:
        return await tx.memories.add(fresh)
    for memory in known:
        memory.content, memory.index_text = fresh[0].content, fresh[0].index_text
        memory.sensitive = fresh[0].sensitive
        await restate(tx, memory)
        memory.index_state, memory.updated_at = "pending", utc_now()
        await tx.memories.save(memory)
    return known


async def requote(
    tx: Transaction, owner: Owner, before: Sequence[Message], after: Message | None
) -> list[Memory]:
    """What followed messages was embedded with their words: with the new ones from now on, or, after
    None, without any. Returns the episodes to be indexed anew."""
    old = {each.id: each.content for each in before}
    changed = {}
    for message_id, memory in await tx.memories.behind(owner, list(old)):
        text = requoted(memory.index_text, old[message_id], after.content if after else "")
        if text == memory.index_text:
            continue
        memory.index_text = text
        memory.sensitive = memory.sensitive or (after is not None and after.sensitive)
        memory.index_state, memory.updated_at = "pending", utc_now()
        await tx.memories.save(memory)
        changed[memory.id] = memory
    return list(changed.values())
