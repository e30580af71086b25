"""A zip archive that is made piece by piece, with nothing kept between two pieces but a list of what is in
it: so whoever has that list goes on where somebody else left off."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_PRIVATE_FILE = 0o100600 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the archive: where it is, for the directory at the archive's end, and what it is, for the
    manifest. `records`: lines, of a file that holds records."""

    path: str
    offset: int
    packed: int
    size: int
    crc: int
    sha256: str
    records: int | None

    def to_json(self) -> dict[str, Any]:
        """As it is noted with its piece."""
        return asdict(self)

    @classmethod
    def from_json(cls, noted: Mapping[str, Any]) -> Self:
        """What `to_json` gave."""
        return cls(**noted)


def pack(
    files: Mapping[str, bytes], start: int, made_at: datetime
) -> tuple[bytes, tuple[Entry, ...]]:
    """The bytes of a piece that begins at `start`, and what is in it."""
    tail = _Tail(start)
    archive = ZipFile(tail, "w")
    for path, content in files.items():
        archive.writestr(_info(path, made_at), content)
    entries = tuple(
        Entry(
            info.filename,
            info.header_offset,
            info.compress_size,
            info.file_size,
            info.CRC,
            sha256(files[info.filename]).hexdigest(),
            files[info.filename].count(b"\n") if info.filename.endswith(".ndjson") else None,
        )
        for info in archive.infolist()
    )
    return tail.getvalue(), entries  # never closed: the directory comes once, behind the last piece


def directory(entries: Iterable[Entry], start: int, made_at: datetime) -> bytes:
    """The end of an archive whose pieces end at `start`."""
    tail = _Tail(start)
    with ZipFile(tail, "w") as archive:
        archive.infolist().extend(_known(entry, made_at) for entry in entries)
        archive.comment = b""  # a change, so that it writes its directory
    return tail.getvalue()


def _info(path: str, made_at: datetime) -> ZipInfo:
    info = ZipInfo(path, made_at.timetuple()[:6])
    info.compress_type, info.external_attr = ZIP_DEFLATED, _PRIVATE_FILE
    return info


def _known(entry: Entry, made_at: datetime) -> ZipInfo:
    info = _info(entry.path, made_at)
    info.header_offset, info.CRC = entry.offset, entry.crc
    info.compress_size, info.file_size = entry.packed, entry.size
    return info


class _Tail(BytesIO):
    """A file of which the first `start` bytes are elsewhere."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self._start = start

    def tell(self) -> int:
        return self._start + super().tell()

    def seek(self, place: int, whence: int = 0) -> int:
        return self._start + super().seek(place - self._start if whence == 0 else place, whence)
