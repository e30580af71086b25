"""The processes of a run: two that answer, one worker, PostgreSQL, Valkey, a model, an index; and how
each is struck and comes back."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.embedded.processes import end, running_in
from backend.adapters.embedded.valkey import EmbeddedValkey
from backend.adapters.postgres.migrate import migrate
from tests.chaos.history import Struck
from tests.chaos.model import slow_echo
from tests.chaos.plan import Fault, Strike
from tests.support.eventually import eventually
from tests.support.groq_server import GroqServer
from tests.support.keepsake_process import (
    KeepsakeProcess,
    launched,
    temporary_folder,
)
from tests.support.qdrant_server import QdrantServer

API_PROCESSES = 2
UP_SECONDS = 60.0
IN_A_REPLY_SECONDS = 3.0
LOOK_SECONDS = 0.5
KILL = ((signal.SIGKILL, 10.0),)


@dataclass
class Cluster:
    """Everything that runs. `struck` has what was done to it, in order of its end."""

    apis: list[KeepsakeProcess]
    worker: KeepsakeProcess
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    groq: GroqServer
    folder: Path
    struck: list[Struck] = field(default_factory=list)
    recoveries: list[tuple[str, float]] = field(default_factory=list)
    ended_by_themselves: list[str] = field(default_factory=list)
    _busy: dict[str, asyncio.Lock] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Where the truth is."""
        return self.postgres.url

    async def strike(self, fault: Fault) -> None:
        """Carry a fault out, and wait until what it hit works again. Two for the same process wait
        for each other."""
        hits, target = self._what(fault)
        async with self._busy.setdefault(target, asyncio.Lock()):
            if fault.strike is not Strike.KILL_WORKER:
                await self._in_a_reply()
            began = time.time()
            healed = await hits(fault)
            self.struck.append(Struck(fault.strike, fault.process, began, time.time()))
            self.recoveries.append((str(fault.strike), time.time() - healed))

    def _what(self, fault: Fault) -> tuple[Callable[[Fault], Awaitable[float]], str]:
        match fault.strike:
            case Strike.KILL_API:
                return self._kill_api, f"api {fault.process}"
            case Strike.PAUSE_API:
                return self._pause_api, f"api {fault.process}"
            case Strike.RESTART_API:
                return self._restart_api, f"api {fault.process}"
            case Strike.KILL_WORKER:
                return self._kill_worker, "worker"
            case Strike.KILL_POSTGRES:
                return self._kill_postgres, "postgres"
            case Strike.KILL_VALKEY:
                return self._kill_valkey, "valkey"

    async def _in_a_reply(self) -> None:
        """A strike hurts most while a reply is being written; soon enough one is."""
        try:
            await eventually(lambda: self.groq.held, within=IN_A_REPLY_SECONDS)
        except TimeoutError:
            return

    # Each returns when the wait for its recovery began.

    async def _kill_api(self, fault: Fault) -> float:
        api = self.apis[fault.process]
        if not api.ended:
            await api.kill()
        await asyncio.sleep(fault.seconds)
        return await _up(api)

    async def _restart_api(self, fault: Fault) -> float:
        api = self.apis[fault.process]
        if not api.ended:
            await api.stop()
        return await _up(api)

    async def _pause_api(self, fault: Fault) -> float:
        await _up(self.apis[fault.process])
        process = self.apis[fault.process].process
        process.suspend()
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            process.resume()
        return time.time()

    async def _kill_worker(self, fault: Fault) -> float:
        if not self.worker.ended:
            await self.worker.kill()
        await asyncio.sleep(fault.seconds)
        began = time.time()
        await self.worker.launch()
        return began

    async def _kill_postgres(self, fault: Fault) -> float:
        await self._kill_all("postgres")
        await asyncio.sleep(fault.seconds)
        began = time.time()
        await self.postgres.start()
        return began

    async def _kill_valkey(self, fault: Fault) -> float:
        await self._kill_all("valkey-server")
        await asyncio.sleep(fault.seconds)
        began = time.time()
        await self.valkey.start()
        return began

    async def _kill_all(self, program: str) -> None:
        home = self.folder / ("postgres" if program == "postgres" else "valkey")
        for process in running_in(home, program):
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # the parent took it along
        await eventually(lambda: not _alive(running_in(home, program)))

    async def look_after(self) -> None:
        """Start again what ends by itself, as a process that can't start without its database does,
        until cancelled."""
        names = {f"api {number}": api for number, api in enumerate(self.apis)}
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for name, process in (names | {"worker": self.worker}).items():
                lock = self._busy.setdefault(name, asyncio.Lock())
                if process.ended and not lock.locked():
                    self.ended_by_themselves.append(process.log_tail())
                    async with lock:
                        await process.launch()

    async def all_up(self) -> None:
        """Wait until everything runs."""
        await asyncio.gather(*(_up(api) for api in self.apis))
        await eventually(lambda: not self.worker.ended, within=UP_SECONDS)

    def left_behind(self) -> list[psutil.Process]:
        """Processes that still work in the run's folder."""
        home = str(self.folder.resolve())
        found = []
        for process in psutil.process_iter():
            try:
                if process.cwd().startswith(home) and _alive([process]):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found


async def _up(api: KeepsakeProcess) -> float:
    """Wait until a process answers, starting it if it has ended; returns when the wait began."""
    began = time.time()
    while True:
        try:
            if api.ended:
                await api.start()
            return began
        except AssertionError:  # its database is away
            if time.time() - began > UP_SECONDS:
                raise


def _alive(processes: Sequence[psutil.Process]) -> bool:
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            continue
    return False


@asynccontextmanager
async def running_cluster() -> AsyncIterator[Cluster]:
    """Start it all; at the end nothing is left."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        groq = await stack.enter_async_context(slow_echo())
        qdrant = stack.enter_context(QdrantServer(api_key="qdrant-key"))
        postgres = EmbeddedPostgres(folder / "postgres")
        valkey = EmbeddedValkey(folder / "valkey")
        stack.push_async_callback(end, running_in(folder / "postgres", "postgres"), KILL)
        stack.push_async_callback(postgres.stop)
        stack.push_async_callback(valkey.stop)
        await asyncio.gather(postgres.start(), valkey.start())
        environment = {
            "GROQ_API_KEY": groq.key,
            "GROQ_BASE_URL": groq.groq_url,
            "EMBEDDING_MODEL": "hashing",
            "MESSAGE_RATE_LIMIT": "100000/minute",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "QDRANT_URL": qdrant.url,
            "QDRANT_API_KEY": "qdrant-key",
            "JWT_SECRET": "a secret that all the processes share",
            "WEBSOCKET_HOST": "127.0.0.1",
        }
        await migrate(postgres.url)
        processes = [
            await stack.enter_async_context(launched(*arguments, **environment))
            for arguments in [("serve", "--no-worker")] * API_PROCESSES + [("worker",)]
        ]
        *apis, worker = processes
        await asyncio.gather(*(api.start() for api in apis), worker.launch())
        cluster = Cluster(apis, worker, postgres, valkey, groq, folder)
        looking = asyncio.create_task(cluster.look_after())
        try:
            yield cluster
        finally:
            looking.cancel()
