"""Records for tests, with everything filled in that a test doesn't care about."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.memory.episodes import content_hash
from backend.models import Character, Conversation, Memory, Message, Owner, User, new_id
from backend.models.candidate import Transcript, TranscriptLine

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def a_user(name: str = "Ada", **changes: Any) -> User:
    """A person; the address is made from a fresh id."""
    values: dict[str, Any] = {"email": f"{new_id()}@example.com", "display_name": name}
    return User(**values | changes)


def a_character(name: str = "Mira", **changes: Any) -> Character:
    """A public character that nobody owns."""
    return Character(**{"name": name, "visibility": "public"} | changes)


def a_conversation(user: User, character: Character, **changes: Any) -> Conversation:
    """An empty conversation of the two."""
    return Conversation(**{"user_id": user.id, "character_id": character.id} | changes)


def a_message(conversation: Conversation, content: str = "Hello.", **changes: Any) -> Message:
    """Said by the user unless `sender_type` says otherwise; `seq` is 0 until it is stored."""
    sender_type = changes.get("sender_type", "user")
    sender = conversation.user_id if sender_type == "user" else conversation.character_id
    values: dict[str, Any] = {
        "conversation_id": conversation.id,
        "seq": 0,
        "sender_id": sender,
        "sender_type": sender_type,
        "content": content,
    }
    return Message(**values | changes)


def a_memory(owner: Owner, content: str = "The user likes tea.", **changes: Any) -> Memory:
    """An active fact of the owner's."""
    values: dict[str, Any] = {
        "character_id": owner.character_id,
        "user_id": owner.user_id,
        "kind": "fact",
        "content": content,
        "content_hash": content_hash(content),
        "index_text": content,
    }
    return Memory(**values | changes)


def an_owner() -> Owner:
    """Somebody nobody has heard of."""
    return Owner(new_id(), new_id())


def a_line(
    content: str, *, sender_type: str = "user", said_at: datetime = NOON, key: UUID | None = None
) -> TranscriptLine:
    """A line of Ada's, or of Mira's."""
    speaker = "Ada" if sender_type == "user" else "Mira"
    return TranscriptLine(key or new_id(), sender_type, speaker, content, said_at)


def a_transcript(*lines: TranscriptLine, preceding: tuple[TranscriptLine, ...] = ()) -> Transcript:
    """Ada and Mira talking."""
    return Transcript("Ada", "Mira", lines, preceding)


def a_proposal(
    content: str = "The user's dog is called Biscuit.", **changes: Any
) -> dict[str, Any]:
    """A fact as a model proposes it by the strict schema, citing the first message."""
    return {
        "fact": content,
        "messages": [1],
        "category": "personal",
        "about": "user",
        "about_name": None,
        "realm": "real",
        "attribute": None,
        "confidence": 0.9,
        "importance": 7,
        "event_date": None,
    } | changes
