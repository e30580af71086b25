"""Turns what went wrong below DATA_DIR into one sentence that says what to do."""

import errno
import re
import shutil
from pathlib import Path

from backend.errors import ConfigurationError, ServiceUnavailable, StoreUnavailable

DISK_FULL = "the disk is full; free some space and start again"
DAMAGED = "its data is damaged; restore a backup of DATA_DIR"
# What a log contains, and what that means to the person who reads it.
CAUSES = {
    "No space left on device": DISK_FULL,
    "Permission denied": "it may not read or write a file; check who owns DATA_DIR",
    "Read-only file system": "DATA_DIR is on a read-only file system",
    "Cannot allocate memory": "the machine has too little free memory",
    "could not locate a valid checkpoint": DAMAGED,
    "invalid checkpoint record": DAMAGED,
}
SERIOUS = re.compile(r"FATAL|PANIC|error:")
PREFIX = re.compile(r"^\S+ \S+ UTC \[\d+\] ")  # PostgreSQL's time and pid
FULL_BYTES = 1_000_000
TAIL_BYTES = 16_384
SHOWN_LINES = 3


def log_size(log: Path) -> int:
    """Bytes in `log` now; 0 if there is none. What comes after belongs to the next start."""
    return log.stat().st_size if log.exists() else 0


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


def postgres_failure(what: str, log: Path, offset: int) -> StoreUnavailable:
    """The error for a PostgreSQL that failed, from what it wrote to `log` after `offset`."""
    return StoreUnavailable(_sentence("PostgreSQL", what, log, offset))


def valkey_failure(what: str, log: Path, offset: int) -> ServiceUnavailable:
    """The error for a Valkey that failed, from what it wrote to `log` after `offset`."""
    return ServiceUnavailable(_sentence("Valkey", what, log, offset))


def _sentence(name: str, what: str, log: Path, offset: int) -> str:
    lines = _written_after(log, offset)
    last = max((n for n, line in enumerate(lines) if SERIOUS.search(line)), default=len(lines) - 1)
    shown = lines[max(0, last + 1 - SHOWN_LINES) : last + 1]
    said = " | ".join(PREFIX.sub("", line) for line in shown) or f"it wrote nothing to {log}"
    text = "\n".join(lines)
    cause = next((meaning for sign, meaning in CAUSES.items() if sign in text), None)
    if cause is None and shutil.disk_usage(log.parent).free < FULL_BYTES:
        cause = DISK_FULL  # too full even for the log
    return f"{name} {what}: {cause} ({said})" if cause else f"{name} {what}: {said}"


def _written_after(log: Path, offset: int) -> list[str]:
    """The log's last lines that came after `offset`, without empty ones."""
    size = log_size(log)
    if size == 0:
        return []
    with log.open("rb") as file:
        file.seek(max(offset if offset <= size else 0, size - TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]
