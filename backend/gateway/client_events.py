"""What each client event does. Both transports call `handle`; neither knows the other."""

import asyncio
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from backend.conversation.accepting import Draft
from backend.errors import InvalidRequest
from backend.gateway.actions import mark_read, regenerate, send_message, stop_generation
from backend.gateway.deliveries import Deliveries
from backend.gateway.error_mapping import invalid_payload
from backend.gateway.hub import Connection
from backend.gateway.joining import Event, join
from backend.gateway.ownership import own_conversation
from backend.gateway.presence import Presence
from backend.gateway.protocol import (
    PAYLOADS,
    Authenticate,
    Authenticated,
    ClientEvent,
    ConversationJoin,
    Done,
    GenerationStopped,
    InConversation,
    MessageDelivered,
    MessageRead,
    MessageRegenerate,
    MessageSend,
    MessageStored,
    Payload,
    Regenerating,
    ServerEvent,
    conversation_room,
    user_room,
)
from backend.gateway.services import Services
from backend.gateway.views import MessageView


class ClientEvents:
    """Carries out the events of all connections of this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._presence = Presence(services.hub, services.options.typing_seconds)
        self._deliveries = Deliveries(services.store, services.hub)
        self._background: set[asyncio.Task[None]] = set()

    async def connected(self, connection: Connection) -> None:
        """A client has signed in."""
        await self._services.hub.join(connection, user_room(connection.user_id))

    async def disconnected(self, connection: Connection) -> None:
        """A client is gone, before or after it signed in; its turns go on."""
        await self._presence.drop(connection)
        await self._services.hub.drop(connection)

    async def handle(self, connection: Connection, event: str, data: Any) -> dict[str, Any]:
        """Carry out one event and return what its ack says.

        Raises:
            KeepsakeError: refused; the connection stays open.
        """
        payload = read_payload(event, data)
        return (await self._carry_out(connection, ClientEvent(event), payload)).wire()

    async def _carry_out(
        self, connection: Connection, event: ClientEvent, payload: Payload
    ) -> Payload:
        match payload:
            case Authenticate():
                sign_in = await self._services.admission.renew(connection, payload.token)
                return Authenticated(user_id=sign_in.user_id, expires_at=sign_in.expires_at)
            case MessageSend():
                return await self._send(connection, payload)
            case ConversationJoin():
                return await self._join(connection, payload)
            case MessageRead():
                user_id = connection.user_id
                await mark_read(self._services, user_id, payload.conversation_id, payload.up_to_seq)
                return Done()
            case MessageRegenerate():
                reply = await regenerate(self._services, connection.user_id, payload.message_id)
                return Regenerating(message_id=reply.id)
            case InConversation():
                return await self._in_conversation(connection, event, payload.conversation_id)
            case _:
                raise AssertionError(f"PAYLOADS has no branch for {event}")

    async def _send(self, connection: Connection, wanted: MessageSend) -> Payload:
        message = await send_message(
            self._services,
            connection.user_id,
            wanted.conversation_id,
            Draft(wanted.content, wanted.type, wanted.client_message_id),
            joining=connection,
        )
        delivered = MessageDelivered.of(message)
        await connection.send(ServerEvent.MESSAGE_DELIVERED, delivered.wire())
        await self._presence.sent(connection, wanted.conversation_id)
        return MessageStored(message=MessageView.of(message))

    async def _join(self, connection: Connection, wanted: ConversationJoin) -> Payload:
        services = self._services
        joined = await join(
            services.store, services.hub, services.turns.generations, connection, wanted
        )
        if joined.events:  # a task of its own comes after the ack
            task = asyncio.create_task(_send_all(connection, joined.events), name="catching up")
            self._background.add(task)
            task.add_done_callback(self._background.discard)
        return joined.ack

    async def _in_conversation(
        self, connection: Connection, event: ClientEvent, conversation_id: UUID
    ) -> Payload:
        services, user_id = self._services, connection.user_id
        match event:
            case ClientEvent.CONVERSATION_LEAVE:
                await self._presence.stop(connection, conversation_id)
                await services.hub.leave(connection, conversation_room(conversation_id))
            case ClientEvent.GENERATION_STOP:
                stopped = await stop_generation(services, user_id, conversation_id)
                return GenerationStopped(stopped=stopped)
            case ClientEvent.TYPING_START:
                await self._start_typing(connection, conversation_id)
            case _:
                if not self._presence.is_typing(connection, conversation_id):
                    async with services.store.transaction() as tx:
                        await own_conversation(tx, conversation_id, user_id)
                await self._presence.stop(connection, conversation_id)
        return Done()

    async def _start_typing(self, connection: Connection, conversation_id: UUID) -> None:
        if not self._presence.is_typing(connection, conversation_id):  # who types on was let in
            async with self._services.store.transaction() as tx:
                conversation = await own_conversation(tx, conversation_id, connection.user_id)
            self._services.foresight.typing(conversation)
        await self._presence.start(connection, conversation_id)


async def _send_all(connection: Connection, events: list[Event]) -> None:
    for event, data in events:
        await connection.send(event, data)


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
