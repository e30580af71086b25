"""Joining a conversation: what a client that was away has missed.

New messages, and the reply being written, are in the ack. What became of the messages that the client
has already comes after it, as the events that it would have heard: changes, and how far both sides have
read.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.gateway.generations import Generations
from backend.gateway.hub import Connection, Hub
from backend.gateway.ownership import own_conversation
from backend.gateway.protocol import (
    ConversationJoin,
    ConversationJoined,
    MessageDeleted,
    MessagesRead,
    ServerEvent,
    conversation_room,
)
from backend.gateway.views import MessageView
from backend.models import Conversation, Message, MessageVariant, utc_now
from backend.store import Store, Transaction

REPLAY_LIMIT = 200  # missed messages that a join answers with; beyond, REST fills the gap
CHANGES_LIMIT = 200  # changed messages that are told after it
JOIN_LIMIT = 50  # newest messages for a join without afterSeq
REMEMBERED = timedelta(hours=24)  # changes told to a client that doesn't count them

Event = tuple[ServerEvent, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Joined:
    """`ack` answers the join; `events` are for this connection alone, after it."""

    ack: ConversationJoined
    events: list[Event]


@dataclass(frozen=True, slots=True)
class _Missed:
    conversation: Conversation
    messages: list[Message]
    changed: list[Message]
    truncated: bool
    variants: list[MessageVariant]
    writer: str | None

    def view(self, message: Message) -> MessageView:
        return MessageView.of(
            message, [item for item in self.variants if item.message_id == message.id]
        )


async def join(
    store: Store,
    hub: Hub,
    generations: Generations,
    connection: Connection,
    wanted: ConversationJoin,
) -> Joined:
    """Let a connection hear a conversation from now on.

    All deltas of a running reply up to the ack's `index` are in its text; all others come behind it.

    Raises:
        NotFound: the user has no such conversation.
    """
    conversation_id = wanted.conversation_id
    async with store.transaction() as tx:
        await own_conversation(tx, conversation_id, connection.user_id)
    room = conversation_room(conversation_id)
    if not hub.members(room):
        generations.forget(conversation_id)
    # Listen first, read second: an event in between comes twice rather than never.
    await hub.join(connection, room)
    known = generations.current(conversation_id)
    missed = await _read(store, connection.user_id, wanted)
    if missed.writer is None and known is generations.current(conversation_id):
        generations.forget(conversation_id)  # its end was lost on the way
    if missed.writer and generations.current(conversation_id) is None:
        await generations.learn(conversation_id, missed.writer)
    events = [*_changes(missed), *_read_marks(missed.conversation, wanted.after_seq)]
    messages = [missed.view(message) for message in missed.messages]
    generation = generations.current(conversation_id)
    return Joined(
        ConversationJoined(
            conversation_id=conversation_id,
            last_seq=missed.conversation.last_seq,
            last_change=missed.conversation.last_change,
            messages=messages,
            truncated=missed.truncated,
            generation=generation.so_far() if generation else None,
        ),
        events,
    )


async def _read(store: Store, user_id: UUID, wanted: ConversationJoin) -> _Missed:
    async with store.transaction() as tx:
        # First of all: what is counted here is there when it is read.
        conversation = await own_conversation(tx, wanted.conversation_id, user_id)
        messages, more = await _messages(tx, conversation, wanted.after_seq)
        changed, more_changed = await _changed(tx, conversation, wanted)
        arriving = [
            message.id
            for message in messages
            if message.sender_type == "character" and message.status == "sent"
        ]
        await tx.messages.mark_delivered(arriving)
        replies = [each.id for each in (*messages, *changed) if each.sender_type == "character"]
        variants = await tx.messages.variants(replies)
        writer = None
        if conversation.turn_lease_owner:
            writer = await tx.turns.holder(conversation.id)
    return _Missed(conversation, messages, changed, more or more_changed, variants, writer)


async def _messages(
    tx: Transaction, conversation: Conversation, after_seq: int | None
) -> tuple[list[Message], bool]:
    """What comes after a seq, or the newest; and whether that leaves a gap."""
    if after_seq is not None:
        missed = await tx.messages.page(
            conversation.id, limit=REPLAY_LIMIT + 1, after=after_seq, with_deleted=True
        )
        if len(missed) <= REPLAY_LIMIT:
            return missed, False
    newest = await tx.messages.page(conversation.id, limit=JOIN_LIMIT, with_deleted=True)
    return newest, after_seq is not None


async def _changed(
    tx: Transaction, conversation: Conversation, wanted: ConversationJoin
) -> tuple[list[Message], bool]:
    """Which of the messages that the client has were changed; and whether that leaves any out."""
    if not wanted.after_seq or conversation.last_change <= (wanted.after_change or 0):
        return [], False
    changed = await tx.messages.changed(
        conversation.id,
        up_to_seq=wanted.after_seq,
        after_change=wanted.after_change,
        since=utc_now() - REMEMBERED,
        limit=CHANGES_LIMIT + 1,
    )
    return changed[-CHANGES_LIMIT:], len(changed) > CHANGES_LIMIT


def _changes(missed: _Missed) -> list[Event]:
    return [
        (ServerEvent.MESSAGE_DELETED, MessageDeleted.of(message).wire())
        if message.deleted_at
        else (ServerEvent.MESSAGE_UPDATED, missed.view(message).wire())
        for message in missed.changed
    ]


def _read_marks(conversation: Conversation, after_seq: int | None) -> list[Event]:
    """Messages in the ack say themselves that they are read."""
    marks = (
        (conversation.character_id, conversation.character_read_seq),
        (conversation.user_id, conversation.user_read_seq),
    )
    return [
        (
            ServerEvent.MESSAGE_READ,
            MessagesRead(
                conversation_id=conversation.id,
                up_to_seq=min(mark, after_seq),
                reader_id=reader,
            ).wire(),
        )
        for reader, mark in marks
        if mark and after_seq
    ]
