"""Serving in several processes behind one port: `keepsake serve --workers N`."""

import logging
import os
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from backend.errors import ConfigurationError, KeepsakeError
from backend.monitoring.logs import configure_logging
from backend.serving import GracefulStop, Say, StartUp, build, listen, uvicorn_options
from backend.settings import Settings, load_settings

log = structlog.get_logger(__name__)

# Where the workers put their metrics, by prometheus-client's own name for it.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# A worker that answers nothing for so long is taken for hung, and replaced. On a busy machine one that
# starts needs many seconds until it can.
HEALTH_SECONDS = 30
PARENT_SECONDS = 1.0  # between looks whether the supervisor lives


def serve_many(settings: Settings, workers: int, *, with_worker: bool, say: Say) -> None:
    """Serve in several processes behind one port until a signal. One that dies is started again.

    Raises:
        ConfigurationError: a service is embedded, and so belongs to one process; or the port can't
            be had.
        KeepsakeError: the start of a process failed.
    """
    _require_shared_services(settings)
    listening = listen(settings.host, settings.websocket_port)
    listening.set_inheritable(True)
    with tempfile.TemporaryDirectory(prefix="keepsake-workers-") as folder:
        os.environ[FOLDER] = folder
        config = uvicorn.Config(
            "backend.workers:with_worker" if with_worker else "backend.workers:without_worker",
            factory=True,
            workers=workers,
            **uvicorn_options(),
        )
        start = Start(Path(folder))
        supervisor = _Supervisor(config, listening, start, say)
        supervisor.run()
        listening.close()
        if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
            raise KeepsakeError(start.failure)


def _require_shared_services(settings: Settings) -> None:
    missing = [
        name
        for name, value in (
            ("DATABASE_URL", settings.database_url),
            ("REDIS_URL", settings.redis_url),
            ("QDRANT_URL", settings.qdrant_url),
        )
        if not value
    ]
    if missing:
        raise ConfigurationError(
            f"Several workers share their data, so {', '.join(missing)} must be set: an embedded "
            "service belongs to one process. Example: QDRANT_URL=http://localhost:6333"
        )


def with_worker() -> Any:
    """The application of one of several processes, background work included."""
    return _one_of_several(with_worker=True)


def without_worker() -> Any:
    """The application of one of several processes; `keepsake worker` does the background work."""
    return _one_of_several(with_worker=False)


def _one_of_several(*, with_worker: bool) -> Any:
    end_with_parent()
    settings = load_settings()
    configure_logging(settings.log_format.value)
    stopping = GracefulStop(build(settings, with_worker=with_worker), say=lambda _: None)
    return _WorkerStartUp(stopping, Start(Path(os.environ[FOLDER])))


def end_with_parent() -> None:
    """Have this process stop, as by SIGTERM, when the one that started it is gone: a supervisor that
    was killed must not leave workers behind that hold the port."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent watch").start()


class _Supervisor(Multiprocess):
    """uvicorn's, with a watch of its own over the workers, that clears away a dead one's gauges."""

    def __init__(
        self, config: uvicorn.Config, listening: socket.socket, start: "Start", say: Say
    ) -> None:
        super().__init__(config, [listening])
        self._start = start
        self._seen: dict[int | None, float] = {}
        self._say: Say | None = say
        self._url = f"http://localhost:{listening.getsockname()[1]}"
        # What it has to say is said by us, in one line.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

    def keep_subprocess_alive(self) -> None:
        """Replace who is dead or hung; if the first ones can't start, stop. Twice a second."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set() or self._lives(process):
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                self.should_exit.set()
                return
            log.warning("worker.replaced", pid=process.pid)
            mark_process_dead(process.pid)  # type: ignore[no-untyped-call]
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()
        if self._say and self._start.succeeded:
            self._say(f"Keepsake is at {self._url}, in {len(self.processes)} processes.")
            self._say = None

    def _lives(self, process: Process) -> bool:
        """Whether it runs, and has answered lately. We don't wait for its answer, as uvicorn does:
        meanwhile we would see neither that another one died nor that we are to stop."""
        if not process.process.is_alive():
            return False
        now = time.monotonic()
        if process.ping(timeout=0):
            self._seen[process.pid] = now
        return now - self._seen.setdefault(process.pid, now) < HEALTH_SECONDS


class Start:
    """How the start of several workers went, in the folder that they share with their supervisor."""

    def __init__(self, folder: Path) -> None:
        self._failure = folder / "failure.txt"
        self._success = folder / "success"

    @property
    def succeeded(self) -> bool:
        """Whether one of them is up, or was."""
        return self._success.exists()

    @property
    def failure(self) -> str:
        """Why none came up."""
        return self._failure.read_text() if self._failure.exists() else "A worker didn't start."

    def succeed(self) -> None:
        """A worker is up."""
        self._success.touch()

    def fail(self, error: Exception) -> None:
        """A worker can't start. Where others could, a later start may succeed again: this one ends in
        a way that has the supervisor try, rather than stop them all."""
        if self.succeeded:
            log.error("worker.failed", exc_info=error)
            os._exit(1)
        text = error.message if isinstance(error, KeepsakeError) else repr(error)
        self._failure.write_text(text)


class _WorkerStartUp(StartUp):
    """Tells the supervisor how it went."""

    def __init__(self, application: Any, start: Start) -> None:
        super().__init__(application)
        self._start = start

    def succeeded(self) -> None:
        """See `StartUp`."""
        self._start.succeed()

    def failed(self, error: Exception) -> None:
        """See `StartUp`."""
        self._start.fail(error)
