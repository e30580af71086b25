"""How a character and a user stand, and the ledger that explains it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from backend.models.base import (
    Sealable,
    json_field,
    key_index,
    new_id,
    optional_time_field,
    sensitive_field,
    time_field,
)


class Relationship(Sealable, table=True):
    """`level`, `trust` and `intimacy` run 0-100, higher is closer; `stage` names the range."""

    __tablename__ = "relationship"

    character_id: UUID = Field(foreign_key="character.id", ondelete="CASCADE", primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", primary_key=True)
    level: float = 10.0
    trust: float = 10.0
    intimacy: float = 0.0
    total_interactions: int = 0
    favorite_topics: list[str] = json_field(list)
    shared_experiences: list[str] = json_field(list)
    stage: str = "stranger"
    last_interaction_at: datetime | None = optional_time_field()  # by what the user said last
    sensitive: bool = sensitive_field()
    created_at: datetime = time_field()
    updated_at: datetime = time_field()

    __table_args__ = (key_index("relationship"),)


class RelationshipChange(SQLModel, table=True):
    """One step in the ledger: `delta` {level, trust, intimacy} in points of 100, as it was applied,
    caused by one message, or by time (`message_id` None). `undone` ones no longer count."""

    __tablename__ = "relationship_change"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    character_id: UUID = Field(foreign_key="character.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", index=True)
    message_id: UUID | None = Field(default=None, index=True)
    delta: dict[str, Any] = json_field(dict)
    reason: str
    undone: bool = False
    created_at: datetime = time_field()

    __table_args__ = (Index("ix_relationship_change_day", "character_id", "user_id", "created_at"),)
