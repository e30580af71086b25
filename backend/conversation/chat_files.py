"""Files that other chat clients keep talks in, read for an import. Pure functions.

- JSON, as for `POST /conversations/import`: {"title"?, "messages": [{senderType, content, createdAt,
  clientMessageId?}]}.
- JSON lines, as SillyTavern writes them: a line about the chat, then one for each message: {name,
  is_user, is_system, send_date, mes}. Of a message's swipes the one that was shown is brought in.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from backend.conversation.importing import ImportedMessage
from backend.errors import InvalidRequest

Json = dict[str, Any]

MAX_MESSAGES = 20_000
MAX_CHARACTERS = 20_000  # of a message
STEP = timedelta(seconds=1)  # from a message to the next whose time isn't known

_WRITTEN = re.compile(r"([A-Z][a-z]+ \d{1,2}, \d{4}) +(\d{1,2}:\d{2}) ?([ap]m)", re.IGNORECASE)
_SPACED = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2}) ?@ ?(\d{1,2})h ?(\d{1,2})m ?(\d{1,2})s(?: ?(\d{1,3})ms)?"
)


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A talk as a file tells it: `character_name` is how the file calls who was talked to, empty if it
    doesn't say; messages in the file's order."""

    title: str
    character_name: str
    messages: list[ImportedMessage]


def read_chat(data: bytes, zone: tzinfo, now: datetime) -> ChatFile:
    """Read a chat's file. Times without a zone are of `zone`; messages without a time follow those
    before them, and end at `now` if none has one.

    Raises:
        InvalidRequest: no chat that we can read; names the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest("The file isn't UTF-8 text.") from error
    rows = _rows(text)
    if len(rows) == 1 and isinstance(rows[0].get("messages"), list):
        chat = _plain(rows[0], zone)
    else:
        chat = _sillytavern(rows, zone, now)
    if not chat.messages:
        raise InvalidRequest("The file holds no messages.")
    if len(chat.messages) > MAX_MESSAGES:
        raise InvalidRequest(
            f"The file holds {len(chat.messages)} messages; {MAX_MESSAGES} is the most. Split it."
        )
    return chat


def _rows(text: str) -> list[Json]:
    """The file's objects: the whole file, or each of its lines."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        lines = enumerate(text.split("\n"), start=1)
        return [_object(line, number) for number, line in lines if line.strip()]
    if not isinstance(whole, dict):
        raise InvalidRequest("The file is no chat: it isn't a JSON object, nor lines of them.")
    return [whole]


def _object(line: str, number: int) -> Json:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"Line {number} isn't JSON.") from error
    if not isinstance(value, dict):
        raise InvalidRequest(f"Line {number} isn't a JSON object.")
    return value


# --- the formats ----------------------------------------------------------------------------------


def _plain(chat: Json, zone: tzinfo) -> ChatFile:
    messages = []
    for number, row in enumerate(chat["messages"], start=1):
        sender = row.get("senderType") if isinstance(row, dict) else None
        if sender not in {"user", "character"}:
            raise InvalidRequest(f"Message {number}: senderType must be user or character.")
        key = row.get("clientMessageId")
        if key is not None and not (isinstance(key, str) and 0 < len(key) <= 200):
            raise InvalidRequest(f"Message {number}: clientMessageId must be a text of up to 200.")
        content = _content(row.get("content"), number)
        sent = _time(row.get("createdAt"), zone)
        if sent is None:
            raise InvalidRequest(
                f"Message {number}: createdAt must be a time: 2026-03-10T12:00:00Z."
            )
        messages.append(ImportedMessage(sender, content, sent, key))
    title = chat.get("title")
    return ChatFile(title[:200] if isinstance(title, str) else "", "", messages)


def _sillytavern(rows: list[Json], zone: tzinfo, now: datetime) -> ChatFile:
    if not any("mes" in row for row in rows):
        raise InvalidRequest(
            "The file is no chat: it holds neither `messages` nor lines with `mes`."
        )
    named = rows[0].get("character_name") or ""
    said = list(_said(rows))
    times = _in_order([_time(row.get("send_date"), zone) for _, _, row in said], now)
    messages = [
        ImportedMessage(sender, content, at)
        for (sender, content, _), at in zip(said, times, strict=True)
    ]
    return ChatFile("", named if isinstance(named, str) else "", messages)


def _said(rows: list[Json]) -> Iterator[tuple[str, str, Json]]:
    """Sender, text and row of every message that is one."""
    for number, row in enumerate(rows, start=1):
        if "mes" not in row or row.get("is_system") is True or not row["mes"]:
            continue
        sender = "user" if row.get("is_user") is True else "character"
        content = _content(row["mes"], number)
        if content.strip():
            yield sender, content, row


def _content(value: Any, number: int) -> str:
    if not isinstance(value, str):
        raise InvalidRequest(f"Message {number} is no text.")
    if len(value) > MAX_CHARACTERS:
        raise InvalidRequest(
            f"Message {number} has {len(value)} characters; {MAX_CHARACTERS} is the most."
        )
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise InvalidRequest(f"Message {number} holds half a surrogate pair: it can't be stored.")
    return value


# --- times ----------------------------------------------------------------------------------------


def _time(value: Any, zone: tzinfo) -> datetime | None:
    """When a message was sent, in any of the ways that clients write it; None if that isn't known."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value / 1000, UTC)
        elif isinstance(value, str):
            found = _read_time(value.strip())
        else:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _read_time(text: str) -> datetime:
    """Raises: ValueError: none of the ways that we know."""
    if text.isdecimal() and len(text) < 16:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    if written := _WRITTEN.fullmatch(text):
        return datetime.strptime(" ".join(written.groups()), "%B %d, %Y %I:%M %p")
    if spaced := _SPACED.fullmatch(text):
        year, month, day, hour, minute, second, part = (int(each or 0) for each in spaced.groups())
        return datetime(year, month, day, hour, minute, second, part * 1000)
    return datetime.fromisoformat(text)


def _in_order(times: list[datetime | None], now: datetime) -> list[datetime]:
    """A time for each, none before that of the one before it: the file's order holds."""
    known = [at for at in times if at]
    last = min(known, default=now - STEP * len(times)) - STEP
    found = []
    for at in times:
        last = max(at, last) if at else last + STEP
        found.append(last)
    return found
