"""Lists: `{items, nextCursor}` with opaque cursors."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query

from backend.errors import InvalidRequest
from backend.gateway.views import View

Item = TypeVar("Item")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(description="A `nextCursor` from an earlier page.")]


class Page(View, Generic[Item]):
    """One page; `nextCursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*parts: object) -> str:
    """An opaque cursor from the sort key of a page's last row."""
    return urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def _decode(cursor: str, count: int) -> list[str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = urlsafe_b64decode(padded.encode()).decode().split("|")
    except ValueError as error:
        raise InvalidRequest("The cursor is not one of ours.") from error
    if len(parts) != count:
        raise InvalidRequest("The cursor is not one of ours.")
    return parts


def id_cursor(cursor: str | None) -> UUID | None:
    """A cursor that holds an id.

    Raises:
        InvalidRequest: not one of ours.
    """
    if cursor is None:
        return None
    try:
        return UUID(_decode(cursor, 1)[0])
    except ValueError as error:
        raise InvalidRequest("The cursor is not one of ours.") from error


def time_and_id_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """A cursor that holds a time and an id.

    Raises:
        InvalidRequest: not one of ours.
    """
    if cursor is None:
        return None
    at, key = _decode(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(key)
    except ValueError as error:
        raise InvalidRequest("The cursor is not one of ours.") from error


def score_and_id_cursor(cursor: str | None) -> tuple[float, UUID] | None:
    """A cursor that holds a score and an id.

    Raises:
        InvalidRequest: not one of ours.
    """
    if cursor is None:
        return None
    score, key = _decode(cursor, 2)
    try:
        return float(score), UUID(key)
    except ValueError as error:
        raise InvalidRequest("The cursor is not one of ours.") from error


def seq_cursor(cursor: str | None) -> int | None:
    """A cursor for messages: the seq itself, so that a client can fill a gap from what it knows.

    Raises:
        InvalidRequest: not a seq.
    """
    if cursor is None:
        return None
    if not cursor.isdecimal() or len(cursor) > 9:
        raise InvalidRequest("The cursor of messages is a seq.")
    return int(cursor)
