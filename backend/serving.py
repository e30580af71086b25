"""Running the ASGI application with uvicorn: the port, the signals, the way out."""

import asyncio
import errno
import gc
import logging
import signal
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, Protocol

import uvicorn

from backend.errors import ConfigurationError
from backend.settings import Settings
from backend.stalled_clients import AbortableHttp, AbortableWebSocket

SHUTDOWN_SECONDS = 30

Say = Callable[[str], None]


class Draining(Protocol):
    """An application that has something to end before its sockets are closed."""

    def begin_stopping(self) -> None:
        """The signal has come. Called within a signal handler."""

    async def drain(self) -> None:
        """End it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""


def serve_one(settings: Settings, *, with_worker: bool, say: Say) -> None:
    """Serve in this process until a signal; `say` hears a line when it is up and when it stops.

    Raises:
        ConfigurationError: the port can't be had.
        KeepsakeError: start-up failed.
    """
    listening = listen(settings.host, settings.websocket_port)
    kept = StartUp(GracefulStop(build(settings, with_worker=with_worker), say))
    server = _Server(uvicorn.Config(kept, **uvicorn_options()), settings.websocket_port, say)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # uvicorn raises Ctrl-C again once everything has stopped; that is no failure
    except SystemExit:
        if not kept.failure:
            raise
    finally:
        listening.close()
    if kept.failure:
        raise kept.failure


def build(settings: Settings, *, with_worker: bool) -> Draining:
    """The application for these settings."""
    gc.disable()  # imports leave next to nothing to collect, and looking takes a fifth of their time
    try:
        from backend.bootstrap.services import build_application  # takes seconds
    finally:
        gc.enable()
    return build_application(settings, with_worker=with_worker)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket.

    Raises:
        ConfigurationError: taken, forbidden, or no such address; says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        reason = {
            errno.EADDRINUSE: "is already in use",
            errno.EACCES: "needs more rights (ports below 1024 do)",
        }.get(error.errno or 0, f"can't be used ({error.strerror})")
        raise ConfigurationError(
            f"WEBSOCKET_PORT: {host}:{port} {reason}. Stop what uses it or choose another. "
            "Example: WEBSOCKET_PORT=5001"
        ) from error
    return listening


def uvicorn_options() -> dict[str, Any]:
    """How uvicorn runs, in one process or several."""
    return {
        "log_config": None,
        "access_log": False,
        # At info uvicorn logs every WebSocket's address, and with it the ticket of /ws.
        "log_level": "warning",
        "http": AbortableHttp,
        "ws": AbortableWebSocket,
        "ws_max_size": 1024 * 1024,
        # Events are short: what compressing saves is not worth 42 KiB for each connection.
        "ws_per_message_deflate": False,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
        "timeout_keep_alive": 30,
        "server_header": False,
    }


class _Server(uvicorn.Server):
    """Says when it is up, since that takes seconds."""

    def __init__(self, config: uvicorn.Config, port: int, say: Say) -> None:
        super().__init__(config)
        self._port = port
        self._say = say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._say(f"Keepsake is at http://localhost:{self._port}. Ctrl-C stops it.")


class GracefulStop:
    """Has the application drain between a signal and uvicorn's shutdown, which would close the sockets
    at once. Its signal handlers stand before uvicorn's, whether that runs alone or as one of several
    workers. Another Ctrl-C goes straight through."""

    def __init__(self, application: Draining, say: Say) -> None:
        self._application = application
        self._say = say
        self._handlers: dict[int, Any] = {}
        self._draining: asyncio.Task[None] | None = None
        self._stopping = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            send = partial(self._once_started, send)
        await self._application(scope, receive, send)

    async def _once_started(self, send: Any, message: Any) -> None:
        if message["type"] == "lifespan.startup.complete":
            self._loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                self._handlers[number] = signal.signal(number, self._on_signal)
        await send(message)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            self._application.begin_stopping()
            self._loop.call_soon_threadsafe(self._begin, number)
        elif number == signal.SIGINT:
            self._handlers[number](number, frame)

    def _begin(self, number: int) -> None:
        self._say("Keepsake stops, once running replies have ended.")
        self._draining = asyncio.create_task(self._drain(number))

    async def _drain(self, number: int) -> None:
        try:
            await self._application.drain()
        finally:
            self._handlers[number](number, None)


class StartUp:
    """Keeps the exception of a failed start, which ASGI servers only log as text, and keeps them
    from doing so: who started it gets one line."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.failure: BaseException | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return

        async def send_quietly(message: Any) -> None:
            if message["type"] == "lifespan.startup.failed":
                logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            elif message["type"] == "lifespan.startup.complete":
                self.succeeded()
            await send(message)

        try:
            await self._application(scope, receive, send_quietly)
        except Exception as error:
            self.failure = error
            self.failed(error)
            raise

    def succeeded(self) -> None:
        """The application is up."""

    def failed(self, error: Exception) -> None:
        """It can't start, or its end has failed."""
