"""DATA_DIR: where everything embedded is kept, by one Keepsake at a time."""

import fcntl
import os
import secrets
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.adapters.embedded.failures import directory_failure
from backend.errors import DataDirInUse

LOCK_NAME = "keepsake.lock"
SECRET_BYTES = 48


class DataDir:
    """The data directory. As a context manager it is open inside."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._lock: int | None = None

    def open(self) -> None:
        """Make the directory if missing and lock it, until `close` or the end of the process.

        It is closed to other users; when we are root they may pass through it (mode 0711), since
        PostgreSQL runs as a user of its own. Safe to call again.

        Raises:
            ConfigurationError: it can't be made or written.
            DataDirInUse: another Keepsake has it; the message has its pid.
        """
        if self._lock is not None:
            return
        self._create()
        try:
            handle = os.open(self.path / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise directory_failure(self.path, error) from error
        try:
            self._take(handle)
        except BaseException:
            os.close(handle)
            raise
        self._lock = handle

    def close(self) -> None:
        """Give the lock back. Safe to call twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def secret(self, name: str) -> str:
        """The random secret of that name, 64 characters, made at the first call and kept in a file
        that only our user may read. Needs no lock.

        Raises:
            ConfigurationError: it can't be read or written.
        """
        file = self.path / f"{name}.secret"
        self._create()
        try:
            if not file.exists():
                self._write_secret(file)
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                file.chmod(0o600)
            return file.read_text().strip()
        except OSError as error:
            raise directory_failure(self.path, error) from error

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _create(self) -> None:
        as_root = os.geteuid() == 0
        try:
            self.path.mkdir(mode=0o711 if as_root else 0o700, parents=True, exist_ok=True)
            if as_root:
                self.path.chmod(stat.S_IMODE(self.path.stat().st_mode) | stat.S_IXOTH)
        except OSError as error:
            raise directory_failure(self.path, error) from error

    def _take(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
            raise DataDirInUse(
                f"another Keepsake (pid {holder}) uses DATA_DIR {self.path}; stop it, or set "
                "DATA_DIR to another directory"
            ) from None
        except OSError as error:
            raise directory_failure(self.path, error) from error
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise directory_failure(self.path, error) from error

    def _write_secret(self, file: Path) -> None:
        """Whole or not at all, and never over another process's."""
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_urlsafe(SECRET_BYTES).encode())
            os.fsync(handle)
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            os.close(handle)
            draft.unlink()
