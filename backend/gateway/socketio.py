"""Socket.IO: the same events, acks as the callback's argument.

One server without a client manager of its own making: rooms and the way to other processes are
the hub's, which serves both transports (docs/decisions/0001).
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import socketio

from backend.errors import InvalidRequest, KeepsakeError
from backend.gateway.client_events import ClientEvents
from backend.gateway.error_mapping import error_data
from backend.gateway.flood import TooFast
from backend.gateway.origins import origin_allowed
from backend.gateway.plain_connection import LAST_WORDS_SECONDS
from backend.gateway.protocol import FLOODED, CloseCode, ServerEvent
from backend.gateway.services import Services
from backend.gateway.socketio_connection import SocketIOConnection
from backend.gateway.socketio_packets import (
    MAX_FRAME_BYTES,
    TRANSPORT,
    UNREADABLE,
    Json,
    Receive,
    Send,
    TextPacket,
    guarded,
)
from backend.gateway.socketio_server import SocketIOServer, end
from backend.gateway.stopping import Stopping
from backend.monitoring.metrics import CONNECTIONS, FRAMES_REFUSED

RESTARTS = "the server restarts"
Scope = dict[str, Any]

_open = CONNECTIONS.labels(TRANSPORT)


def create_socketio_server(services: Services, events: ClientEvents) -> SocketIOServer:
    """A server with the whole vocabulary registered."""

    def allowed(origin: str, environ: dict[str, Any]) -> bool:
        return origin_allowed(origin, environ.get("HTTP_HOST"), services.options.allowed_origins)

    server = SocketIOServer(
        async_mode="asgi",
        serializer=TextPacket,
        json=Json,
        cors_allowed_origins=allowed,
        # In order: two quick messages of one client must not overtake each other.
        async_handlers=False,
        max_http_buffer_size=MAX_FRAME_BYTES,
    )
    clients = _Clients(server, services, events)
    server.on("connect", clients.connect)
    server.on("disconnect", clients.disconnect)
    server.on("*", clients.any_event)
    return server


class _Clients:
    """Whoever is connected, and what becomes of what they send."""

    def __init__(self, server: SocketIOServer, services: Services, events: ClientEvents) -> None:
        self._server = server
        self._services = services
        self._events = events
        self._connections: dict[str, SocketIOConnection] = {}

    async def connect(self, sid: str, _environ: dict[str, Any], auth: Any = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            sign_in = self._services.tokens.read(token)
            connection = SocketIOConnection(self._server, sid, sign_in.user_id)
            await self._services.admission.admit(connection, sign_in)
        except KeepsakeError as error:
            raise socketio.exceptions.ConnectionRefusedError(
                error.message, error_data(error)
            ) from error
        self._connections[sid] = connection
        _open.inc()
        await self._events.connected(connection)
        if connection.closed:  # meanwhile; the library tells of no disconnect before the connect
            await self.disconnect(sid)
            raise socketio.exceptions.ConnectionRefusedError("The connection has ended.")

    async def disconnect(self, sid: str, *_reason: Any) -> None:
        if connection := self._connections.pop(sid, None):
            _open.dec()
            self._services.admission.leave(connection)
            await self._events.disconnected(connection)

    async def any_event(
        self, event: str, sid: str, data: Any = None, *_more: Any
    ) -> dict[str, Any]:
        connection = self._connections.get(sid)
        if connection is None or await connection.ends_as_slow() or connection.ended:
            return {}
        try:
            connection.allowance.take(event)
            if event == UNREADABLE:
                raise InvalidRequest("There is no such event, or it can't be read.")
            return await self._events.handle(connection, event, data)
        except TooFast:
            await connection.cut_off(FLOODED)
            return {}
        except Exception as error:  # a defect here must not cost the client its connection
            return {"error": await _refuse(connection, data, error)}


async def _refuse(connection: SocketIOConnection, data: Any, error: Exception) -> dict[str, Any]:
    refusal = error_data(error)
    FRAMES_REFUSED.labels(TRANSPORT, refusal["code"]).inc()
    # Some clients send without a callback: they hear of the refusal by event.
    about = data.get("clientMessageId") if isinstance(data, dict) else None
    extra = {"clientMessageId": about} if isinstance(about, str) else {}
    await connection.send(ServerEvent.ERROR, {**refusal, **extra})
    return refusal


class SocketIOApplication:
    """The server as an ASGI application that knows how to leave: while it stops, new clients are turned
    away so that they try again, and open WebSockets close with 1012."""

    def __init__(self, server: SocketIOServer, path: str, stopping: Stopping) -> None:
        self._server = server
        self._asgi = socketio.ASGIApp(server, socketio_path=path)
        self._stopping = stopping
        self._open: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._stopping.begun and b"sid" not in parse_qs(scope.get("query_string", b"")):
            await _turn_away(scope, receive, send)
        elif scope["type"] == "websocket":
            serving = asyncio.create_task(
                self._asgi(scope, guarded(receive, send), self._closing_as_restart(send))
            )
            self._open.add(serving)
            serving.add_done_callback(self._open.discard)
            await serving
        else:
            await self._asgi(scope, receive, send)

    async def close(self) -> None:
        """End every connection, once what is queued for it is written; clients connect again. Who
        doesn't read that within 5 s is left to the server's own shutdown."""
        for engine in list(self._server.eio.sockets.values()):
            if not engine.closed:
                await end(engine)
        if self._open:
            await asyncio.wait(self._open, timeout=LAST_WORDS_SECONDS)

    async def shutdown(self) -> None:
        """Stop what the library runs in the background."""
        await self._server.shutdown()

    def _closing_as_restart(self, send: Send) -> Send:
        async def closing(message: dict[str, Any]) -> None:
            if message["type"] == "websocket.close" and self._stopping.begun:
                message = {**message, "code": CloseCode.RESTARTING, "reason": RESTARTS}
            await send(message)

        return closing


async def _turn_away(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """503, before a WebSocket is accepted, too: what Socket.IO's clients try again after."""
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    headers = [(b"retry-after", b"1"), (b"content-type", b"text/plain")]
    await receive()
    await send({"type": f"{kind}.start", "status": 503, "headers": headers})
    await send({"type": f"{kind}.body", "body": RESTARTS.encode()})
