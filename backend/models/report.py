"""A message that its reader has reported, and what became of that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from backend.models.base import (
    Sealable,
    json_field,
    key_index,
    new_id,
    optional_time_field,
    time_field,
)

STATUSES = ("open", "reviewing", "resolved", "dismissed")
CLOSED = ("resolved", "dismissed")


class Report(Sealable, table=True):
    """One user's report of one message in a conversation of theirs.

    `evidence` is a copy of what was said when it was reported, so that it can be judged whatever
    becomes of the conversation: the `message` and those `around` it, as the wire shows them, each
    with what content policy decided of it. Message, conversation and character are named by their ids
    alone, and may be gone.

    `status` is one of `STATUSES`; `action` is the last thing that an admin did about it: `none`,
    `message_removed`, `user_blocked` or `character_blocked`. `closed_by` is the id of the admin who
    resolved or dismissed it.
    """

    __tablename__ = "report"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    message_id: UUID
    conversation_id: UUID
    character_id: UUID
    sender_type: str
    reason: str
    note: str = ""
    evidence: dict[str, Any] = json_field(dict)
    status: str = "open"
    action: str = "none"
    resolution: str = ""
    closed_by: UUID | None = None
    created_at: datetime = time_field()
    updated_at: datetime = time_field()
    closed_at: datetime | None = optional_time_field()

    __table_args__ = (
        UniqueConstraint("user_id", "message_id", name="uq_report_user_message"),
        Index("ix_report_status", "status", "id"),
        key_index("report"),
    )

    @property
    def sensitive(self) -> bool:
        """Whatever somebody reports is stored encrypted, where there are keys."""
        return True
