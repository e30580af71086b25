"""What waits to be answered, as conditions of statements."""

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from backend.models import Character, Message


def unanswered(conversation_id: object, after_seq: object) -> list[ColumnElement[bool]]:
    """Of a message that was said after a seq and wants a reply."""
    return [
        col(Message.conversation_id) == conversation_id,
        col(Message.seq) > after_seq,
        col(Message.sender_type) == "user",
        col(Message.type) != "system",
        col(Message.deleted_at).is_(None),
    ]


def may_speak(character_id: object) -> ColumnElement[bool]:
    """Unless the character is blocked. What waits is answered once it no longer is."""
    return ~exists().where(
        col(Character.id) == character_id, col(Character.blocked_at).is_not(None)
    )
