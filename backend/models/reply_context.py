"""Why a reply says what it says: the ConversationContext kept with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from backend.models.base import json_field, time_field


class ReplyContext(SQLModel, table=True):
    """What went into one reply's prompt. One row per reply; JSON is stored as the wire shows it.

    `recall` is `ok`, `empty`, `unavailable` (index or encoder down) or `late` (past its deadline).
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
    updated_at: datetime = time_field()
