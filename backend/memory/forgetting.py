"""Forgetting, provably: one memory, one message, one conversation, one pair. (Of a whole user:
privacy/erasing.py.)

Words go first, in one transaction: out of the rows, their histories, the reply contexts that quote
them, the summaries that hold them. Then vectors and cache keys go, then the emptied rows; what can't be
reached is left to the index sweep. Then everything is looked through again for the receipt.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from backend.errors import NotFound
from backend.memory.doomed import (
    Doomed,
    doomed_of,
    empty_rows,
    forget_words,
    messages_behind,
    repetitions,
    reply_repeating,
    with_kin,
)
from backend.memory.holding import hold
from backend.memory.receipts import Receipt
from backend.memory.resources import MemoryResources
from backend.memory.settling import settle, settle_owner
from backend.memory.shared_life import tell_of, tell_shared_life
from backend.memory.transcript import MessageCheck, changing, owner_of
from backend.memory.withdrawal import NOT_FACTS, Withdrawal, withdraw
from backend.models import Conversation, Memory, Message, Owner
from backend.store import Transaction


@dataclass(frozen=True, slots=True)
class ForgottenMessage:
    """A message as it is left, emptied, what rested on it, and the receipt."""

    message: Message
    conversation: Conversation
    withdrawal: Withdrawal
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class ForgottenConversation:
    """Whose conversation it was, what rested on it, and the receipt."""

    owner: Owner
    withdrawal: Withdrawal
    receipt: Receipt


async def forget_memory(
    resources: MemoryResources,
    owner: Owner,
    memory_id: UUID,
    *,
    asked_in: UUID | None = None,
    check: Callable[[Memory], None] | None = None,
) -> Receipt:
    """Forget one memory, and with a fact whatever would bring it back: the values that it replaced,
    the messages that say it or say it again, and the one in which it was asked for. They stay in their
    conversations, for people to read, and go into nothing any more. `check` looks at the memory first,
    under the owner's lock, and ends all this by raising.

    Raises:
        NotFound: the owner has no such memory, or the user doesn't know the character.
    """
    async with resources.store.transaction() as tx:
        await hold(tx, owner)
        found = await tx.memories.of_owner(owner, [memory_id])
        if not found or not found[0].content:
            raise NotFound("There is no such memory.")
        if check:
            check(found[0])
        doomed = await doomed_of(tx, owner)
        facts = await with_kin(tx, owner, found)
        doomed.hashes = {fact.content_hash for fact in facts if fact.kind not in NOT_FACTS}
        said = [
            *await messages_behind(tx, facts),
            *await repetitions(tx, doomed, facts),
            *(await tx.messages.of_ids([asked_in]) if asked_in else ()),
        ]
        await forget_words(tx, doomed, facts, said)
    return await settle(resources, doomed)


async def forget_message(
    resources: MemoryResources,
    user_id: UUID,
    message_id: UUID,
    *,
    check: MessageCheck | None = None,
) -> ForgottenMessage:
    """Delete a message, if it passes the `check`: it stays as an empty place in its conversation, and
    what it alone supported is forgotten.

    Raises:
        NotFound: the user has no such message.
    """
    owner = await owner_of(resources.store, user_id, message_id)
    async with changing(resources.store, owner, message_id, check) as (tx, conversation, message):
        doomed = await doomed_of(tx, owner)
        doomed.cited = {message_id}
        citing = await tx.memories.of_messages(owner, [message_id])
        withdrawal = await withdraw(tx, owner, [message_id], citing)
        facts = withdrawal.unsupported
        repeated = [
            *await repetitions(tx, doomed, facts, speakers=["character"]),
            *await reply_repeating(tx, doomed, message),
        ]
        await forget_words(tx, doomed, facts, [message, *repeated])
        await tx.histories.uncite(owner, [message_id])
        await tx.messages.empty(conversation.id, [message])
    receipt = await settle(resources, doomed)
    return ForgottenMessage(message, conversation, withdrawal, receipt)


async def forget_conversation(
    resources: MemoryResources,
    user_id: UUID,
    conversation_id: UUID,
    *,
    check: Callable[[Transaction, Conversation], Awaitable[None]] | None = None,
) -> ForgottenConversation:
    """Delete a conversation with everything said in it, and forget what rested on it alone, where the
    character says it elsewhere too. `check` looks at it first, under its lock, and ends all this by
    raising.

    Raises:
        NotFound: the user has no such conversation.
    """
    async with resources.store.transaction() as tx:
        known = await tx.conversations.of_user(conversation_id, user_id)
    if known is None:
        raise NotFound("There is no such conversation.")
    owner = known.owner
    async with resources.store.transaction() as tx:
        await tx.memories.lock(owner)
        conversation = await tx.conversations.of_user(conversation_id, user_id, for_update=True)
        if conversation is None:
            raise NotFound("There is no such conversation.")
        if check:
            await check(tx, conversation)
        said = await tx.messages.ids_of(conversation_id)
        doomed = await doomed_of(tx, owner)
        doomed.cited, doomed.quoted = set(said), set(said)
        citing = await tx.memories.of_messages(owner, said)
        withdrawal = await withdraw(tx, owner, said, citing)
        facts = withdrawal.unsupported
        elsewhere = [
            message
            for message in await repetitions(tx, doomed, facts, speakers=["character"])
            if message.conversation_id != conversation_id
        ]
        doomed.add(memory for memory in citing if memory.kind == "episode")
        doomed.add(await tx.memories.summaries_of(owner, conversation_id))
        await forget_words(tx, doomed, facts, elsewhere)
        await tx.histories.uncite(owner, said)
        await tx.messages.delete_of(conversation_id)
        await _close(tx, conversation)
        await tell_shared_life(tx, owner)
    return ForgottenConversation(owner, withdrawal, await settle(resources, doomed))


async def forget_pair(resources: MemoryResources, owner: Owner) -> Receipt:
    """Forget everything that the character remembers about the user, and that has been said until now:
    it won't be formed into memory again. Conversations and the relationship's standing stay.

    Raises:
        NotFound: the user doesn't know the character.
    """
    doomed = Doomed(owner)
    async with resources.store.transaction() as tx:
        await hold(tx, owner)
        doomed.memory_ids = set(await tx.memories.ids_of(owner))
        conversations = await tx.conversations.begin_anew(owner)
        ids = [conversation.id for conversation in conversations]
        await empty_rows(tx, doomed)
        await tx.contexts.delete_of(ids)
        await tx.messages.mark_all_forgotten(ids)
        await tell_of(tx, owner, conversations)
    return await settle_owner(resources, doomed, conversations)


async def _close(tx: Transaction, conversation: Conversation) -> None:
    await tx.conversations.change(
        conversation.id,
        status="deleted",
        title="",
        details={},
        message_count=0,
        **_everything_done(conversation),
    )


def _everything_done(conversation: Conversation) -> dict[str, int]:
    marks = ("answered_seq", "formed_seq", "summarised_seq", "forgotten_seq")
    return dict.fromkeys(marks, conversation.last_seq)
