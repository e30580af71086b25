"""Bringing an existing chat in: its messages with their own times, to be remembered, not answered."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.conversation.care import note_minor
from backend.conversation.ruling import BLOCKED, Ruling, Scene, marks, rule_on_reply
from backend.errors import InvalidRequest
from backend.memory.episodes import CONTEXT_MESSAGES, episodes
from backend.memory.titles import title_from
from backend.models import Character, Conversation, Message, User, new_id, utc_now
from backend.safety.ages import ADULT, stated_age
from backend.store import Store

AT_A_TIME = (
    200  # messages made into rows in one go: a tenth of a second in which nobody else is served
)


AHEAD = timedelta(days=1)  # by which somebody else's clock or time zone may be wrong


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
    wrote: Callable[[int], None] = lambda _count: None,
) -> Conversation:
    """Store a chat as a new conversation, in order of its times. All of it, or nothing. `wrote` hears
    of how many messages more were written.

    Episodes are stored with it and indexed in the background; facts are formed by a job.

    Raises:
        InvalidRequest: a clientMessageId twice, text that can't be stored, or a time to come.
    """
    _check(messages)
    in_order = sorted(messages, key=lambda message: message.created_at)
    conversation = _conversation(user, character, title, in_order)
    scene = Scene(user, character, conversation)
    read, says_minor = await asyncio.to_thread(
        lambda: (
            [rule_on_reply(message.content, scene) for message in in_order],
            any(map(_is_minor_s, in_order)),
        )
    )
    conversation.sensitive = any(ruling.verdict.sensitive for ruling in read)
    conversation.title = title or _opening(in_order, read)
    names = {"user": user.display_name, "character": character.name}
    async with store.transaction() as tx:
        await tx.conversations.add(conversation)
        before: list[Message] = []
        for start in range(0, len(in_order), AT_A_TIME):
            these = slice(start, start + AT_A_TIME)
            rows = _rows(conversation, in_order[these], read[these], first=start + 1)
            await tx.messages.add_many(rows)
            await tx.memories.add(episodes(conversation.owner, rows, names, before, user.zone))
            before = [*before, *rows][-CONTEXT_MESSAGES:]
            wrote(len(rows))
        if says_minor:
            await note_minor(tx, user.id)
        if in_order:
            await tx.formation.enqueue(conversation.id, delay_seconds=0)
    return conversation


def _conversation(
    user: User, character: Character, title: str, in_order: Sequence[ImportedMessage]
) -> Conversation:
    """As it is with all its messages, which both have read and nobody is to answer."""
    last = len(in_order)
    newest = in_order[-1].created_at if in_order else None
    return Conversation(
        user_id=user.id,
        character_id=character.id,
        title=title,
        title_is_custom=bool(title),
        message_count=last,
        last_message_at=newest,
        created_at=in_order[0].created_at if in_order else utc_now(),
        last_seq=last,
        answered_seq=last,
        user_read_seq=last,
        character_read_seq=last,
    )


def _opening(in_order: Sequence[ImportedMessage], read: Sequence[Ruling]) -> str:
    """What the talk would be called, had it been held here."""
    said = zip(in_order, read, strict=True)
    titles = (
        title_from(message.content)
        for message, ruling in said
        if message.sender_type == "user" and not ruling.blocks
    )
    return next(titles, "")


def _check(messages: Sequence[ImportedMessage]) -> None:
    seen: set[str] = set()
    latest = utc_now() + AHEAD
    for place, message in enumerate(messages):
        if "\x00" in message.content:
            raise InvalidRequest(
                f"messages.{place} contains a NUL character, which can't be stored."
            )
        if not message.content.strip():
            raise InvalidRequest(f"messages.{place} is empty.")
        if message.created_at > latest:
            raise InvalidRequest(f"messages.{place} has a createdAt that is more than a day ahead.")
        if message.client_message_id in seen:
            raise InvalidRequest(f"messages.{place} repeats a clientMessageId.")
        if message.client_message_id:
            seen.add(message.client_message_id)


def _is_minor_s(message: ImportedMessage) -> bool:
    """The user says to be under 18 there, and must still be."""
    age = stated_age(message.content) if message.sender_type == "user" else None
    return age is not None and age + (utc_now() - message.created_at).days / 365 < ADULT


def _details(ruling: Ruling) -> dict[str, Any]:
    blocked = {BLOCKED: ruling.decision.reason} if ruling.blocks else {}
    return {"imported": True, **marks(ruling.verdict), **blocked}


def _rows(
    conversation: Conversation,
    messages: Sequence[ImportedMessage],
    read: Sequence[Ruling],
    *,
    first: int,
) -> list[Message]:
    """Numbered from `first` on. What content policy blocks is kept for people to read, and goes into no
    memory."""
    senders = {"user": conversation.user_id, "character": conversation.character_id}
    return [
        Message(
            id=new_id(),
            conversation_id=conversation.id,
            seq=seq,
            sender_id=senders[message.sender_type],
            sender_type=message.sender_type,
            content=message.content,
            status="read",
            read_at=message.created_at,
            client_message_id=message.client_message_id,
            created_at=message.created_at,
            details=_details(ruling),
            forgotten_at=utc_now() if ruling.blocks else None,
        )
        for seq, (message, ruling) in enumerate(zip(messages, read, strict=True), start=first)
    ]
