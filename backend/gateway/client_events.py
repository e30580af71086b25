"""What each client event does. Both transports call `handle`; neither knows the other."""

import asyncio
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from backend.conversation.accepting import Draft, accept
from backend.errors import InvalidRequest, NotFound
from backend.gateway.error_mapping import invalid_payload
from backend.gateway.hub import Connection
from backend.gateway.protocol import (
    PAYLOADS,
    ClientEvent,
    ConversationJoin,
    InConversation,
    MessageRead,
    MessageRegenerate,
    MessageSend,
    Payload,
    ServerEvent,
    conversation_room,
    user_room,
)
from backend.gateway.services import Services
from backend.gateway.views import MessageView
from backend.models import Conversation, Message, utc_now
from backend.store import Transaction

REPLAY_LIMIT = 200  # missed messages that a join answers with; beyond, REST fills the gap
JOIN_LIMIT = 50  # newest messages for a join without afterSeq


class ClientEvents:
    """Carries out the events of all connections of this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._typing: dict[tuple[UUID, UUID], asyncio.TimerHandle] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def connected(self, connection: Connection) -> None:
        """A client has signed in."""
        await self._services.hub.join(connection, user_room(connection.user_id))

    async def disconnected(self, connection: Connection) -> None:
        """A client is gone; its turns go on."""
        await self._services.hub.drop(connection)

    async def handle(self, connection: Connection, event: str, data: Any) -> dict[str, Any]:
        """Carry out one event and return what its ack says.

        Raises:
            KeepsakeError: refused; the connection stays open.
        """
        payload = read_payload(event, data)
        match payload:
            case MessageSend():
                return await self._send(connection, payload)
            case ConversationJoin():
                return await self._join(connection, payload)
            case MessageRead():
                return await self._read(connection, payload)
            case MessageRegenerate():
                return await self._regenerate(connection, payload)
            case InConversation():
                return await self._in_conversation(connection, ClientEvent(event), payload)
            case _:
                raise AssertionError(f"PAYLOADS has no branch for {event}")

    async def _send(self, connection: Connection, wanted: MessageSend) -> dict[str, Any]:
        message = await send_message(
            self._services,
            connection.user_id,
            wanted.conversation_id,
            Draft(wanted.content, wanted.type, wanted.client_message_id),
            joining=connection,
        )
        await connection.send(
            ServerEvent.MESSAGE_DELIVERED,
            {
                "messageId": str(message.id),
                "seq": message.seq,
                "clientMessageId": message.client_message_id,
            },
        )
        self._end_typing(connection.user_id, wanted.conversation_id)
        return {"message": MessageView.of(message).wire()}

    async def _join(self, connection: Connection, wanted: ConversationJoin) -> dict[str, Any]:
        services = self._services
        async with services.store.transaction() as tx:
            await own_conversation(tx, wanted.conversation_id, connection.user_id)
        # Listen first, read second: an event in between comes twice rather than never.
        await services.hub.join(connection, conversation_room(wanted.conversation_id))
        async with services.store.transaction() as tx:
            conversation = await own_conversation(tx, wanted.conversation_id, connection.user_id)
            if wanted.after_seq is None:
                messages = await _newest(tx, conversation)
            else:
                messages = await tx.messages.page(
                    conversation.id,
                    limit=REPLAY_LIMIT + 1,
                    after=wanted.after_seq,
                    with_deleted=True,
                )
            truncated = wanted.after_seq is not None and len(messages) > REPLAY_LIMIT
            if truncated:
                messages = await _newest(tx, conversation)
            variants = await tx.messages.variants([message.id for message in messages])
        generation = services.turns.generation(conversation.id)
        return {
            "conversationId": str(conversation.id),
            "lastSeq": conversation.last_seq,
            "messages": [
                MessageView.of(
                    message, [item for item in variants if item.message_id == message.id]
                ).wire()
                for message in messages
            ],
            "truncated": truncated,
            "generation": generation.wire() if generation else None,
        }

    async def _read(self, connection: Connection, wanted: MessageRead) -> dict[str, Any]:
        await mark_read(
            self._services, connection.user_id, wanted.conversation_id, wanted.up_to_seq
        )
        return {}

    async def _regenerate(
        self, connection: Connection, wanted: MessageRegenerate
    ) -> dict[str, Any]:
        reply = await regenerate(self._services, connection.user_id, wanted.message_id)
        return {"messageId": str(reply.id)}

    async def _in_conversation(
        self, connection: Connection, event: ClientEvent, wanted: InConversation
    ) -> dict[str, Any]:
        conversation_id = wanted.conversation_id
        if event is ClientEvent.CONVERSATION_LEAVE:
            await self._services.hub.leave(connection, conversation_room(conversation_id))
            return {}
        async with self._services.store.transaction() as tx:
            conversation = await own_conversation(tx, conversation_id, connection.user_id)
        if event is ClientEvent.GENERATION_STOP:
            return {"stopped": self._services.turns.stop(conversation_id)}
        if event is ClientEvent.TYPING_START:
            self._services.foresight.typing(conversation)
            await self._start_typing(connection, conversation_id)
        else:
            self._end_typing(connection.user_id, conversation_id)
        return {}

    async def _start_typing(self, connection: Connection, conversation_id: UUID) -> None:
        key = (connection.user_id, conversation_id)
        if running := self._typing.pop(key, None):
            running.cancel()
        self._typing[key] = asyncio.get_running_loop().call_later(
            self._services.options.typing_seconds, self._end_typing, *key
        )
        await self._show_typing(*key, is_typing=True, but=connection)

    def _end_typing(self, user_id: UUID, conversation_id: UUID) -> None:
        running = self._typing.pop((user_id, conversation_id), None)
        if running is None:
            return
        running.cancel()
        task = asyncio.ensure_future(self._show_typing(user_id, conversation_id, is_typing=False))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _show_typing(
        self,
        user_id: UUID,
        conversation_id: UUID,
        *,
        is_typing: bool,
        but: Connection | None = None,
    ) -> None:
        await self._services.hub.publish(
            conversation_room(conversation_id),
            ServerEvent.TYPING_INDICATOR,
            {
                "conversationId": str(conversation_id),
                "userId": str(user_id),
                "isTyping": is_typing,
            },
            but=but,
        )


async def _newest(tx: Transaction, conversation: Conversation) -> list[Message]:
    return await tx.messages.page(conversation.id, limit=JOIN_LIMIT, with_deleted=True)


def read_payload(event: str, data: Any) -> Payload:
    """Check an event's name and data.

    Raises:
        InvalidRequest: unknown event, or data that isn't what the event takes.
    """
    try:
        model = PAYLOADS[ClientEvent(event)]
    except ValueError as error:
        raise InvalidRequest(f"There is no event {event[:60]!r}.") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid_payload(error) from error


async def send_message(
    services: Services,
    user_id: UUID,
    conversation_id: UUID,
    draft: Draft,
    *,
    joining: Connection | None = None,
) -> Message:
    """Store a user's message, tell everybody in the conversation, and have it answered.

    `joining` listens to the conversation from now on: who speaks wants to hear the answer.

    Raises:
        RateLimited, InvalidRequest, NotFound: nothing was stored.
    """
    await services.message_rate.take(f"message:{user_id}")
    accepted = await accept(
        services.store,
        user_id=user_id,
        conversation_id=conversation_id,
        draft=draft,
        longest=services.options.max_message_length,
    )
    room = conversation_room(conversation_id)
    if joining:
        await services.hub.join(joining, room)
    if not accepted.repeated:
        await services.hub.publish(
            room, ServerEvent.MESSAGE_RECEIVED, MessageView.of(accepted.message).wire()
        )
        services.foresight.sent(accepted.conversation, accepted.message.content)
    services.turns.wake(conversation_id)
    return accepted.message


async def mark_read(
    services: Services, user_id: UUID, conversation_id: UUID, up_to_seq: int
) -> int:
    """The user has read the character's messages up to a seq; returns how many were new.

    Raises:
        NotFound: the user has no such conversation.
    """
    async with services.store.transaction() as tx:
        await own_conversation(tx, conversation_id, user_id)
        changed = await tx.messages.mark_read(
            conversation_id, sender_type="character", up_to_seq=up_to_seq, at=utc_now()
        )
    await services.hub.publish(
        conversation_room(conversation_id),
        ServerEvent.MESSAGE_READ,
        {"conversationId": str(conversation_id), "upToSeq": up_to_seq, "readerId": str(user_id)},
    )
    return changed


async def regenerate(services: Services, user_id: UUID, message_id: UUID) -> Message:
    """Have a reply written anew; returns the reply as it is now.

    Raises:
        NotFound: the user has no such message.
        InvalidRequest: it isn't a reply.
    """
    async with services.store.transaction() as tx:
        message = await own_message(tx, message_id, user_id)
    if message.sender_type != "character" or message.reply_to is None:
        raise InvalidRequest("Only a character's reply can be regenerated.")
    services.turns.regenerate(message.conversation_id, message.id)
    return message


async def own_message(tx: Transaction, message_id: UUID, user_id: UUID) -> Message:
    """A message in one of the user's conversations.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    message = await tx.messages.get(message_id)
    if message is None or message.deleted_at is not None:
        raise NotFound("There is no such message.")
    if await tx.conversations.of_user(message.conversation_id, user_id) is None:
        raise NotFound("There is no such message.")
    return message


async def own_conversation(tx: Transaction, conversation_id: UUID, user_id: UUID) -> Conversation:
    """One of the user's conversations.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    conversation = await tx.conversations.of_user(conversation_id, user_id)
    if conversation is None:
        raise NotFound("There is no such conversation.")
    return conversation
