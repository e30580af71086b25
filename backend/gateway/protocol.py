"""Every event that either side may send, on both transports. This file is the real-time contract."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class ClientEvent(StrEnum):
    """Client to server."""

    MESSAGE_SEND = "message:send"
    MESSAGE_READ = "message:read"
    MESSAGE_REGENERATE = "message:regenerate"
    TYPING_START = "typing:start"
    TYPING_STOP = "typing:stop"
    CONVERSATION_JOIN = "conversation:join"
    CONVERSATION_LEAVE = "conversation:leave"
    GENERATION_STOP = "generation:stop"


class ServerEvent(StrEnum):
    """Server to client."""

    MESSAGE_RECEIVED = "message:received"
    MESSAGE_DELIVERED = "message:delivered"
    MESSAGE_READ = "message:read"
    MESSAGE_UPDATED = "message:updated"
    MESSAGE_DELETED = "message:deleted"
    TYPING_INDICATOR = "typing:indicator"
    CHARACTER_RESPONSE = "character:response"
    MEMORY_UPDATED = "memory:updated"
    RELATIONSHIP_UPDATED = "relationship:updated"
    ERROR = "error"


class CloseCode:
    """Why a plain WebSocket was closed."""

    BAD_FRAME = 4400
    NOT_AUTHENTICATED = 4401
    FORBIDDEN = 4403
    AUTHENTICATION_TOO_SLOW = 4408
    REPLACED = 4409
    TOO_FAST = 4429
    RESTARTING = 1012


class Payload(BaseModel):
    """camelCase on the wire; unknown fields are ignored, wrong ones refused."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


# A message's number in its conversation; the database counts in 32 bits.
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]


class MessageSend(Payload):
    conversation_id: UUID
    content: str
    type: str = "text"
    client_message_id: str | None = Field(default=None, min_length=1, max_length=200)


class ConversationJoin(Payload):
    conversation_id: UUID
    after_seq: Seq | None = None


class InConversation(Payload):
    """For `conversation:leave`, `typing:start`, `typing:stop` and `generation:stop`."""

    conversation_id: UUID


class MessageRead(Payload):
    conversation_id: UUID
    up_to_seq: Seq


class MessageRegenerate(Payload):
    message_id: UUID


PAYLOADS: dict[ClientEvent, type[Payload]] = {
    ClientEvent.MESSAGE_SEND: MessageSend,
    ClientEvent.MESSAGE_READ: MessageRead,
    ClientEvent.MESSAGE_REGENERATE: MessageRegenerate,
    ClientEvent.TYPING_START: InConversation,
    ClientEvent.TYPING_STOP: InConversation,
    ClientEvent.CONVERSATION_JOIN: ConversationJoin,
    ClientEvent.CONVERSATION_LEAVE: InConversation,
    ClientEvent.GENERATION_STOP: InConversation,
}


def conversation_room(conversation_id: UUID | str) -> str:
    """The room of everybody who joined a conversation."""
    return f"conversation:{conversation_id}"


def user_room(user_id: UUID | str) -> str:
    """The room of all of one user's connections."""
    return f"user:{user_id}"


def response_event(
    conversation_id: UUID, message_id: UUID, status: str, *, index: int = 0, delta: str = ""
) -> dict[str, Any]:
    """The data of a `character:response`."""
    return {
        "conversationId": str(conversation_id),
        "messageId": str(message_id),
        "status": status,
        "index": index,
        "delta": delta,
    }
