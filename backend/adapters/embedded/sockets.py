"""Where a server's unix socket goes when its own directory's path is too long."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from backend.errors import ConfigurationError

# Linux allows 107 bytes and macOS 103 for a socket's path.
SOCKET_PATH_LIMIT = 100


def socket_directory(home: Path, socket_name: str) -> Path:
    """`home` itself, or a short directory for it under the temporary directory.

    The short one is always the same for the same `home`, so that a restart finds it again.
    A comma separates hosts in a PostgreSQL URL, so a path with one can't be used either.
    """
    if _fits(home / socket_name):
        return home
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    name = f"keepsake-{os.geteuid()}-{digest}"
    preferred = Path(tempfile.gettempdir()) / name
    return preferred if _fits(preferred / socket_name) else Path("/tmp") / name


def prepare_socket_directory(directory: Path, owner: int) -> None:
    """Make `directory` and give it to the user id `owner` alone.

    Raises:
        ConfigurationError: somebody else made it first, or it is a link: the temporary directory is
            open to everybody, so such a directory could be a trap.
    """
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        made = directory.lstat()
        if not stat.S_ISDIR(made.st_mode) or made.st_uid not in (os.geteuid(), owner):
            raise ConfigurationError(
                f"{directory} belongs to another user; remove it, or set TMPDIR to a directory "
                "of your own"
            )
        directory.chmod(0o700)
        if made.st_uid != owner:
            os.chown(directory, owner, -1)
    except OSError as error:
        raise ConfigurationError(
            f"can't make the socket directory {directory}: {error.strerror}"
        ) from error


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_LIMIT and "," not in str(path)
