"""Socket.IO: the same events, acks as the callback's argument.

One server without a client manager of its own making: rooms and the way to other processes are
the hub's, which serves both transports (docs/decisions/0001).
"""

from typing import Any
from uuid import UUID

import socketio

from backend.errors import KeepsakeError
from backend.gateway.authentication import user_of_token
from backend.gateway.client_events import ClientEvents
from backend.gateway.error_mapping import error_data
from backend.gateway.origins import origin_allowed
from backend.gateway.protocol import ServerEvent
from backend.gateway.services import Services

MAX_FRAME_BYTES = 256 * 1024


class SocketIOConnection:
    """One client on Socket.IO."""

    def __init__(self, server: socketio.AsyncServer, sid: str, user_id: UUID) -> None:
        self.user_id = user_id
        self._server = server
        self._sid = sid

    async def send(self, event: str, data: dict[str, Any]) -> None:
        """See `Connection.send`."""
        await self._server.emit(event, data, to=self._sid)


def create_socketio_server(services: Services, events: ClientEvents) -> socketio.AsyncServer:
    """A server with the whole vocabulary registered."""

    def allowed(origin: str, environ: dict[str, Any]) -> bool:
        return origin_allowed(origin, environ.get("HTTP_HOST"), services.options.allowed_origins)

    server = socketio.AsyncServer(
        async_mode="asgi",
        cors_allowed_origins=allowed,
        # In order: two quick messages of one client must not overtake each other.
        async_handlers=False,
        max_http_buffer_size=MAX_FRAME_BYTES,
    )
    connections: dict[str, SocketIOConnection] = {}

    async def connect(sid: str, _environ: dict[str, Any], auth: Any = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            user = await user_of_token(services.store, services.tokens, token)
        except KeepsakeError as error:
            raise socketio.exceptions.ConnectionRefusedError(
                error.message, error_data(error)
            ) from error
        connections[sid] = SocketIOConnection(server, sid, user.id)
        await events.connected(connections[sid])

    async def disconnect(sid: str, *_reason: Any) -> None:
        if connection := connections.pop(sid, None):
            await events.disconnected(connection)

    async def any_event(event: str, sid: str, data: Any = None, *_more: Any) -> dict[str, Any]:
        connection = connections[sid]
        try:
            return await events.handle(connection, event, data)
        except Exception as error:  # a defect here must not cost the client its connection
            refusal = error_data(error)
            # The seed's client sends without a callback: it hears of the refusal by event.
            about = data.get("clientMessageId") if isinstance(data, dict) else None
            extra = {"clientMessageId": about} if isinstance(about, str) else {}
            await connection.send(ServerEvent.ERROR, {**refusal, **extra})
            return {"error": refusal}

    server.on("connect", connect)
    server.on("disconnect", disconnect)
    server.on("*", any_event)
    return server
