"""Why a reply says what it says: the ConversationContext kept with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from backend.models.base import Sealable, json_field, key_index, sensitive_field, time_field


class ReplyContext(Sealable, table=True):
    """What went into one reply's prompt. One row per reply; JSON is stored as the wire shows it.

    `recall` is `ok`, `empty`, `unavailable` (index or encoder down) or `late` (past its deadline).
    `decision` is what content policy decided: {action, reason, decidedBy, categories, screener,
    crisisNotice, about}, where `about` says of what, `message` or `reply`; empty for older replies.
    """

    __tablename__ = "reply_context"

    message_id: UUID = Field(foreign_key="message.id", ondelete="CASCADE", primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id", ondelete="CASCADE", index=True)
    recent_messages: list[dict[str, Any]] = json_field(list)
    active_memories: list[dict[str, Any]] = json_field(list)
    left_out: list[dict[str, Any]] = json_field(list)
    state: dict[str, Any] = json_field(dict)
    token_use: dict[str, Any] = json_field(dict)
    prompt_version: str
    recall: str = "ok"
    timings: dict[str, Any] = json_field(dict)
    decision: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
    )
    sensitive: bool = sensitive_field()
    updated_at: datetime = time_field()

    __table_args__ = (key_index("reply_context"),)
