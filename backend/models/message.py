"""What was said: messages and the alternatives (swipes) of a reply."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.models.base import (
    Sealable,
    json_field,
    key_index,
    new_id,
    optional_time_field,
    time_field,
)


class Message(Sealable, table=True):
    """`seq` counts 1, 2, 3… in its conversation.

    `sender_type` is `user` or `character`; `type` is `text`, `image`, `voice` or `system`;
    `status` is `sent`, `delivered` or `read`; `state` is `complete`, `interrupted` or `failed`
    (a reply that did not come: empty or partial content, the reason in `details.error`).

    A deleted one stays as a tombstone, emptied, so that `seq` has no gaps. `forgotten_at`: what it
    says was forgotten; people still read it in its conversation, and it goes into nothing else: no
    memory, no prompt, no record of one. `form_again`: it was formed into memory, and says something
    else since.

    `change` numbers the edits, deletions and chosen variants of a conversation's messages, 1, 2, 3…;
    a message has the number of its last one, 0 if it is as it was first stored.

    `language` names the dictionary of PostgreSQL for its words, `simple` where that can't be told; None:
    it was stored before there was a search, and waits to be read.
    """

    __tablename__ = "message"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id", ondelete="CASCADE")
    seq: int
    sender_id: UUID
    sender_type: str
    content: str
    type: str = "text"
    details: dict[str, Any] = json_field(dict)  # on the wire: metadata {tokens, model, …}
    status: str = "sent"
    read_at: datetime | None = optional_time_field()
    client_message_id: str | None = None
    reply_to: UUID | None = Field(default=None, index=True)
    state: str = "complete"
    active_variant: int = 0
    created_at: datetime = time_field()
    edited_at: datetime | None = optional_time_field()
    deleted_at: datetime | None = optional_time_field()
    forgotten_at: datetime | None = optional_time_field()
    form_again: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    change: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    changed_at: datetime | None = optional_time_field()
    language: str | None = None

    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_message_seq"),
        UniqueConstraint("conversation_id", "client_message_id", name="uq_message_client_id"),
        Index("ix_message_recent", "conversation_id", "created_at"),
        Index("ix_message_form_again", "conversation_id", postgresql_where=text("form_again")),
        Index(
            "ix_message_change", "conversation_id", "change", postgresql_where=text("change > 0")
        ),
        key_index("message"),
        Index(
            "ix_message_unread_language",
            "id",
            postgresql_where=text("language IS NULL AND key_id IS NULL"),
        ),
        Index(
            "ix_message_without_words",
            "conversation_id",
            "created_at",
            postgresql_where=text("language IS NULL OR key_id IS NOT NULL"),
        ),
    )

    @property
    def sensitive(self) -> bool:
        """Whether it says something that is to be stored encrypted."""
        return self.details.get("sensitive") is True


class MessageVariant(Sealable, table=True):
    """One alternative of a reply; number 0 is the first. The message row mirrors the active one."""

    __tablename__ = "message_variant"

    message_id: UUID = Field(foreign_key="message.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    content: str
    details: dict[str, Any] = json_field(dict)
    state: str = "complete"
    created_at: datetime = time_field()

    __table_args__ = (key_index("message_variant"),)

    @property
    def sensitive(self) -> bool:
        """See `Message.sensitive`."""
        return self.details.get("sensitive") is True


class WantedVariant(SQLModel, table=True):
    """A reply that is to be written anew. `times`: how often that was asked for while it waited, so
    that who has written it knows whether somebody asked again meanwhile."""

    __tablename__ = "wanted_variant"

    reply_id: UUID = Field(foreign_key="message.id", ondelete="CASCADE", primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id", ondelete="CASCADE", index=True)
    times: int = 1
    wanted_at: datetime = time_field()
