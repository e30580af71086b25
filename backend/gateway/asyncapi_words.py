"""The words of the AsyncAPI document: what every event means, with an example, and what holds for each
transport."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backend.gateway.protocol import (
    Authenticate,
    Authenticated,
    ChangedMemory,
    CharacterResponse,
    ClientEvent,
    CloseCode,
    ConversationJoin,
    ConversationJoined,
    Done,
    ErrorEvent,
    ForgottenMemory,
    GenerationSoFar,
    GenerationStopped,
    InConversation,
    MemoryUpdated,
    MessageDeleted,
    MessageDelivered,
    MessageRead,
    MessageRegenerate,
    MessageSend,
    MessagesRead,
    MessageStored,
    Refusal,
    Refused,
    Regenerating,
    ServerEvent,
    TypingIndicator,
)
from backend.gateway.views import MessageView
from backend.gateway.views_memory import RelationshipView

USER = UUID("0199a1b2-0000-7000-8000-000000000001")
CHARACTER = UUID("0199a1b2-0000-7000-8000-000000000002")
CONVERSATION = UUID("0199a1b2-0000-7000-8000-000000000003")
MESSAGE = UUID("0199a1b2-0000-7000-8000-000000000004")
REPLY = UUID("0199a1b2-0000-7000-8000-000000000005")
MEMORY = UUID("0199a1b2-0000-7000-8000-000000000006")


@dataclass(frozen=True, slots=True)
class Example:
    """`meaning` in one or two sentences; `ack` is what a client's event is answered with."""

    meaning: str
    data: BaseModel
    ack: BaseModel | None = None


def _message(message_id: UUID, seq: int, content: str, **more: Any) -> MessageView:
    said = {
        "id": message_id,
        "conversation_id": CONVERSATION,
        "seq": seq,
        "sender_id": USER,
        "sender_type": "user",
        "content": content,
        "type": "text",
        "metadata": {},
        "status": "sent",
        "read_at": None,
        "client_message_id": None,
        "reply_to": None,
        "state": "complete",
        "variants": [],
        "created_at": datetime(2026, 9, 1, 18, 30, seq, tzinfo=UTC),
        "edited_at": None,
        "deleted_at": None,
        "change": 0,
    }
    return MessageView.model_validate(said | more)


SAID = _message(MESSAGE, 1, "My dog is called Biscuit.", client_message_id="7d1f")
REPLIED = _message(
    REPLY,
    2,
    "What a name! Is he as sweet as one?",
    sender_id=CHARACTER,
    sender_type="character",
    reply_to=MESSAGE,
    metadata={"model": "openai/gpt-oss-120b", "tokens": 11},
)
HERE = InConversation(conversation_id=CONVERSATION)

REFUSED = Example(
    "Answers any event that was not carried out.",
    Refused(
        error=Refusal(
            code="rate_limited", message="Too many messages. Wait a moment.", retry_after=6.5
        )
    ),
)

CLIENT_EXAMPLES: dict[ClientEvent, Example] = {
    ClientEvent.AUTH: Example(
        "Stay beyond the token's expiry, by another token of the same user. On the plain WebSocket it is "
        "also the first frame, within 5 seconds of connecting and unless a ticket is in the address; "
        "refused there, it closes the connection with 4401.",
        Authenticate(token="eyJhbGciOiJIUzI1NiJ9..."),
        Authenticated(user_id=USER, expires_at=datetime(2026, 9, 2, 18, 30, tzinfo=UTC)),
    ),
    ClientEvent.MESSAGE_SEND: Example(
        "Say something; the connection joins the conversation. The ack means that the message is "
        "stored. Sent again under the same clientMessageId, it gives the first result.",
        MessageSend(
            conversation_id=CONVERSATION,
            content=SAID.content,
            type="text",
            client_message_id="7d1f",
        ),
        MessageStored(message=SAID),
    ),
    ClientEvent.MESSAGE_READ: Example(
        "The user has read the character's messages up to a seq.",
        MessageRead(conversation_id=CONVERSATION, up_to_seq=2),
        Done(),
    ),
    ClientEvent.MESSAGE_REGENERATE: Example(
        "Have a reply written anew, as another variant of it.",
        MessageRegenerate(message_id=REPLY),
        Regenerating(message_id=REPLY),
    ),
    ClientEvent.TYPING_START: Example(
        "The user is typing; ends by itself after TYPING_TIMEOUT.", HERE, Done()
    ),
    ClientEvent.TYPING_STOP: Example("The user has stopped typing.", HERE, Done()),
    ClientEvent.CONVERSATION_JOIN: Example(
        "Hear a conversation's events from now on. With afterSeq, the ack brings every message "
        "missed since and the running reply's text so far; without it, the newest messages. After the "
        "ack come message:updated and message:deleted for the messages up to afterSeq that were changed "
        "since afterChange, and message:read for how far both sides have read.",
        ConversationJoin(conversation_id=CONVERSATION, after_seq=1, after_change=0),
        ConversationJoined(
            conversation_id=CONVERSATION,
            last_seq=1,
            last_change=0,
            messages=[],
            truncated=False,
            generation=GenerationSoFar(message_id=REPLY, text_so_far="What a ", index=1),
        ),
    ),
    ClientEvent.CONVERSATION_LEAVE: Example(
        "Hear no more of a conversation; running replies go on.", HERE, Done()
    ),
    ClientEvent.GENERATION_STOP: Example(
        "End the running reply; what is written of it is kept as interrupted.",
        HERE,
        GenerationStopped(stopped=True),
    ),
}

SERVER_EXAMPLES: dict[ServerEvent, Example] = {
    ServerEvent.MESSAGE_RECEIVED: Example(
        "A new message in a joined conversation, the user's or the character's.", REPLIED
    ),
    ServerEvent.MESSAGE_DELIVERED: Example(
        "To the sender: the message is stored.",
        MessageDelivered(message_id=MESSAGE, seq=1, client_message_id="7d1f"),
    ),
    ServerEvent.MESSAGE_READ: Example(
        "The character, or the user elsewhere, has read the other's messages up to a seq.",
        MessagesRead(conversation_id=CONVERSATION, up_to_seq=1, reader_id=CHARACTER),
    ),
    ServerEvent.MESSAGE_UPDATED: Example(
        "A message was edited or regenerated, another variant of it was chosen, or its metadata changed.",
        REPLIED.model_copy(update={"content": "Biscuit! And is he sweet?", "change": 1}),
    ),
    ServerEvent.MESSAGE_DELETED: Example(
        "A message was deleted; its seq stays taken.",
        MessageDeleted(conversation_id=CONVERSATION, message_id=MESSAGE, seq=1, change=2),
    ),
    ServerEvent.TYPING_INDICATOR: Example(
        "The user, on another connection, or the character starts or stops typing.",
        TypingIndicator(conversation_id=CONVERSATION, user_id=CHARACTER, is_typing=True),
    ),
    ServerEvent.CHARACTER_RESPONSE: Example(
        "A reply as it is written. message:received brings it whole once it is stored.",
        CharacterResponse(
            conversation_id=CONVERSATION,
            message_id=REPLY,
            status="delta",
            index=0,
            delta="What ",
        ),
    ),
    ServerEvent.MEMORY_UPDATED: Example(
        "What was learned, reinforced, superseded, retracted or forgotten. Goes to all of the user's "
        "connections.",
        MemoryUpdated(
            character_id=CHARACTER,
            user_id=USER,
            changes=[ChangedMemory(action="forgotten", memory=ForgottenMemory(id=MEMORY))],
        ),
    ),
    ServerEvent.RELATIONSHIP_UPDATED: Example(
        "How the character and the user stand by now. Goes to all of the user's connections.",
        RelationshipView(
            character_id=CHARACTER,
            user_id=USER,
            level=25,
            trust=14,
            intimacy=6,
            total_interactions=21,
            favorite_topics=["dogs"],
            shared_experiences=[],
            stage="acquaintance",
            updated_at=datetime(2026, 9, 1, 18, 31, tzinfo=UTC),
        ),
    ),
    ServerEvent.ERROR: Example(
        "An event sent without asking for an ack was refused, or a reply failed. The connection stays "
        "open, unless the code is token_expired, token_revoked, account_gone, account_blocked or replaced: "
        "then it ends.",
        ErrorEvent(
            code="message_too_long",
            message="A message has at most 2000 characters.",
            client_message_id="7d1f",
        ),
    ),
}

CLOSE_REASONS = {
    CloseCode.RESTARTING: "The server restarts. Connect again, and join with afterSeq.",
    CloseCode.BAD_FRAME: "Not a frame: not JSON, binary, without an event, or over 256 KiB.",
    CloseCode.NOT_AUTHENTICATED: "The token or ticket is wrong, used or expired, or none came; or, with the "
    "reason token_expired, token_revoked or account_gone, it is no longer good.",
    CloseCode.FORBIDDEN: "Pages of this origin may not connect; or, with the reason account_blocked, an "
    "admin blocked the account.",
    CloseCode.AUTHENTICATION_TOO_SLOW: "No auth frame came within 5 seconds.",
    CloseCode.REPLACED: "A newer connection of the user took this one's place: 20 may be open.",
    CloseCode.TOO_FAST: "More was sent than is taken, or what was sent was not read in time.",
}

INTRODUCTION = """Chat with AI characters that remember, over two transports with one vocabulary.

**Delivery.** An ack, or `message:delivered`, means stored for good. A repeated `clientMessageId` gives
the first result. A disconnect never ends a reply: connect again, send `conversation:join` with
`afterSeq`, and the ack brings what was missed. An event may come twice around a join; `seq` tells.

**Refusals.** What can't be carried out is acknowledged with `{error: {code, message, retryAfter?}}`,
or, where no ack was asked for, told by the event `error`. The connection stays open.

Fields may be added to what the server sends: leave alone what you don't know."""

SOCKET_IO = """Socket.IO 5 (`io(url, {auth: {token}})`). A message's name is the event's, its payload
the event's argument; replies are the argument of the acknowledgement callback. A refused connection is
told by `connect_error`, with `{code, message}` as its data."""

WEBSOCKET = """One JSON object per text frame: `{"event", "data", "id"?}`. A frame with an id is answered
by `{"event": "ack", "id", "data"}` with the same id. Without a ticket in the address the first frame
is `auth`. The server accepts the connection before it closes it, so that a browser sees the code."""

SECURITY: dict[str, dict[str, str]] = {
    "handshake": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token, as `auth.token` of the Socket.IO handshake.",
    },
    "firstFrame": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token, as `data.token` of the first frame, `auth`.",
    },
    "ticket": {
        "type": "httpApiKey",
        "in": "query",
        "name": "ticket",
        "description": "From POST /api/v1/auth/ws-ticket; good once, for 30 seconds.",
    },
}
