"""T1 of a turn: a user's message is checked and stored."""

from dataclasses import dataclass
from uuid import UUID

from backend.conversation.care import note_minor, note_talk
from backend.conversation.ruling import marks
from backend.conversation.state import read_mood
from backend.errors import (
    CharacterBlocked,
    InvalidRequest,
    MessageTooLong,
    NotFound,
    RequestInProgress,
)
from backend.models import Conversation, Message
from backend.safety.screening import screen
from backend.safety.verdict import Verdict
from backend.store import Store, Transaction

MESSAGE_TYPES = ("text", "image", "voice", "system")


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as a client sends it."""

    content: str
    type: str = "text"
    client_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The stored message; `repeated` if its clientMessageId was seen before."""

    message: Message
    conversation: Conversation
    repeated: bool


async def accept(
    store: Store, *, user_id: UUID, conversation_id: UUID, draft: Draft, longest: int
) -> Accepted:
    """T1: store a user's message, marked by what its words alone show: the turn looks closer. A repeated
    clientMessageId gives the first message again.

    Raises:
        InvalidRequest, MessageTooLong: nothing was stored.
        NotFound: the user has no such conversation.
        CharacterBlocked: nobody can talk to its character.
    """
    _check(draft, longest)
    verdict = screen(draft.content)
    message = Message(
        conversation_id=conversation_id,
        seq=0,
        sender_id=user_id,
        sender_type="user",
        content=draft.content,
        type=draft.type,
        details={"mood": read_mood(draft.content), **marks(verdict)},
        client_message_id=draft.client_message_id,
    )
    try:
        return await _store(store, message, verdict)
    except RequestInProgress:  # of two copies sent at once, the other was first: now it is known
        return await _store(store, message, verdict)


async def _store(store: Store, message: Message, verdict: Verdict) -> Accepted:
    async with store.transaction() as tx:
        said = await tx.messages.say(message)
        if said is None:
            return await _said_before(tx, message)
        await note_talk(tx, said)
        if verdict.writer_is_minor:
            await note_minor(tx, message.sender_id)
    return Accepted(said.message, said.conversation, repeated=False)


async def _said_before(tx: Transaction, message: Message) -> Accepted:
    """The message that has its clientMessageId already; or why nothing can be said."""
    found = await tx.conversations.to_speak_in(message.conversation_id, message.sender_id)
    if found is None:
        raise NotFound("There is no such conversation.")
    conversation, blocked = found
    if message.client_message_id:
        earlier = await tx.messages.by_client_id(conversation.id, message.client_message_id)
        if earlier:
            return Accepted(earlier, conversation, repeated=True)
    if blocked:
        raise CharacterBlocked(blocked.blocked_reason)
    raise RequestInProgress("Its character was let speak again in this very moment.")


def _check(draft: Draft, longest: int) -> None:
    if draft.type not in MESSAGE_TYPES or draft.type == "system":
        raise InvalidRequest("type: must be text, image or voice.", field="type")
    check_content(draft.content, longest)


def check_content(content: str, longest: int) -> None:
    """Make sure that a text can be a message.

    Raises:
        InvalidRequest, MessageTooLong: it can't.
    """
    if not content.strip():
        raise InvalidRequest("The message is empty.", field="content")
    if "\x00" in content:
        raise InvalidRequest(
            "The message contains a NUL character, which can't be stored.", field="content"
        )
    try:
        content.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            "The message contains half of a surrogate pair, which is no text.", field="content"
        ) from error
    if len(content) > longest:
        raise MessageTooLong(
            f"The message has {len(content)} characters; at most {longest} are allowed.",
            field="content",
        )
