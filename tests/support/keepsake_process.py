"""Runs Keepsake as its users do: `python -m backend ...`, a process with an environment of its own.

async with keepsake(MESSAGE_RATE_LIMIT="1000/minute") as server:   # ready when it gets here
    server.url, server.log(), server.data_dir
    await server.kill()             # SIGKILL: PostgreSQL and Valkey stay behind
    await server.start()            # on the same DATA_DIR and port
finished = await run_keepsake("token", DATA_DIR=server.data_dir)   # a command, to its end
"""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.embedded.processes import end, running_in
from tests.support.eventually import eventually

ROOT = Path(__file__).parents[2]
READY_SECONDS = 90.0  # seconds of work, on a machine that may be busy with other things
STOP_SECONDS = 45.0
COMMAND_SECONDS = 90.0
TAIL_LINES = 60
NO_LIMIT = "100000/minute"

Environment = Mapping[str, object]


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    status: int
    output: str
    errors: str

    @property
    def complaint(self) -> str:
        """The one line that says what went wrong, without its `keepsake: `.

        Fails unless the command failed as commands should: status 1, one such line, and beside it
        nothing but the line that greets; no traceback, no log record.
        """
        lines = [
            line for line in self.errors.splitlines() if not line.startswith("Keepsake starts")
        ]
        assert (self.status, len(lines)) == (1, 1), f"status {self.status}:\n{self.errors}"
        assert lines[0].startswith("keepsake: "), lines[0]
        return lines[0].removeprefix("keepsake: ")


class KeepsakeProcess:
    """`keepsake serve` on a DATA_DIR and a port that stay the same over its starts.

    `folder` holds the data, the log, and is where it runs. `running` are all that live now.
    """

    running: "set[KeepsakeProcess]" = set()

    def __init__(self, folder: Path, environment: Environment, *arguments: str) -> None:
        self.data_dir = Path(str(environment.get("DATA_DIR", folder / "data")))
        self.port = int(str(environment.get("WEBSOCKET_PORT") or free_port()))
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = arguments or ("serve",)
        self._log = folder / "keepsake.log"
        self._environment = clean_environment(
            {
                # Tests ask again and again until something has come about.
                "MESSAGE_RATE_LIMIT": NO_LIMIT,
                **environment,
                "DATA_DIR": self.data_dir,
                "WEBSOCKET_PORT": self.port,
                "LOG_FORMAT": "json",
            }
        )
        self._process: asyncio.subprocess.Process | None = None

    @property
    def database_url(self) -> str:
        """Where its database is, once it was ready."""
        postgres = EmbeddedPostgres(self.data_dir / "postgres")
        return self._environment.get("DATABASE_URL") or postgres.url

    @property
    def pid(self) -> int:
        """Its process id, also when it has ended."""
        assert self._process is not None, "it was never started"
        return self._process.pid

    @property
    def process(self) -> psutil.Process:
        """The running process."""
        return psutil.Process(self.pid)

    def change(self, **environment: object) -> None:
        """Settings from the next start on."""
        self._environment |= clean_environment(environment)

    async def launch(self) -> None:
        """Start it, without waiting until it answers."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "backend"),
                *self._arguments,
                cwd=self._log.parent,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.add(self)

    async def start(self) -> None:
        """Start it and wait until /readyz says that everything works."""
        await self.launch()
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            try:
                await eventually(lambda: self._ready(client), within=READY_SECONDS)
            except TimeoutError:
                raise AssertionError(f"Keepsake isn't ready:\n{self.log_tail()}") from None

    async def _ready(self, client: httpx.AsyncClient) -> bool:
        if self.ended:
            raise AssertionError(f"Keepsake ended while starting:\n{self.log_tail()}")
        try:
            return (await client.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process is None or self._process.returncode is not None

    def terminate(self) -> None:
        """Send SIGTERM and don't wait."""
        os.kill(self.pid, signal.SIGTERM)

    def interrupt_group(self) -> None:
        """What Ctrl-C in a terminal does: SIGINT to every process of the group."""
        os.killpg(self.pid, signal.SIGINT)

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        assert self._process is not None, "it was never started"
        try:
            status = await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            raise AssertionError(f"Keepsake doesn't end:\n{self.log_tail()}") from None
        self.running.discard(self)
        return status

    async def stop(self) -> int:
        """SIGTERM, and wait for the end; returns the exit status."""
        self.terminate()
        return await self.wait()

    async def kill(self) -> None:
        """SIGKILL: it can't clean up after itself."""
        os.kill(self.pid, signal.SIGKILL)
        await self.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It stands still meanwhile, as on a machine that sleeps."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    async def restart(self) -> None:
        """Stop it and start it again on the same data."""
        await self.stop()
        await self.start()

    def servers(self) -> list[psutil.Process]:
        """The PostgreSQL and Valkey processes that work on its data."""
        return [
            *running_in(self.data_dir / "postgres", "postgres"),
            *running_in(self.data_dir / "valkey", "valkey-server"),
        ]

    def log(self) -> str:
        """All that it wrote, over all its starts."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def log_tail(self) -> str:
        """The last lines that it wrote."""
        return "\n".join(self.log().splitlines()[-TAIL_LINES:])


@asynccontextmanager
async def launched(*arguments: str, **environment: object) -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake in a temporary folder, not started; at the end nothing of it is left."""
    with temporary_folder() as folder:
        server = KeepsakeProcess(folder, environment, *arguments)
        try:
            yield server
        finally:
            if not server.ended:
                await server.stop()
            await end(server.servers(), ((signal.SIGKILL, 10.0),))


@asynccontextmanager
async def keepsake(*arguments: str, **environment: object) -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake that is ready."""
    async with launched(*arguments, **environment) as server:
        await server.start()
        yield server


async def run_keepsake(*arguments: str, stdin: str = "", **environment: object) -> Finished:
    """Run one command to its end, with this on its standard input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend"),
        *arguments,
        cwd=tempfile.gettempdir(),
        env=clean_environment(environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        talk = process.communicate(stdin.encode())
        output, errors = await asyncio.wait_for(talk, COMMAND_SECONDS)
    except TimeoutError:
        process.kill()
        raise AssertionError(f"`keepsake {' '.join(arguments)}` doesn't end") from None
    assert process.returncode is not None
    return Finished(process.returncode, output.decode(), errors.decode())


def clean_environment(given: Environment) -> dict[str, str]:
    """Nothing of the environment that the tests run in but what finds programs and our code."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **{name: str(value) for name, value in given.items()}}


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder with a short path, since pytest's own are too long for sockets, and that another
    user may pass through, since PostgreSQL is one when we are root."""
    with tempfile.TemporaryDirectory(prefix="keepsake-e2e-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
