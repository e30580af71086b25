"""CHARX files: a zip with `card.json` and the pictures and sounds that the card names."""

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from backend.cards.bounds import MAX_FILES, MAX_PATH_LENGTH, MAX_UNPACKED_BYTES
from backend.errors import InvalidCard

CARD = "card.json"
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 1  # of a zip entry's flag bits
_ARCHIVES = {".zip", ".charx", ".jar", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar"}


def is_zip(data: bytes) -> bool:
    """Whether it may be a zip; some clients put a picture before it."""
    return zipfile.is_zipfile(BytesIO(data))


def unpack(data: bytes) -> dict[str, bytes]:
    """Everything in the file by its path, archives within it left out.

    Raises:
        InvalidCard: damaged, encrypted, too large unpacked, or paths that lead elsewhere.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _read_all(archive)
    except InvalidCard:
        raise
    except Exception as error:  # of many kinds: BadZipFile, zlib.error, EOFError, struct.error…
        raise InvalidCard("The CHARX file is damaged: it can't be unpacked.") from error


def pack(files: dict[str, bytes]) -> bytes:
    """A zip of the files, the same bytes for the same files."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _read_all(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise InvalidCard(f"The CHARX file holds {len(entries)} files; {MAX_FILES} is the most.")
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED_BYTES
    for entry in entries:
        _check(entry, files)
        if PurePosixPath(entry.filename).suffix.lower() in _ARCHIVES:
            continue
        with archive.open(entry) as opened:
            content = opened.read(
                left + 1
            )  # not what the entry says of its size: that may be a lie
        left -= len(content)
        if left < 0:
            size = MAX_UNPACKED_BYTES // 2**20
            raise InvalidCard(f"The CHARX file holds more than {size} MB when unpacked.")
        files[entry.filename] = content
    return files


def _check(entry: zipfile.ZipInfo, seen: dict[str, bytes]) -> None:
    """Raises: InvalidCard: an entry that we won't have."""
    path = entry.filename
    shown = path[:80]
    plain = path.isprintable() and "\\" not in path and ":" not in path
    if not path or not plain or path.startswith("/") or ".." in path.split("/"):
        raise InvalidCard(f"The CHARX file holds a path that leads elsewhere: {shown!r}.")
    if len(path) > MAX_PATH_LENGTH:
        raise InvalidCard(f"The CHARX file holds a path of {len(path)} characters.")
    if path in seen:
        raise InvalidCard(f"The CHARX file holds {shown!r} twice.")
    if entry.flag_bits & _ENCRYPTED:
        raise InvalidCard("The CHARX file is encrypted.")
    if entry.compress_type not in _PACKINGS:
        raise InvalidCard(f"The CHARX file packs {shown!r} in a way that we don't unpack.")
