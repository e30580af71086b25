"""Running the ASGI application with uvicorn: the port, the signals, the way out."""

import errno
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from backend.errors import ConfigurationError
from backend.settings import Settings, load_settings

SHUTDOWN_SECONDS = 30


def serve_one(settings: Settings, *, with_worker: bool, say: Callable[[str], None]) -> None:
    """Serve in this process until a signal; `say` hears a line when it is up and when it stops.

    Raises:
        ConfigurationError: the port can't be had.
        KeepsakeError: start-up failed.
    """
    listening = listen(settings.host, settings.websocket_port)
    application = _application(settings, with_worker=with_worker)
    kept = _StartUp(application)
    server = _DrainingServer(
        uvicorn.Config(kept, **_uvicorn_options()),
        port=settings.websocket_port,
        drain=application.drain,
        say=say,
    )
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


def serve_many(settings: Settings, workers: int, *, with_worker: bool) -> None:
    """Serve in several processes.

    Raises:
        ConfigurationError: a service is embedded, and so belongs to one process.
    """
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
    factory = "with_worker" if with_worker else "without_worker"
    uvicorn.run(
        f"backend.serving:{factory}",
        factory=True,
        workers=workers,
        host=settings.host,
        port=settings.websocket_port,
        **_uvicorn_options(),
    )


def with_worker() -> Any:
    """The application of one of several processes, background work included."""
    return _application(load_settings(), with_worker=True)


def without_worker() -> Any:
    """The application of one of several processes; `keepsake worker` does the background work."""
    return _application(load_settings(), with_worker=False)


def _application(settings: Settings, *, with_worker: bool) -> Any:
    from backend.bootstrap.services import (
        build_application,  # seconds: what is wrong above is said before
    )

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


def _uvicorn_options() -> dict[str, Any]:
    return {
        "log_config": None,
        "access_log": False,
        # At info uvicorn logs every WebSocket's address, and with it the ticket of /ws.
        "log_level": "warning",
        "ws_max_size": 1024 * 1024,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
        "timeout_keep_alive": 30,
        "server_header": False,
    }


class _DrainingServer(uvicorn.Server):
    """Lets running replies end before sockets are closed, so that clients see them end; and says
    where it has got to, since both ends take seconds."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        port: int,
        drain: Callable[[], Awaitable[None]],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(config)
        self._port = port
        self._drain = drain
        self._say = say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._say(f"Keepsake is at http://localhost:{self._port}. Ctrl-C stops it.")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._say("Keepsake stops, once running replies have ended.")
        if not self.force_exit:
            await self._drain()
        await super().shutdown(sockets)


class _StartUp:
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
            await send(message)

        try:
            await self._application(scope, receive, send_quietly)
        except Exception as error:
            self.failure = error
            raise
