"""What every table shares: UUIDv7 ids, UTC times, JSONB columns."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import Field, SQLModel
from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7: sorts by creation time."""
    return UUID(int=uuid7().int)


def id_at(moment: datetime) -> UUID:
    """Sorts before every id made at a moment or later, and after every one from before."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80)


def utc_now() -> datetime:
    """The current time, timezone-aware, UTC."""
    return datetime.now(UTC)


def rfc3339(at: datetime) -> str:
    """A moment as clients are told it: UTC, to the millisecond, `2026-09-01T18:30:02.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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


class Sealable(SQLModel):
    """A record whose words may lie encrypted in the database. In memory they are always in clear.

    `sealed` holds them then, under the key named `key_id`, and their own columns are blank; None
    where the row is in clear. Both are the adapter's to set.
    """

    key_id: str | None = None
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


def key_index(table: str) -> Index:
    """Finds whatever is sealed under a key."""
    return Index(f"ix_{table}_key", "key_id", postgresql_where=text("key_id IS NOT NULL"))


def sensitive_field() -> Any:
    """Whether anything that the record was drawn from is sensitive."""
    return Field(default=False, sa_column_kwargs={"server_default": "false"})
