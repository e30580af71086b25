"""A client's connection on either transport: events in, requests out, acks as futures."""

import asyncio
import itertools
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import socketio
import websockets

from tests.chaos.plan import Transport
from tests.chaos.resume import Json

OPEN_SECONDS = 5.0

Hear = Callable[[str, Json], None]


class Lost(Exception):
    """The connection is gone, or was never made."""


class Wire(ABC):
    """A connection that is open; `lost` is set when it no longer is. `close_code` says why, where
    the server did."""

    def __init__(self, hear: Hear) -> None:
        self.lost = asyncio.Event()
        self.close_code: int | None = None
        self._hear = hear

    @abstractmethod
    async def ask(self, event: str, data: Json) -> "asyncio.Future[Json]":
        """Send an event; the future has its ack, if one comes.

        Raises:
            Lost: it can't be sent.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go of it, at once."""


class PlainWire(Wire):
    """Over /ws."""

    def __init__(self, hear: Hear, connection: websockets.ClientConnection) -> None:
        super().__init__(hear)
        self._connection = connection
        self._numbers = itertools.count(1)
        self._acks: dict[int, asyncio.Future[Json]] = {}
        self._reading = asyncio.create_task(self._read())

    async def ask(self, event: str, data: Json) -> "asyncio.Future[Json]":
        number = next(self._numbers)
        ack = self._acks[number] = asyncio.get_running_loop().create_future()
        try:
            await self._connection.send(
                json.dumps({"event": event, "data": data, "id": number}, separators=(",", ":"))
            )
        except websockets.ConnectionClosed as error:
            raise Lost from error
        return ack

    async def close(self) -> None:
        self._connection.transport.abort()
        await self._reading

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            async for text in self._connection:
                frame = json.loads(text)
                if frame["event"] != "ack":
                    self._hear(frame["event"], frame["data"])
                    continue
                ack = self._acks.pop(frame["id"], None)
                if ack and not ack.done():
                    ack.set_result(frame["data"])
        self.close_code = self._connection.close_code
        self.lost.set()
        for unanswered in self._acks.values():
            if not unanswered.done():
                unanswered.set_exception(Lost())
                unanswered.exception()  # nobody need be waiting


class SocketIOWire(Wire):
    """Over Socket.IO, with python-socketio's client."""

    def __init__(self, hear: Hear) -> None:
        super().__init__(hear)
        self.client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self.client.on("*", self._on_event)
        self.client.on("disconnect", self._on_disconnect)

    async def ask(self, event: str, data: Json) -> "asyncio.Future[Json]":
        ack: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

        def acknowledged(answer: Json) -> None:
            if not ack.done():
                ack.set_result(answer)

        try:
            await self.client.emit(event, data, callback=acknowledged)
        except (socketio.exceptions.SocketIOError, OSError) as error:
            raise Lost from error
        return ack

    async def close(self) -> None:
        with suppress(TimeoutError, Exception):
            async with asyncio.timeout(0.3):
                await self.client.disconnect()
        if session := self.client.eio.http:
            await session.close()

    async def _on_event(self, event: str, data: Json) -> None:
        self._hear(event, data)

    async def _on_disconnect(self, *_reason: Any) -> None:
        self.lost.set()


async def open_wire(transport: Transport, url: str, token: str, hear: Hear) -> Wire:
    """A connection of a signed-in user.

    Raises:
        Lost: none could be had.
    """
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            if transport is Transport.SOCKET_IO:
                return await _open_socketio(url, token, hear)
            return await _open_plain(url, token, hear)
    except (TimeoutError, OSError, websockets.WebSocketException) as error:
        raise Lost from error


async def _open_socketio(url: str, token: str, hear: Hear) -> Wire:
    wire = SocketIOWire(hear)
    try:
        await wire.client.connect(
            url, auth={"token": token}, transports=["websocket"], retry=False, wait_timeout=4
        )
    except (socketio.exceptions.ConnectionError, TypeError) as error:
        # TypeError: its client doesn't expect the connection to be closed before the first packet.
        await wire.close()
        raise Lost from error
    except BaseException:
        await wire.close()
        raise
    return wire


async def _open_plain(url: str, token: str, hear: Hear) -> Wire:
    connection = await websockets.connect(
        url.replace("http", "ws", 1) + "/ws",
        proxy=None,
        ping_interval=None,
        close_timeout=0.3,
        compression=None,
        max_size=4 * 1024 * 1024,
    )
    wire = PlainWire(hear, connection)
    try:
        await (await wire.ask("auth", {"token": token}))
    except BaseException:
        await wire.close()
        raise
    return wire
