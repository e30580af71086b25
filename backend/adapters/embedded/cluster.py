"""PostgreSQL's data directory: made whole or not at all, and checked before each start."""

import asyncio
import os
import shutil
from pathlib import Path
from signal import Signals

from backend.adapters.embedded.failures import log_size, postgres_failure
from backend.adapters.embedded.processes import end, launch, running_in, wait_until_ended
from backend.adapters.embedded.programs import postgres_programs
from backend.adapters.embedded.system_user import SystemUser, run_as
from backend.errors import ConfigurationError, StoreUnavailable

SUPERUSER = "postgres"
MAJOR_VERSION = "18"
INITDB_SECONDS = 300.0
STOP_LADDER = ((Signals.SIGTERM, 5.0), (Signals.SIGKILL, 5.0))


async def make_cluster(directory: Path, log: Path, user: SystemUser | None) -> None:
    """Make a new cluster beside its place and move it there when it is whole, so that an
    interrupted first start leaves nothing half made.

    Raises:
        StoreUnavailable: initdb failed; the message has its reason.
        ConfigurationError: there is something else in `directory`.
    """
    fresh = directory.with_name(directory.name + ".new")
    if not await end(running_in(fresh, "initdb", "postgres"), STOP_LADDER):
        raise StoreUnavailable(f"an earlier start still works in {fresh}; wait for it to end")
    await asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if user is not None:
        os.chown(fresh, user.uid, user.gid)
    offset = log_size(log)
    process = launch(_initdb_command(fresh), fresh, log, run_as(user))
    try:
        await wait_until_ended(process, INITDB_SECONDS)
    finally:
        await end([process], STOP_LADDER)
    if process.returncode != 0:
        raise postgres_failure("can't make its data directory", log, offset)
    _put_in_place(fresh, directory)


def check_owner(directory: Path, user: SystemUser | None) -> None:
    """See that the cluster, if there is one, belongs to the user who will run it.

    As root, it is given to that user if not: it was made by an ordinary user, or on a machine
    where the user had another id.

    Raises:
        ConfigurationError: it is somebody else's and we aren't root.
    """
    if not directory.exists():
        return
    owner, expected = directory.stat().st_uid, os.geteuid() if user is None else user.uid
    if owner != expected and user is None:
        raise ConfigurationError(
            f"{directory} belongs to the user id {owner}; run Keepsake as that user, or give it "
            f"to this one as root: `chown -R {expected} {directory}`"
        )
    if owner != expected and user is not None:
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, user.uid, user.gid, follow_symlinks=False)


def check_version(directory: Path) -> None:
    """See that the cluster is of our PostgreSQL version.

    Raises:
        ConfigurationError: it is of another one.
    """
    version = (directory / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise ConfigurationError(
            f"{directory} was made by PostgreSQL {version} and this is {MAJOR_VERSION}; use "
            "another DATA_DIR, or bring the data over with pg_dumpall"
        )


def _put_in_place(fresh: Path, directory: Path) -> None:
    try:
        if directory.exists():
            directory.rmdir()
        fresh.rename(directory)
    except OSError as error:
        raise ConfigurationError(
            f"{directory} has files in it that are not PostgreSQL's; move them away or use "
            f"another DATA_DIR ({error.strerror})"
        ) from error


def _initdb_command(target: Path) -> list[str]:
    return [
        str(postgres_programs() / "initdb"),
        f"--pgdata={target}",
        f"--username={SUPERUSER}",
        "--auth=trust",  # the socket's directory is closed to everybody else
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]
