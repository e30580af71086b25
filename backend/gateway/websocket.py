"""Plain WebSocket at /ws: frames `{"event", "data", "id"?}`, acks by id. The caller is known by a
ticket in the address, or else by the token in the first frame."""

import asyncio
import json
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from backend.errors import InvalidRequest, KeepsakeError
from backend.gateway.authentication import user_of_ticket, user_of_token
from backend.gateway.client_events import ClientEvents
from backend.gateway.error_mapping import error_data
from backend.gateway.origins import origin_allowed
from backend.gateway.protocol import CloseCode, ServerEvent
from backend.gateway.services import Services

log = structlog.get_logger(__name__)

AUTHENTICATION_SECONDS = 5.0
MAX_FRAME_BYTES = 256 * 1024
OUTBOX_FRAMES = 1000  # events waiting for a client that doesn't read; beyond, it is cut off

router = APIRouter()


class PlainConnection:
    """One client on /ws. Sending queues; a writer task drains the queue, so that a slow reader
    holds up nobody else."""

    def __init__(self, socket: WebSocket) -> None:
        self.user_id: UUID
        self._socket = socket
        self._outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue(OUTBOX_FRAMES)
        self._closing = False

    async def send(self, event: str, data: dict[str, Any]) -> None:
        """See `Connection.send`."""
        self.queue({"event": event, "data": data})

    def queue(self, frame: dict[str, Any]) -> None:
        """Queue a frame; a full outbox closes the connection, and the client resumes by seq."""
        if self._closing:
            return
        try:
            self._outbox.put_nowait(frame)
        except asyncio.QueueFull:
            self._closing = True
            log.info("socket.slow_reader", user_id=str(self.user_id))

    async def write(self) -> None:
        """Drain the outbox until cancelled or cut off."""
        while not self._closing:
            frame = await self._outbox.get()
            await self._socket.send_text(json.dumps(frame, separators=(",", ":")))
        await self.close(CloseCode.TOO_FAST, "slow reader")

    async def close(self, code: int, reason: str) -> None:
        """Close from our side."""
        self._closing = True
        try:
            await self._socket.close(code, reason)
        except RuntimeError:
            log.debug("socket.closed_already")


@router.websocket("/ws")
async def serve_socket(socket: WebSocket) -> None:
    """One connection, from accept to close."""
    services: Services = socket.app.state.services
    events: ClientEvents = socket.app.state.client_events
    await socket.accept()
    connection = PlainConnection(socket)
    if not origin_allowed(
        socket.headers.get("origin"),
        socket.headers.get("host"),
        services.options.allowed_origins,
    ):
        await connection.close(CloseCode.FORBIDDEN, "origin not allowed")
        return
    open_connections: set[PlainConnection] = socket.app.state.plain_connections
    try:
        if not await _authenticate(connection, socket, services):
            return
        open_connections.add(connection)
        await events.connected(connection)
        await _exchange(connection, socket, events)
    except WebSocketDisconnect:
        pass
    finally:
        open_connections.discard(connection)
        await events.disconnected(connection)


async def _authenticate(connection: PlainConnection, socket: WebSocket, services: Services) -> bool:
    ticket = socket.query_params.get("ticket")
    if ticket is None:
        return await _authenticate_by_frame(connection, socket, services)
    try:
        user = await user_of_ticket(services.store, services.tickets, ticket)
    except KeepsakeError as error:
        await connection.close(CloseCode.NOT_AUTHENTICATED, error.message)
        return False
    connection.user_id = user.id
    return True


async def _authenticate_by_frame(
    connection: PlainConnection, socket: WebSocket, services: Services
) -> bool:
    try:
        async with asyncio.timeout(AUTHENTICATION_SECONDS):
            frame = read_frame(await socket.receive())
    except TimeoutError:
        await connection.close(CloseCode.AUTHENTICATION_TOO_SLOW, "no auth frame came")
        return False
    except InvalidRequest as error:
        await connection.close(CloseCode.BAD_FRAME, error.message)
        return False
    data = frame.get("data")
    token = data.get("token") if isinstance(data, dict) else None
    if frame["event"] != "auth" or not isinstance(token, str):
        await connection.close(CloseCode.NOT_AUTHENTICATED, "the first frame must be auth")
        return False
    try:
        user = await user_of_token(services.store, services.tokens, token)
    except KeepsakeError as error:
        await connection.close(CloseCode.NOT_AUTHENTICATED, error.message)
        return False
    connection.user_id = user.id
    _acknowledge(connection, frame, {"userId": str(user.id)})
    return True


async def _exchange(connection: PlainConnection, socket: WebSocket, events: ClientEvents) -> None:
    writer = asyncio.create_task(connection.write())
    try:
        while True:
            raw = await socket.receive()
            try:
                frame = read_frame(raw)
            except InvalidRequest as error:
                await connection.close(CloseCode.BAD_FRAME, error.message)
                return
            await _answer(connection, frame, events)
    finally:
        writer.cancel()


async def _answer(connection: PlainConnection, frame: dict[str, Any], events: ClientEvents) -> None:
    try:
        ack = await events.handle(connection, frame["event"], frame.get("data"))
    except Exception as error:  # a defect here must not cost the client its connection
        refusal = error_data(error)
        if "id" in frame:
            _acknowledge(connection, frame, {"error": refusal})
        else:
            await connection.send(ServerEvent.ERROR, _about(refusal, frame))
        return
    _acknowledge(connection, frame, ack)


def _about(refusal: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    data = frame.get("data")
    if isinstance(data, dict) and isinstance(data.get("clientMessageId"), str):
        return {**refusal, "clientMessageId": data["clientMessageId"]}
    return refusal


def _acknowledge(connection: PlainConnection, frame: dict[str, Any], data: dict[str, Any]) -> None:
    if "id" in frame:
        connection.queue({"event": "ack", "id": frame["id"], "data": data})


def read_frame(raw: Any) -> dict[str, Any]:
    """The frame in an ASGI receive event.

    Raises:
        InvalidRequest: not a JSON object with an `event`, or too large.
        WebSocketDisconnect: the client is gone.
    """
    if raw["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(raw.get("code", 1005))
    text = raw.get("text")
    if text is None:
        raise InvalidRequest("frames are text")
    if len(text.encode()) > MAX_FRAME_BYTES:
        raise InvalidRequest("the frame is too large")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("the frame is not JSON") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("event"), str):
        raise InvalidRequest('a frame is {"event": "...", "data": {...}, "id": n}')
    return frame
