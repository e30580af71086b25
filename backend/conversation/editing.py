"""Changing what was said: an edit, another variant of a reply. Memory follows, in one transaction."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from backend.conversation.accepting import check_content
from backend.conversation.care import note_minor
from backend.conversation.ruling import BLOCKED, LOCAL, REFUSED, Scene, marks, rule_on
from backend.conversation.state import read_mood
from backend.errors import ContentRefused, InvalidRequest, NotFound, ServiceUnavailable
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.memory.titles import title_from
from backend.memory.transcript import MessageCheck, Restatement, changing, follow, owner_of
from backend.memory.withdrawal import Withdrawal
from backend.models import Conversation, Message, MessageVariant, Owner, utc_now
from backend.safety.moderation import Moderation
from backend.safety.wording import refusal, refusal_as_reply
from backend.store import Store, Transaction

LONGEST_REPLY = 20_000  # characters; a model's reply may be longer than a user's message
SAID_BEFORE = 20  # messages in which a character may have said to be a child
_OF_OLD_WORDS = frozenset({BLOCKED, REFUSED, "sensitive"})  # what details say of them


@dataclass(frozen=True, slots=True)
class ChangedMessage:
    """The message as it is now, its variants, and what no longer rests on it."""

    message: Message
    variants: Sequence[MessageVariant]
    owner: Owner
    withdrawal: Withdrawal


async def edit_message(
    resources: MemoryResources,
    user_id: UUID,
    message_id: UUID,
    content: str,
    *,
    longest: int,
    moderation: Moderation = LOCAL.moderation,
    check: MessageCheck | None = None,
) -> ChangedMessage:
    """Let a message, the user's or the character's, say something else, if it passes the `check`.
    `longest` holds for a user's.

    Raises:
        NotFound: the user has no such message.
        InvalidRequest, MessageTooLong: it can't be changed, or not into this.
        ContentRefused: content policy would block it.
    """
    message, scene = await _read(resources.store, user_id, message_id)
    check_content(content, longest if message.sender_type == "user" else LONGEST_REPLY)
    # An edit is no way past content policy, whosever words it changes.
    ruling = await rule_on(moderation, resources, content, scene)
    refused = refusal if message.sender_type == "user" else refusal_as_reply
    if why := refused(ruling.decision):
        raise ContentRefused(why)
    owner = scene.conversation.owner
    async with changing(resources.store, owner, message_id, check) as (tx, conversation, message):
        if message.type == "system":
            raise InvalidRequest("A system message can't be edited.")
        if message.state == "failed":
            raise InvalidRequest("This reply failed; it can be regenerated, not edited.")
        variants = await tx.messages.variants([message_id])
        if content == message.content:
            return ChangedMessage(message, variants, conversation.owner, Withdrawal())
        before = Message(**message.model_dump())
        message.content, message.edited_at, message.forgotten_at = content, utc_now(), None
        said = {key: value for key, value in message.details.items() if key not in _OF_OLD_WORDS}
        message.details = {**said, "mood": read_mood(content), **marks(ruling.verdict)}
        if ruling.verdict.writer_is_minor and message.sender_type == "user":
            await note_minor(tx, user_id)
        await tx.messages.change(message)
        for variant in variants:
            if variant.number == message.active_variant:
                variant.content, variant.details = content, message.details
                await tx.messages.add_variant(variant)
        await _retitle(tx, conversation, before, message)
        followed = await follow(tx, conversation, before, message, reason="the message was edited")
    await _index(resources, followed)
    return ChangedMessage(message, variants, conversation.owner, followed.withdrawal)


async def _read(store: Store, user_id: UUID, message_id: UUID) -> tuple[Message, Scene]:
    """One of the user's messages, and who talked there."""
    async with store.transaction() as tx:
        found = await tx.messages.of_user(message_id, user_id)
        if found is None:
            raise NotFound("There is no such message.")
        message, conversation = found
        both = await tx.characters.with_user(conversation.owner)
        said = await tx.messages.page(conversation.id, limit=SAID_BEFORE, before=message.seq)
    assert both is not None, "a conversation goes with its character and its user"
    character, user = both
    return message, Scene(user, character, conversation, said)


async def choose_variant(
    resources: MemoryResources,
    user_id: UUID,
    message_id: UUID,
    number: int,
    *,
    check: MessageCheck | None = None,
) -> ChangedMessage:
    """Let another variant of a reply count, if the message passes the `check`.

    Raises:
        NotFound: the user has no such message, or it no such variant.
    """
    owner = await owner_of(resources.store, user_id, message_id)
    async with changing(resources.store, owner, message_id, check) as (tx, conversation, message):
        variants = await tx.messages.variants([message_id])
        chosen = next((item for item in variants if item.number == number), None)
        if chosen is None:
            raise NotFound("There is no such variant.")
        before = Message(**message.model_dump())
        message.content, message.details = chosen.content, chosen.details
        message.state, message.active_variant = chosen.state, chosen.number
        await tx.messages.change(message)
        if message.content == before.content:
            return ChangedMessage(message, variants, conversation.owner, Withdrawal())
        reason = "another variant of the reply was chosen"
        followed = await follow(tx, conversation, before, message, reason=reason)
    await _index(resources, followed)
    return ChangedMessage(message, variants, conversation.owner, followed.withdrawal)


async def _retitle(
    tx: Transaction, conversation: Conversation, before: Message, after: Message
) -> None:
    """A title made from the message changes with it."""
    if not conversation.title_is_custom and conversation.title == title_from(before.content):
        await tx.conversations.change(conversation.id, title=title_from(after.content))


async def _index(resources: MemoryResources, followed: Restatement) -> None:
    with suppress(ServiceUnavailable):  # the rows say so, and the sweep will index them
        await index_memories(resources, followed.touched)
