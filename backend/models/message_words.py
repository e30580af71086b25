"""What messages are found by: their words, stemmed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from backend.models.base import time_field


class MessageWords(SQLModel, table=True):
    """The words of a message that may be read: a trigger keeps them in step with it, and there are none
    of one that is sealed, deleted or forgotten.

    `language` is the dictionary that they were stemmed by; `words` also holds whose they are
    (`@<user id>`) and the language (`=english`), so that one look into the index answers for one user.
    """

    __tablename__ = "message_words"

    message_id: UUID = Field(foreign_key="message.id", ondelete="CASCADE", primary_key=True)
    user_id: UUID
    character_id: UUID
    conversation_id: UUID
    sender_type: str
    language: str
    created_at: datetime = time_field()
    words: Any = Field(sa_type=TSVECTOR, nullable=False)

    __table_args__ = (
        Index(
            "ix_message_words",
            "words",
            postgresql_using="gin",
            # Searches walk what isn't sorted in yet, so that must stay short.
            postgresql_with={"gin_pending_list_limit": 256},
        ),
        Index("ix_message_words_newest", "user_id", "created_at", "message_id"),
        Index("ix_message_words_language", "user_id", "language"),
    )
