"""Memory follows the transcript: what a message that was changed says now is what is remembered.

Its episode says the new words, what rested on the old ones alone is retracted, summaries that hold
them are folded anew, and the message is formed into facts again, once.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from backend.errors import NotFound
from backend.memory.episodes import episodes, quotation, says_something
from backend.memory.summaries import unfold
from backend.memory.withdrawal import Withdrawal, retract, withdraw
from backend.models import Conversation, Memory, Message, MessageVariant, Owner, utc_now
from backend.store import Store, Transaction

# Looks at a message as it is, with its variants, once nobody else can change it; ends the change by
# raising.
MessageCheck = Callable[[Message, Sequence[MessageVariant]], None]


@asynccontextmanager
async def changing(
    store: Store, user_id: UUID, message_id: UUID, check: MessageCheck | None = None
) -> AsyncIterator[tuple[Transaction, Conversation, Message]]:
    """A transaction in which nothing else changes one of the user's messages, nor what is remembered
    of it: the owner's lock first, the conversation's second, as everywhere.

    Raises:
        NotFound: the user has no such message, or it was deleted.
    """
    async with store.transaction() as tx:
        found = await tx.messages.get(message_id)
        conversation = (
            await tx.conversations.of_user(found.conversation_id, user_id) if found else None
        )
    if conversation is None:
        raise NotFound("There is no such message.")
    async with store.transaction() as tx:
        await tx.memories.lock(conversation.owner)
        locked = await tx.conversations.of_user(conversation.id, user_id, for_update=True)
        message = await tx.messages.get(message_id)
        if locked is None or message is None or message.deleted_at:
            raise NotFound("There is no such message.")
        if check:
            check(message, await tx.messages.variants([message_id]))
        yield tx, locked, message


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
    withdrawal = await withdraw(tx, owner, [after.id])
    await retract(tx, withdrawal.unsupported, reason)
    restated = await _restate(tx, conversation, after)
    requoted = await requote(tx, owner, before, after, await speaker_names(tx, owner))
    await unfold(tx, owner, [after.id])
    if after.seq <= conversation.formed_seq:
        await tx.formation.ask_again([after.id])
    # Even where it waits anyway: a run that has read the old words is about to give up.
    await tx.formation.enqueue(conversation.id, delay_seconds=0)
    facts = (*withdrawal.unsupported, *withdrawal.weakened, *withdrawal.restored)
    return Restatement(withdrawal, (*facts, *restated, *requoted))


async def speaker_names(tx: Transaction, owner: Owner) -> dict[str, str]:
    """Sender type to display name."""
    user = await tx.users.get(owner.user_id)
    character = await tx.characters.get(owner.character_id)
    assert user is not None, "a memory goes with its user"
    assert character is not None, "a memory goes with its character"
    return {"user": user.display_name, "character": character.name}


async def predecessor(tx: Transaction, message: Message) -> Message | None:
    """What stands before a message in its index text: what it answers, or what was said just before;
    None where that is forgotten."""
    if message.reply_to:
        before = await tx.messages.get(message.reply_to)
    else:
        newest = await tx.formation.preceding(message.conversation_id, message.seq, limit=1)
        before = newest[0] if newest else None
    return before if before and says_something(before) else None


async def _restate(
    tx: Transaction, conversation: Conversation, message: Message
) -> Sequence[Memory]:
    """The episode says what the message says; one that says nothing has none."""
    owner = conversation.owner
    names = await speaker_names(tx, owner)
    user = await tx.users.get(owner.user_id)
    assert user is not None, "a memory goes with its user"
    fresh = episodes(owner, [message], names, await predecessor(tx, message), user.zone)
    known = await tx.memories.of_messages(owner, [message.id], kind="episode")
    if not fresh:
        await tx.histories.delete([memory.id for memory in known])
        await tx.memories.empty([memory.id for memory in known])
        return []
    if not known:
        return await tx.memories.add(fresh)
    for memory in known:
        memory.content, memory.index_text = fresh[0].content, fresh[0].index_text
        memory.sensitive = fresh[0].sensitive
        memory.index_state, memory.updated_at = "pending", utc_now()
        await tx.memories.save(memory)
    return known


async def requote(
    tx: Transaction, owner: Owner, before: Message, after: Message | None, names: dict[str, str]
) -> list[Memory]:
    """What followed a message was embedded with its words: with the new ones from now on, or, after
    None, without any. Returns the episodes to be indexed anew."""
    old = quotation(names[before.sender_type], before.content)
    new = quotation(names[after.sender_type], after.content) if after and after.content else ""
    changed = []
    for memory in await _behind(tx, owner, before, old):
        memory.index_text = memory.index_text.replace(old, new)
        memory.sensitive = memory.sensitive or (after is not None and after.sensitive)
        memory.index_state, memory.updated_at = "pending", utc_now()
        await tx.memories.save(memory)
        changed.append(memory)
    return changed


async def _behind(tx: Transaction, owner: Owner, message: Message, quote: str) -> list[Memory]:
    """Episodes that quote this message, and not another one with the same words."""
    quoting = {
        memory.source_message_ids[0]: memory
        for memory in await tx.memories.quoting(owner, quote)
        if memory.conversation_id == message.conversation_id and memory.source_message_ids
    }
    later = [each for each in await tx.messages.of_ids(list(quoting)) if each.seq > message.seq]
    return [quoting[each.id] for each in later if await _stands_behind(tx, each, message)]


async def _stands_behind(tx: Transaction, later: Message, message: Message) -> bool:
    if later.reply_to:
        return later.reply_to == message.id
    before = await tx.formation.preceding(later.conversation_id, later.seq, limit=1)
    return bool(before) and before[0].id == message.id
