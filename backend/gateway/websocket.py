"""Plain WebSocket at /ws: frames `{"event", "data", "id"?}`, acks by id. The caller is known by a
ticket in the address, or else by the token in the first frame."""

import asyncio
import json
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from backend.errors import AccountBlocked, InvalidRequest, KeepsakeError
from backend.gateway.admission import authenticated
from backend.gateway.client_events import ClientEvents
from backend.gateway.error_mapping import error_data
from backend.gateway.flood import TooFast
from backend.gateway.origins import origin_allowed
from backend.gateway.plain_connection import TRANSPORT, PlainConnection
from backend.gateway.protocol import AUTHENTICATION_SECONDS, FLOODED, CloseCode, ServerEvent
from backend.gateway.services import Services
from backend.monitoring.metrics import CONNECTIONS, FRAMES_REFUSED

MAX_FRAME_BYTES = 256 * 1024
LONGEST_ID = 100

router = APIRouter()


@router.websocket("/ws")
async def serve_socket(socket: WebSocket) -> None:
    """One connection, from accept to close."""
    services: Services = socket.app.state.services
    events: ClientEvents = socket.app.state.client_events
    await socket.accept()
    connection = PlainConnection(socket)
    if services.stopping.begun:
        await connection.close(CloseCode.RESTARTING, "the server restarts")
        return
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
        with CONNECTIONS.labels(TRANSPORT).track_inprogress():
            await events.connected(connection)
            await _exchange(connection, socket, events)
    except WebSocketDisconnect:
        pass
    finally:
        connection.gone()
        open_connections.discard(connection)
        services.admission.leave(connection)
        await events.disconnected(connection)


async def _authenticate(connection: PlainConnection, socket: WebSocket, services: Services) -> bool:
    ticket = socket.query_params.get("ticket")
    if ticket is None:
        return await _authenticate_by_frame(connection, socket, services)
    try:
        sign_in = await services.tickets.redeem(ticket)
        connection.user_id = sign_in.user_id
        await services.admission.admit(connection, sign_in)
    except KeepsakeError as error:
        await connection.close(*_refused(error))
        return False
    return True


async def _authenticate_by_frame(
    connection: PlainConnection, socket: WebSocket, services: Services
) -> bool:
    try:
        async with asyncio.timeout(AUTHENTICATION_SECONDS):
            frame = read_frame(await socket.receive())
            number = read_number(frame)
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
        sign_in = services.tokens.read(token)
        connection.user_id = sign_in.user_id
        await services.admission.admit(connection, sign_in)
    except KeepsakeError as error:
        await connection.close(*_refused(error))
        return False
    if number is not None:
        connection.acknowledge(number, authenticated(sign_in))
    return True


def _refused(error: KeepsakeError) -> tuple[int, str]:
    """Code and reason of closing on somebody who isn't let in."""
    if isinstance(error, AccountBlocked):
        return CloseCode.FORBIDDEN, error.code
    return CloseCode.NOT_AUTHENTICATED, error.message


async def _exchange(connection: PlainConnection, socket: WebSocket, events: ClientEvents) -> None:
    connection.open()
    while True:
        raw = await socket.receive()
        if connection.ended and raw["type"] == "websocket.receive":
            continue
        try:
            frame = read_frame(raw)
        except InvalidRequest as error:
            FRAMES_REFUSED.labels(TRANSPORT, "bad_frame").inc()
            await connection.close(CloseCode.BAD_FRAME, error.message)
            return
        await _answer(connection, frame, events)


async def _answer(connection: PlainConnection, frame: dict[str, Any], events: ClientEvents) -> None:
    number = None
    try:
        number = read_number(frame)
        connection.allowance.take(frame["event"])
        ack = await events.handle(connection, frame["event"], frame.get("data"))
    except TooFast:
        await connection.cut_off(FLOODED)
    except Exception as error:  # a defect here must not cost the client its connection
        refusal = error_data(error)
        FRAMES_REFUSED.labels(TRANSPORT, refusal["code"]).inc()
        if number is not None:
            connection.acknowledge(number, {"error": refusal})
        else:
            await connection.send(ServerEvent.ERROR, _about(refusal, frame))
    else:
        if number is not None:
            connection.acknowledge(number, ack)


def _about(refusal: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    data = frame.get("data")
    if isinstance(data, dict) and isinstance(data.get("clientMessageId"), str):
        return {**refusal, "clientMessageId": data["clientMessageId"]}
    return refusal


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


def read_number(frame: dict[str, Any]) -> int | str | None:
    """A frame's `id`, under which it is acknowledged, if it has one.

    Raises:
        InvalidRequest: it isn't one.
    """
    number = frame.get("id")
    if number is None or type(number) is int or (type(number) is str and len(number) <= LONGEST_ID):
        return number
    raise InvalidRequest(
        f"id: must be a whole number, or a text of at most {LONGEST_ID} characters."
    )
