"""A conversation of one user with one character."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from backend.models.base import (
    Sealable,
    json_field,
    key_index,
    new_id,
    optional_time_field,
    sensitive_field,
    time_field,
)
from backend.models.owner import Owner


class Conversation(Sealable, table=True):
    """What people see of it, and marks that say how far work has come.

    `last_seq`: the newest message's number. `answered_seq`: every user message up to here has
    its reply. `formed_seq`: every message up to here has been formed into memory.
    `summarised_seq`: every message up to here is folded into the conversation's summary.
    `forgotten_seq`: everything up to here was forgotten, and is not to be remembered any more.
    `user_read_seq` and `character_read_seq`: that side has read what the other sent up to here.
    `last_change`: how often a message that stood here was changed; see `Message.change`.
    `sensitive`: a message in it is, or was.
    `nsfw_level`: how far it may go, 0-10; None: as far as its character. `told_ai_at`: when it was last
    said here that this is an AI.

    `turn_lease_*` make one process at a time answer: whoever holds an unexpired lease, and
    `turn_fence`, counted up with each lease, keeps a holder that slept from writing late.
    `turn_stop_fence`: the reply being written under this fence is to be stopped.
    """

    __tablename__ = "conversation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    character_id: UUID = Field(foreign_key="character.id", ondelete="CASCADE")
    title: str = ""
    title_is_custom: bool = False
    status: str = "active"
    details: dict[str, Any] = json_field(dict)  # on the wire: metadata {mood, topics[], …}
    message_count: int = 0
    last_message_at: datetime | None = optional_time_field()
    last_seq: int = 0
    answered_seq: int = 0
    formed_seq: int = 0
    summarised_seq: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    forgotten_seq: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    user_read_seq: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    character_read_seq: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    last_change: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    sensitive: bool = sensitive_field()
    turn_lease_owner: str | None = None
    turn_lease_until: datetime | None = optional_time_field()
    turn_fence: int = 0
    turn_stop_fence: int | None = None
    nsfw_level: int | None = None
    told_ai_at: datetime | None = optional_time_field()
    created_at: datetime = time_field()
    updated_at: datetime = time_field()

    __table_args__ = (
        Index("ix_conversation_user_recent", "user_id", "last_message_at"),
        Index("ix_conversation_owner", "character_id", "user_id"),
        Index("ix_conversation_waiting", "id", postgresql_where=text("answered_seq < last_seq")),
        key_index("conversation"),
    )

    @property
    def owner(self) -> Owner:
        """Whose memory this conversation feeds."""
        return Owner(self.character_id, self.user_id)
