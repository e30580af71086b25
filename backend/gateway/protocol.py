"""Every event that either side may send, on both transports. This file is the real-time contract."""

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema

from backend.gateway.views import MemoryView, MessageView, RelationshipView


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


class Authenticate(Payload):
    """The first frame on the plain WebSocket, `auth`, where no ticket is in the address."""

    token: str


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


# --- what the server answers ---------------------------------------------------------------------


class Authenticated(Payload):
    user_id: UUID


class MessageStored(Payload):
    message: MessageView


class GenerationSoFar(Payload):
    """A reply that is being written; `index` is the newest delta's, -1 before the first."""

    message_id: UUID
    text_so_far: str
    index: int = Field(ge=-1)


class ConversationJoined(Payload):
    """`truncated`: more was missed than an ack holds; `messages` are the newest, REST has the rest."""

    conversation_id: UUID
    last_seq: Seq
    messages: list[MessageView]
    truncated: bool
    generation: GenerationSoFar | None


class GenerationStopped(Payload):
    """`stopped` is false where no reply was being written."""

    stopped: bool


class Regenerating(Payload):
    message_id: UUID


class Done(Payload):
    """There is nothing to tell."""


class Refusal(Payload):
    """`code` is stable, `message` a sentence for people; `retryAfter` in seconds."""

    code: str
    message: str
    retry_after: float | SkipJsonSchema[None] = Field(default=None, ge=0)


class Refused(Payload):
    """The ack of an event that was not carried out. The connection stays open."""

    error: Refusal


ACKS: dict[ClientEvent, type[Payload]] = {
    ClientEvent.MESSAGE_SEND: MessageStored,
    ClientEvent.MESSAGE_READ: Done,
    ClientEvent.MESSAGE_REGENERATE: Regenerating,
    ClientEvent.TYPING_START: Done,
    ClientEvent.TYPING_STOP: Done,
    ClientEvent.CONVERSATION_JOIN: ConversationJoined,
    ClientEvent.CONVERSATION_LEAVE: Done,
    ClientEvent.GENERATION_STOP: GenerationStopped,
}


# --- what the server tells by itself -------------------------------------------------------------


class MessageDelivered(Payload):
    message_id: UUID
    seq: Seq
    client_message_id: str | None


class MessagesRead(Payload):
    """Everything that the other side sent is read, up to a seq."""

    conversation_id: UUID
    up_to_seq: Seq
    reader_id: UUID


class MessageDeleted(Payload):
    conversation_id: UUID
    message_id: UUID
    seq: Seq


class TypingIndicator(Payload):
    """`userId` is the user's id or the character's."""

    conversation_id: UUID
    user_id: UUID
    is_typing: bool


class CharacterResponse(Payload):
    """A reply as it is written: `started` (which alone says `replyTo`), `delta` with `index` 0, 1,
    2…, then one of the three endings."""

    conversation_id: UUID
    message_id: UUID
    status: Literal["started", "delta", "completed", "interrupted", "failed"]
    index: int = Field(ge=0)
    delta: str
    reply_to: UUID | SkipJsonSchema[None] = None


class ForgottenMemory(Payload):
    id: UUID


class ChangedMemory(Payload):
    """`forgotten` names the memory by its id alone, or, with null, all of them."""

    action: Literal[
        "added",
        "reinforced",
        "repeated",
        "questioned",
        "superseded",
        "edited",
        "weakened",
        "restored",
        "retracted",
        "forgotten",
    ]
    memory: MemoryView | ForgottenMemory | None


class MemoryUpdated(Payload):
    character_id: UUID
    user_id: UUID
    changes: list[ChangedMemory] = Field(min_length=1)


class ErrorEvent(Refusal):
    """An event that was sent without asking for an ack was refused, or a reply failed."""

    conversation_id: UUID | SkipJsonSchema[None] = None
    client_message_id: str | SkipJsonSchema[None] = None


SERVER_PAYLOADS: dict[ServerEvent, type[BaseModel]] = {
    ServerEvent.MESSAGE_RECEIVED: MessageView,
    ServerEvent.MESSAGE_DELIVERED: MessageDelivered,
    ServerEvent.MESSAGE_READ: MessagesRead,
    ServerEvent.MESSAGE_UPDATED: MessageView,
    ServerEvent.MESSAGE_DELETED: MessageDeleted,
    ServerEvent.TYPING_INDICATOR: TypingIndicator,
    ServerEvent.CHARACTER_RESPONSE: CharacterResponse,
    ServerEvent.MEMORY_UPDATED: MemoryUpdated,
    ServerEvent.RELATIONSHIP_UPDATED: RelationshipView,
    ServerEvent.ERROR: ErrorEvent,
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
