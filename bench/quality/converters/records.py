"""The plain record that every layout becomes; `bench.quality.plain` describes it.

It carries one field more than a file needs: `warnings`, what was repaired or left out on the way.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

Record = dict[str, Any]
Checked = TypeVar("Checked")

# Where the data dates a session and not its messages. Plain files of the same sets were made with
# this step, and one set must give one result, however it is read.
BETWEEN_MESSAGES = timedelta(seconds=40)
EVIDENCE_LOST = "Evidence left out since it points to no message"
TEXT_MISSING = "Messages left out for want of text"
EVIDENCE_UNKNOWN = "Evidence that names no message, left out"


class Transcript:
    """The messages of one conversation as they are gathered, and what went wrong meanwhile."""

    def __init__(self) -> None:
        self._messages: list[Record] = []
        self._ids: set[str] = set()
        self._empty: list[str] = []

    def add(self, name: str, speaker: str, sender_type: str, content: str, at: datetime) -> None:
        """Append a message; one that says nothing can't be stored and is left out.

        Args:
            name: the data's id of it.
            sender_type: `user` or `character`.
            at: when it was sent, in UTC.
        """
        if not content.strip():
            self._empty.append(name)
            return
        self._ids.add(name)
        self._messages.append(
            {
                "id": name,
                "senderType": sender_type,
                "speaker": speaker,
                "content": content.strip(),
                "createdAt": at.isoformat(),
            }
        )

    def __contains__(self, name: str) -> bool:
        return name in self._ids

    def record(
        self, set_name: str, name: str, questions: list[Record], warnings: Iterable[str]
    ) -> Record:
        """The conversation, its messages in order of time.

        Raises:
            ValueError: it has no messages.
        """
        if not self._messages:
            raise ValueError(f"{name} has no messages")
        return {
            "set": set_name,
            "id": name,
            "user": self._first_speaker("user", "User"),
            "character": self._first_speaker("character", "Assistant"),
            "messages": sorted(self._messages, key=lambda message: message["createdAt"]),
            "questions": questions,
            "warnings": [*told(TEXT_MISSING, self._empty), *warnings],
        }

    def _first_speaker(self, sender_type: str, default: str) -> str:
        names = (each["speaker"] for each in self._messages if each["senderType"] == sender_type)
        return next(names, default)


def checked(adapter: TypeAdapter[Checked], data: Any, place: str) -> Checked:
    """Data as the adapter's type.

    Raises:
        ValueError: it isn't; names the field after `place`, and what is wrong.
    """
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, (place, *first['loc'])))}: {first['msg']}") from error


def moment(text: str, layout: str, place: str) -> datetime:
    """A time as the data writes it, taken as UTC.

    Raises:
        ValueError: it is in another layout; names `place`.
    """
    try:
        return datetime.strptime(text.strip(), layout).replace(tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def as_text(answer: Any) -> str | None:
    """An answer as text: the sets give numbers, too."""
    return None if answer is None else str(answer)


def told(what: str, which: list[str]) -> list[str]:
    """The warning that something happened to these, or none where there are none."""
    return [f"{what}: {len(which)} ({', '.join(which)})"] if which else []
