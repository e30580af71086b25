"""Making an archive of all that is held on a user: piece after piece, by whoever goes on with it.

A piece is a lot of files, packed. The note beside it says what is in it and where the reading goes on, so
the next piece can be made by another process, or tomorrow; the last one is the manifest and the directory.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from backend.models import utc_now
from backend.privacy.archive import Entry, directory, pack
from backend.privacy.lots import Source
from backend.privacy.reading import Place, read

FORMAT = "keepsake-export"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an archive's bytes from `start` on. `place`: where the reading goes on behind it; None
    where all has been read. `is_last`: the archive ends with it."""

    number: int
    start: int
    content: bytes
    entries: tuple[Entry, ...] = ()
    place: Place | None = None
    is_last: bool = False

    @property
    def end(self) -> int:
        """Where the next one starts."""
        return self.start + len(self.content)

    @property
    def note(self) -> "Note":
        """What is kept beside it."""
        return Note(self.number, self.end, self.entries, self.place, self.is_last)


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be known of a piece to make the next one."""

    number: int
    end: int
    entries: tuple[Entry, ...]
    place: Place | None
    is_last: bool

    def to_bytes(self) -> bytes:
        """As it is stored."""
        place = None if self.place is None else [self.place.step, self.place.after]
        entries = [entry.to_json() for entry in self.entries]
        return json.dumps([self.number, self.end, entries, place, self.is_last]).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """What `to_bytes` gave."""
        number, end, entries, place, is_last = json.loads(stored)
        return cls(
            number,
            end,
            tuple(Entry.from_json(entry) for entry in entries),
            None if place is None else Place(*place),
            is_last,
        )


async def next_piece(
    source: Source, before: Note | None, notes: Iterable[Note], begun_at: datetime
) -> Piece:
    """The piece behind another, or the first. `notes` are those of all the pieces so far, in order, and are
    looked at for the last one alone.

    Raises:
        StoreUnavailable: to be tried again.
    """
    if before is None:
        number, start, place = 0, 0, Place()
    elif before.place is None:
        return _last_piece(source.user_id, before, notes, begun_at)
    else:
        number, start, place = before.number + 1, before.end, before.place
    lot, goes_on = await read(source, place, number)
    content, entries = await asyncio.to_thread(lambda: pack(lot.written(), start, begun_at))
    return Piece(number, start, content, entries, goes_on)


def _last_piece(user_id: UUID, before: Note, notes: Iterable[Note], begun_at: datetime) -> Piece:
    entries = [entry for note in notes for entry in note.entries]
    manifest = json.dumps(_manifest(user_id, entries, begun_at), indent=1).encode()
    content, [own] = pack({"manifest.json": manifest}, before.end, begun_at)
    content += directory([*entries, own], before.end + len(content), begun_at)
    return Piece(before.number + 1, before.end, content, (own,), is_last=True)


def _manifest(user_id: UUID, entries: list[Entry], begun_at: datetime) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for theme, records in _records(entries):
        counts[theme] = counts.get(theme, 0) + records
    return {
        "format": FORMAT,
        "version": VERSION,
        "userId": str(user_id),
        "begunAt": _wire(begun_at),
        "madeAt": _wire(utc_now()),
        "counts": counts,
        "files": [
            {"path": entry.path, "bytes": entry.size, "sha256": entry.sha256} for entry in entries
        ],
    }


def _records(entries: list[Entry]) -> Iterator[tuple[str, int]]:
    for entry in entries:
        if entry.records is not None:
            yield entry.path.split("/")[1], entry.records


def _wire(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
