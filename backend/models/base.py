"""What every table shares: UUIDv7 ids, UTC times, JSONB columns."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import Field
from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7: sorts by creation time."""
    return UUID(int=uuid7().int)


def utc_now() -> datetime:
    """The current time, timezone-aware, UTC."""
    return datetime.now(UTC)


def time_field(**options: Any) -> Any:
    """A `timestamptz` column filled with the current time."""
    return Field(default_factory=utc_now, sa_type=DateTime(timezone=True), **options)


def optional_time_field(**options: Any) -> Any:
    """A nullable `timestamptz` column."""
    return Field(default=None, sa_type=DateTime(timezone=True), **options)


def json_field(default_factory: Any) -> Any:
    """A non-null JSONB column."""
    return Field(default_factory=default_factory, sa_type=JSONB, nullable=False)


def uuid_list_field(**options: Any) -> Any:
    """A non-null `uuid[]` column."""
    return Field(
        default_factory=list, sa_type=ARRAY(PG_UUID(as_uuid=True)), nullable=False, **options
    )
