"""A character that people talk to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backend.models.base import json_field, new_id, optional_time_field, time_field


class Personality(BaseModel):
    """How a character is: shown in the prompt under PERSONALITY. Unknown keys are kept."""

    model_config = ConfigDict(extra="allow")

    traits: list[str] = []
    style: str = ""
    values: list[str] = []


class Character(SQLModel, table=True):
    """`owner_id` is None for the ready-made characters, which are public and read-only. `card` is the card
    that it came from, as it was; `picture_path` names the one of its files that is its picture. Since
    `blocked_at` nobody can talk to it; `blocked_reason` is told to who may see it."""

    __tablename__ = "character"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID | None = Field(
        default=None, foreign_key="user_account.id", ondelete="CASCADE", index=True
    )
    name: str
    age: int | None = None
    gender: str = ""
    description: str = ""
    personality: dict[str, Any] = json_field(dict)
    scenario: str = ""
    greeting: str = ""
    example_dialogues: list[str] = json_field(list)
    nsfw_level: int = 0
    lorebook: list[dict[str, Any]] = json_field(list)
    visibility: str = "private"
    card: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    picture_path: str | None = None
    deleted_at: datetime | None = optional_time_field()
    blocked_at: datetime | None = optional_time_field()
    blocked_reason: str | None = None
    created_at: datetime = time_field()
    updated_at: datetime = time_field()
