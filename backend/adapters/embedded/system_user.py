"""The system user that PostgreSQL runs as when Keepsake runs as root.

PostgreSQL refuses to run as root. Its user must reach the program and the data, which may lie in
a home that only root may enter; it is then let through each closed directory by an access control
entry of its own, since opening the home to everybody would be worse.
"""

import errno
import os
import pwd
import shutil
import stat
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from backend.errors import ConfigurationError

USER_NAME = "embedded_postgres"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SystemUser:
    """A user of this machine that our child processes can run as."""

    name: str
    uid: int
    gid: int

    @property
    def launch_options(self) -> dict[str, Any]:
        """Keyword arguments of `subprocess.Popen` that make the child run as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, program: Path) -> bool:
        """Whether this user may execute `program`, its libraries included."""
        try:
            result = subprocess.run(
                [str(program), "--version"],
                capture_output=True,
                cwd="/",
                timeout=30,
                check=False,
                **self.launch_options,
            )
        except PermissionError:
            return False
        return result.returncode == 0

    def can_enter(self, directory: Path) -> bool:
        """Whether this user may pass through `directory` and all that is above it."""
        result = subprocess.run(
            ["test", "-x", str(directory)], cwd="/", timeout=30, check=False, **self.launch_options
        )
        return result.returncode == 0


def postgres_user() -> SystemUser | None:
    """The user to run PostgreSQL as: None, our own, unless we are root. Made when missing.

    Raises:
        ConfigurationError: we are root and can't make the user.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(USER_NAME)
    except KeyError:
        entry = _create_user()
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def run_as(user: SystemUser | None) -> dict[str, Any]:
    """`launch_options` of the user, or none for our own."""
    return {} if user is None else user.launch_options


def _create_user() -> pwd.struct_passwd:
    # After a plain `su` the path lacks the administration directories.
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    useradd = shutil.which("useradd", path=places) or "useradd"
    shell = shutil.which("nologin", path=places) or "/bin/false"
    command = [useradd, "--system", "--no-create-home", "--shell", shell, USER_NAME]
    try:
        made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        reason = made.stderr.strip()
    except OSError as error:
        reason = str(error)
    try:
        return pwd.getpwnam(USER_NAME)  # also when another start made it a moment before
    except KeyError:
        raise ConfigurationError(
            f"PostgreSQL won't run as root and the system user {USER_NAME} can't be made "
            f"({reason}); run Keepsake as an ordinary user, or set DATABASE_URL"
        ) from None


def let_in(user: SystemUser, directory: Path) -> None:
    """Let `user` pass through `directory` and everything above it.

    Raises:
        ConfigurationError: a directory is closed and the file system keeps no access entries.
    """
    if user.can_enter(directory):
        return
    for step in [*reversed(directory.parents), directory]:
        if user.can_enter(step):
            continue
        if not (_grant_passage(user, step) and user.can_enter(step)):
            raise ConfigurationError(
                f"PostgreSQL runs as the user {user.name}, which may not enter {step}; run "
                f"`chmod o+x {step}`, set DATA_DIR to a place it can reach such as "
                "/var/lib/keepsake, or run Keepsake as an ordinary user"
            )
        log.info("embedded.access_granted", user=user.name, directory=str(step))


def let_run(user: SystemUser, program: Path, package: Path) -> None:
    """Let `user` execute `program`, which was installed with `package` around it.

    Raises:
        ConfigurationError: it can't be done.
    """
    if user.can_run(program):
        return
    let_in(user, program.parent)
    if user.can_run(program):
        return
    # Installed under a umask that closes files to others. They are a public package's.
    for path in [package, *package.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | _open_bits(path))
    if not user.can_run(program):
        raise ConfigurationError(
            f"PostgreSQL runs as the user {user.name}, which can't execute {program}; install "
            "Keepsake where other users may read it, or run it as an ordinary user"
        )


def _open_bits(path: Path) -> int:
    runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
    return stat.S_IROTH | stat.S_IXOTH if runs else stat.S_IROTH


# A POSIX access control list as Linux stores it (acl(5), include/uapi/linux/posix_acl_xattr.h):
# a version, then entries of tag, permissions and id, ordered by tag.
_ACL = "system.posix_acl_access"
_VERSION = 2
_OWNER, _NAMED_USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NO_ID = 0xFFFFFFFF
_EXECUTE = 1


def _grant_passage(user: SystemUser, directory: Path) -> bool:
    """Add the entry `u:user:--x`. False where that isn't possible, or where the directory already
    has a list, whose mask might then let others in too."""
    if sys.platform != "linux":
        return False
    try:
        os.getxattr(directory, _ACL)
    except OSError as error:
        if error.errno != errno.ENODATA:
            return False
    else:
        return False
    mode = stat.S_IMODE(directory.stat().st_mode)
    owner, group, other = mode >> 6 & 7, mode >> 3 & 7, mode & 7
    entries = [
        (_OWNER, owner, _NO_ID),
        (_NAMED_USER, _EXECUTE, user.uid),
        (_GROUP, group, _NO_ID),
        (_MASK, group | _EXECUTE, _NO_ID),
        (_OTHER, other, _NO_ID),
    ]
    packed = b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(directory, _ACL, struct.pack("<I", _VERSION) + packed)
    except OSError:
        return False
    return True
