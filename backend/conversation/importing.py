"""Bringing an existing chat in: its messages with their own times, to be remembered, not answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.errors import InvalidRequest
from backend.memory.episodes import episodes
from backend.models import Character, Conversation, Message, User, new_id
from backend.store import Store

AT_A_TIME = (
    200  # messages made into rows in one go: a tenth of a second in which nobody else is served
)


@dataclass(frozen=True, slots=True)
class ImportedMessage:
    """One message of the chat; `sender_type` is `user` or `character`."""

    sender_type: str
    content: str
    created_at: datetime
    client_message_id: str | None = None


async def import_conversation(
    store: Store,
    user: User,
    character: Character,
    *,
    title: str,
    messages: Sequence[ImportedMessage],
) -> Conversation:
    """Store a chat as a new conversation, in order of its times. All of it, or nothing.

    Episodes are stored with it and indexed in the background; facts are formed by a job.

    Raises:
        InvalidRequest: a clientMessageId twice, or text that can't be stored.
    """
    _check(messages)
    conversation = Conversation(
        user_id=user.id,
        character_id=character.id,
        title=title or (f"Chat with {character.name}"),
        title_is_custom=bool(title),
    )
    in_order = sorted(messages, key=lambda message: message.created_at)
    names = {"user": user.display_name, "character": character.name}
    async with store.transaction() as tx:
        await tx.conversations.add(conversation)
        before = None
        for start in range(0, len(in_order), AT_A_TIME):
            rows = _rows(conversation, in_order[start : start + AT_A_TIME])
            await tx.messages.append_many(conversation.id, rows)
            await tx.memories.add(episodes(conversation.owner, rows, names, before, user.zone))
            before = rows[-1]
        done = ("answered_seq", "user_read_seq", "character_read_seq")
        await tx.conversations.change(conversation.id, **dict.fromkeys(done, len(in_order)))
        if in_order:
            await tx.formation.enqueue(conversation.id, delay_seconds=0)
    async with store.transaction() as tx:
        stored = await tx.conversations.get(conversation.id)
    assert stored is not None, "it was committed a moment ago"
    return stored


def _check(messages: Sequence[ImportedMessage]) -> None:
    seen: set[str] = set()
    for place, message in enumerate(messages):
        if "\x00" in message.content:
            raise InvalidRequest(
                f"messages.{place} contains a NUL character, which can't be stored."
            )
        if not message.content.strip():
            raise InvalidRequest(f"messages.{place} is empty.")
        if message.client_message_id in seen:
            raise InvalidRequest(f"messages.{place} repeats a clientMessageId.")
        if message.client_message_id:
            seen.add(message.client_message_id)


def _rows(conversation: Conversation, messages: Sequence[ImportedMessage]) -> list[Message]:
    senders = {"user": conversation.user_id, "character": conversation.character_id}
    return [
        Message(
            id=new_id(),
            conversation_id=conversation.id,
            seq=0,
            sender_id=senders[message.sender_type],
            sender_type=message.sender_type,
            content=message.content,
            status="read",
            read_at=message.created_at,
            client_message_id=message.client_message_id,
            created_at=message.created_at,
            details={"imported": True},
        )
        for message in messages
    ]
