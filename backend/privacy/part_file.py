"""An archive while it is being written into a file: what a killed command leaves, and the next goes on from.

Beside the archive's own place there are its bytes so far (`.part`) and, line by line, the notes of its pieces
(`.part.notes`). A note is written once the bytes that it is about are on the disk, so bytes behind the last
note are cut off.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from errno import EEXIST
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.models import EXPORT_KEPT_FOR, utc_now
from backend.privacy.lots import Source
from backend.privacy.making import Note, Piece, next_piece

PRIVATE = 0o600


@dataclass(slots=True)
class PartFile:
    """One user's archive on its way to `out`; `notes` are of the pieces that are there."""

    out: Path
    source: Source
    begun_at: datetime
    notes: list[Note]

    async def write(self) -> AsyncIterator[Note]:
        """Write what is missing, and give the notes of all pieces, the earlier ones at once; then the
        archive is in its place."""
        for note in self.notes:
            yield note
        with _private(_bytes_of(self.out)) as content, _private(_notes_of(self.out)) as notes:
            if not self.notes:
                begun = [str(self.source.user_id), self.begun_at.isoformat()]
                notes.truncate(0)
                _append(notes, json.dumps(begun).encode() + b"\n")
            content.truncate(self.notes[-1].end if self.notes else 0)
            while not (self.notes and self.notes[-1].is_last):
                piece = await self._next()
                _append(content, piece.content)
                _append(notes, piece.note.to_bytes() + b"\n")
                self.notes.append(piece.note)
                yield piece.note
        _bytes_of(self.out).rename(self.out)
        _notes_of(self.out).unlink()

    async def _next(self) -> Piece:
        before = self.notes[-1] if self.notes else None
        return await next_piece(self.source, before, self.notes, self.begun_at)


def open_part_file(out: Path, source: Source) -> PartFile:
    """What an earlier command has left of the user's archive, if that was within the hour, or a new one.

    Raises:
        FileExistsError: there is something in its place.
    """
    if out.exists():
        raise FileExistsError(EEXIST, "There is such a file already", str(out))
    with suppress(FileNotFoundError, ValueError, TypeError):
        return _earlier(out, source)
    return PartFile(out, source, utc_now(), [])


def _earlier(out: Path, source: Source) -> PartFile:
    """Raises: ValueError, TypeError: it isn't what we write, or another user's, or too old."""
    first, *lines = _notes_of(out).read_bytes().split(b"\n")
    user_id, begun_at = json.loads(first)
    begun = datetime.fromisoformat(begun_at)
    if UUID(user_id) != source.user_id or utc_now() - begun > EXPORT_KEPT_FOR:
        raise ValueError("another archive")
    # Behind the last line break is nothing, or a line that was cut off.
    notes = [Note.from_bytes(line) for line in lines[:-1]]
    if notes and notes[-1].end > _bytes_of(out).stat().st_size:
        raise ValueError("bytes are missing")
    return PartFile(out, source, begun, notes)


def _bytes_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.part")


def _notes_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.part.notes")


def _private(file: Path) -> Any:
    """A file of ours alone, to be written behind what is in it."""
    return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE), "ab")


def _append(file: Any, content: bytes) -> None:
    file.write(content)
    file.flush()
    os.fsync(file.fileno())
