"""Turns what went wrong below DATA_DIR into one sentence that says what to do."""

import errno
from pathlib import Path

from backend.errors import ConfigurationError, ServiceUnavailable, StoreUnavailable

# What a log line contains, and what that means to the person who reads it.
CAUSES = (
    ("No space left on device", "the disk is full; free some space and start again"),
    ("Permission denied", "it may not read or write a file; check who owns DATA_DIR"),
    ("Read-only file system", "DATA_DIR is on a read-only file system"),
    ("Cannot allocate memory", "the machine has too little free memory"),
    ("could not locate a valid checkpoint", "its data is damaged; restore a backup of DATA_DIR"),
    ("invalid checkpoint record", "its data is damaged; restore a backup of DATA_DIR"),
    ("is not a database cluster", "the directory isn't a PostgreSQL one; use another DATA_DIR"),
)
TAIL_BYTES = 16_384
SHOWN_LINES = 3


def log_size(log: Path) -> int:
    """Bytes in `log` now; 0 if there is none. What comes after belongs to the next start."""
    return log.stat().st_size if log.exists() else 0


def read_log(log: Path, offset: int) -> list[str]:
    """The last lines written to `log` after `offset`, without empty ones."""
    if not log.exists():
        return []
    size = log.stat().st_size
    start = max(offset if offset <= size else 0, size - TAIL_BYTES)
    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode(errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def directory_failure(directory: Path, error: OSError) -> ConfigurationError:
    """The error for a directory that can't be made, read or written."""
    example = "for example DATA_DIR=~/keepsake-data"
    if error.errno == errno.ENOSPC:
        return ConfigurationError(f"the disk that {directory} is on is full; free some space")
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return ConfigurationError(
            f"{directory} is, or lies under, a file; set DATA_DIR to a directory, {example}"
        )
    reason = error.strerror or str(error)
    return ConfigurationError(
        f"{directory} can't be used: {reason}; make it writable for this user, or set DATA_DIR to "
        f"a directory of yours, {example}"
    )


def postgres_failure(what: str, lines: list[str]) -> StoreUnavailable:
    """The error for a PostgreSQL that failed, from the lines it wrote."""
    return StoreUnavailable(_sentence("PostgreSQL", what, lines))


def valkey_failure(what: str, lines: list[str]) -> ServiceUnavailable:
    """The error for a Valkey that failed, from the lines it wrote."""
    return ServiceUnavailable(_sentence("Valkey", what, lines))


def _sentence(name: str, what: str, lines: list[str]) -> str:
    serious = [line for line in lines if any(w in line for w in ("FATAL", "PANIC", "error:"))]
    said = " | ".join((serious or lines)[-SHOWN_LINES:]) or "its log is empty"
    text = "\n".join(lines)
    cause = next((meaning for sign, meaning in CAUSES if sign in text), None)
    return f"{name} {what}: {cause} ({said})" if cause else f"{name} {what}: {said}"
