"""A lot: some hundred records of a user's, as files of an archive."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from backend.privacy.pages import Names
from backend.privacy.records import Json, lines
from backend.store import Store, Transaction

AT_A_TIME = 200  # records of one lot; with their contexts and pages a megabyte or two

Making = Callable[[], bytes]  # writes one file

After = list[Any] | None  # where a step goes on; None: at its beginning, or behind its end


@dataclass(slots=True)
class Lot:
    """Files that belong together, by their paths. Its number is in the names of its files of records, so that
    no two lots have one name. Writing them takes a while: that is left to whoever packs them."""

    number: int
    files: dict[str, Making] = field(default_factory=dict)

    def add_records(self, theme: str, records: Sequence[Callable[[], Json]]) -> None:
        """Records of a theme; none make no file."""
        if records:
            path = f"data/{theme}/{self.number:06}.ndjson"
            self.files[path] = lambda: lines(record() for record in records)

    def written(self) -> dict[str, bytes]:
        """The files' bytes. Not for the event loop: it may take a tenth of a second."""
        return {path: write() for path, write in self.files.items()}


@dataclass(frozen=True, slots=True)
class Source:
    """Whose data is read, and where."""

    store: Store
    user_id: UUID


Step = Callable[[Source, Lot, After], Awaitable[After]]


async def names_of(tx: Transaction, user_id: UUID, character_id: UUID) -> Names:
    """What a user and a character are called, and in which time zone the user is."""
    user = await tx.users.get(user_id)
    character = await tx.characters.get(character_id)
    return Names(
        user.display_name if user else "You",
        character.name if character else "The character",
        user.zone if user else ZoneInfo("UTC"),
    )


def key_of(record: SQLModel) -> list[str]:
    """A record's primary key, fit for JSON."""
    values = [getattr(record, name) for name, _ in _key_columns(type(record))]
    return [value.hex() if isinstance(value, bytes) else str(value) for value in values]


def key_from(kind: type[SQLModel], after: After) -> list[Any] | None:
    """What `key_of` gave, as the database wants it."""
    if after is None:
        return None
    reads: dict[type, Callable[[str], Any]] = {bytes: bytes.fromhex, UUID: UUID}
    return [
        reads.get(of, str)(value) for value, (_, of) in zip(after, _key_columns(kind), strict=True)
    ]


def _key_columns(kind: type[SQLModel]) -> list[tuple[str, type]]:
    columns = kind.__table__.primary_key.columns  # type: ignore[attr-defined]
    return [(column.name, column.type.python_type) for column in columns]
