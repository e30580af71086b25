"""Every event that either side may send, on both transports. This file is the real-time contract."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema

from backend.gateway.views import MessageView, Time
from backend.gateway.views_memory import MemoryView, RelationshipView
from backend.gateway.wire_types import NUMBER
from backend.models import Message


class ClientEvent(StrEnum):
    """Client to server."""

    AUTH = "auth"
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


AUTHENTICATION_SECONDS = 5.0  # how long a connection may take to say whose it is


class CloseCode:
    """Why a plain WebSocket was closed."""

    BAD_FRAME = 4400
    NOT_AUTHENTICATED = 4401
    FORBIDDEN = 4403
    AUTHENTICATION_TOO_SLOW = 4408
    REPLACED = 4409
    TOO_FAST = 4429
    RESTARTING = 1012


@dataclass(frozen=True, slots=True)
class CutOff:
    """Why the server ends a connection that was let in: the event `error` with `code` and `message`,
    then the close code, or Socket.IO's disconnect."""

    code: str
    message: str
    close_code: int = CloseCode.NOT_AUTHENTICATED

    def data(self) -> dict[str, Any]:
        """What the `error` says."""
        return {"code": self.code, "message": self.message}


TOKEN_EXPIRED = CutOff(
    "token_expired",
    "Your token has expired. Get a new one and connect again, or send it as `auth` before that.",
)
TOKEN_REVOKED = CutOff("token_revoked", "You were signed out. Sign in again.")
ACCOUNT_GONE = CutOff("account_gone", "This account no longer exists.")
ACCOUNT_BLOCKED = CutOff(
    "account_blocked", "This account was blocked by an admin.", CloseCode.FORBIDDEN
)
REPLACED = CutOff(
    "replaced", "You have connected too many times; the newest took its place.", CloseCode.REPLACED
)
FLOODED = CutOff(
    "rate_limited", "You kept sending more than anybody can take in.", CloseCode.TOO_FAST
)


class Payload(BaseModel):
    """camelCase on the wire; unknown fields are ignored, wrong ones refused."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")

    def wire(self) -> dict[str, Any]:
        """The JSON form, as sent."""
        return self.model_dump(mode="json", by_alias=True)


def _unless_none() -> Any:
    """A field that is left out where there is nothing to say."""
    return Field(default=None, exclude_if=lambda value: value is None)


# A message's number in its conversation; the database counts in 32 bits.
Seq = Annotated[int, Field(ge=0, le=2**31 - 1), NUMBER]


class MessageSend(Payload):
    conversation_id: UUID
    content: str
    type: str = "text"
    client_message_id: str | None = Field(default=None, min_length=1, max_length=200)


class ConversationJoin(Payload):
    """`afterSeq`: the newest message that the client has; `afterChange`: the newest change of an older
    message that it has heard of, without which those of the last day are told."""

    conversation_id: UUID
    after_seq: Seq | None = None
    after_change: Seq | None = None


class InConversation(Payload):
    """For `conversation:leave`, `typing:start`, `typing:stop` and `generation:stop`."""

    conversation_id: UUID


class MessageRead(Payload):
    conversation_id: UUID
    up_to_seq: Seq


class MessageRegenerate(Payload):
    message_id: UUID


class Authenticate(Payload):
    """`auth`: the first frame on the plain WebSocket, where no ticket is in the address, and later,
    on both transports, a new token before the old one expires."""

    token: str


PAYLOADS: dict[ClientEvent, type[Payload]] = {
    ClientEvent.AUTH: Authenticate,
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
    """`expiresAt` is when the server ends the connection, unless another token comes before."""

    user_id: UUID
    expires_at: Time


class MessageStored(Payload):
    message: MessageView


class GenerationSoFar(Payload):
    """A reply that is being written; `index` is the newest delta's, -1 before the first."""

    message_id: UUID
    text_so_far: str
    index: int = Field(ge=-1)


class ConversationJoined(Payload):
    """`truncated`: more was missed than is told; `messages` are the newest, REST has the rest."""

    conversation_id: UUID
    last_seq: Seq
    last_change: Seq
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
    retry_after: Annotated[float, Field(ge=0)] | SkipJsonSchema[None] = _unless_none()


class Refused(Payload):
    """The ack of an event that was not carried out. The connection stays open."""

    error: Refusal


ACKS: dict[ClientEvent, type[Payload]] = {
    ClientEvent.AUTH: Authenticated,
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

    @classmethod
    def of(cls, message: Message) -> "MessageDelivered":
        return cls(
            message_id=message.id, seq=message.seq, client_message_id=message.client_message_id
        )


class MessagesRead(Payload):
    """Everything that the other side sent is read, up to a seq."""

    conversation_id: UUID
    up_to_seq: Seq
    reader_id: UUID


class MessageDeleted(Payload):
    """`change` is what a Message's is."""

    conversation_id: UUID
    message_id: UUID
    seq: Seq
    change: Seq

    @classmethod
    def of(cls, message: Message) -> "MessageDeleted":
        return cls(
            conversation_id=message.conversation_id,
            message_id=message.id,
            seq=message.seq,
            change=message.change,
        )


class TypingIndicator(Payload):
    """`userId` is the user's id or the character's."""

    conversation_id: UUID
    user_id: UUID
    is_typing: bool


Status = Literal["started", "delta", "completed", "interrupted", "failed"]


class ContactView(Payload):
    name: str
    contact: str


class NoticeView(Payload):
    """To be shown beside a reply, in words that aren't the character's: where help is (`crisis`, with
    `resources`), a reminder to take a `break`, or that this is an `ai`."""

    kind: Literal["crisis", "break", "ai"]
    text: str
    resources: list[ContactView]


class CharacterResponse(Payload):
    """A reply as it is written: `started` (which alone says `replyTo`), `delta` with `index` 0, 1,
    2…, then one of the three endings. `notice` comes with the start and the ending. `content`, at the
    ending: the reply says this instead of its deltas."""

    conversation_id: UUID
    message_id: UUID
    status: Status
    index: int = Field(ge=0)
    delta: str
    reply_to: UUID | SkipJsonSchema[None] = _unless_none()
    notice: NoticeView | SkipJsonSchema[None] = _unless_none()
    content: str | SkipJsonSchema[None] = _unless_none()


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

    conversation_id: UUID | SkipJsonSchema[None] = _unless_none()
    client_message_id: str | SkipJsonSchema[None] = _unless_none()


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
