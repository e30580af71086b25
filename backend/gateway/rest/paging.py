"""Lists: `{items, nextCursor}` with opaque cursors."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Query

from backend.errors import InvalidRequest
from backend.gateway.views import View

Item = TypeVar("Item")


class _HasId(Protocol):
    @property
    def id(self) -> UUID: ...


Row = TypeVar("Row", bound=_HasId)

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(description="A `nextCursor` from an earlier page.")]


def _either(before: Cursor = None, after: Cursor = None) -> str | None:
    if before is not None and after is not None:
        raise InvalidRequest("Give before or after, not both.")
    return after if before is None else before


# Of a list that goes one way: its cursor leads on under either name.
Following = Annotated[str | None, Depends(_either)]


class Page(View, Generic[Item]):
    """One page; `nextCursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*parts: object) -> str:
    """An opaque cursor from the sort key of a page's last row."""
    return urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def cut(found: Sequence[Row], limit: int) -> tuple[Sequence[Row], str | None]:
    """The rows of a page in order of id, and the cursor to what follows them. `found` was asked for one
    row more than a page holds."""
    shown = found[:limit]
    return shown, encode_cursor(shown[-1].id) if len(found) > limit else None


def page_of(found: Sequence[Row], limit: int, show: Callable[[Row], Item]) -> Page[Item]:
    """The page of such rows, each as `show` has it."""
    shown, cursor = cut(found, limit)
    return Page(items=[show(row) for row in shown], next_cursor=cursor)


def _decode(cursor: str, *kinds: Callable[[str], Any]) -> tuple[Any, ...]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = urlsafe_b64decode(padded.encode()).decode().split("|")
        return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except ValueError as error:
        raise InvalidRequest("The cursor is not one of ours.") from error


def id_cursor(cursor: str | None) -> UUID | None:
    """A cursor that holds an id.

    Raises:
        InvalidRequest: not one of ours.
    """
    return None if cursor is None else _decode(cursor, UUID)[0]


def time_and_id_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """A cursor that holds a time and an id.

    Raises:
        InvalidRequest: not one of ours.
    """
    if cursor is None:
        return None
    at, key = _decode(cursor, datetime.fromisoformat, UUID)
    return at, key


def score_and_id_cursor(cursor: str | None) -> tuple[float, UUID] | None:
    """A cursor that holds a score and an id.

    Raises:
        InvalidRequest: not one of ours.
    """
    if cursor is None:
        return None
    score, key = _decode(cursor, float, UUID)
    return score, key


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
