"""One client of the load generator, on either transport."""

import asyncio
import itertools
from collections.abc import Callable
from time import perf_counter
from typing import Any

import websockets

from bench.realtime.wires import Json, Wire

OPEN_SECONDS = 60.0
ANSWER_SECONDS = 60.0

OnEvent = Callable[[str, Json, float], None]
"""Hears an event, its data and when it came (`perf_counter`)."""


class Lost(Exception):
    """The connection, or the answer to an event, was lost."""


class Refused(Lost):
    """An event was refused, and its sender told so."""


class Connection:
    """A signed-in connection. `dropped` once it is closed, by whomever."""

    def __init__(self, wire: Wire, url: str, token: str) -> None:
        self.on_event: OnEvent | None = None
        self._wire = wire
        self._address = url.replace("http", "ws", 1) + wire.path
        self._token = token
        self._numbers = itertools.count(1)
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._socket: websockets.ClientConnection
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and sign in, offering compression as browsers do.

        Raises:
            Lost: refused, or no answer in time.
        """
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                self._socket = await websockets.connect(
                    self._address, proxy=None, ping_interval=None, open_timeout=None
                )
                for text in self._wire.sign_in(self._token):
                    await self._socket.send(text)
                while not self._wire.is_signed_in(str(await self._socket.recv())):
                    pass
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            raise Lost(f"no connection: {error!r}") from error
        self._reading = asyncio.create_task(self._read())

    @property
    def dropped(self) -> bool:
        """Whether it was closed."""
        return self._reading is None or self._reading.done()

    async def call(self, event: str, data: Json) -> Any:
        """Send an event and return its ack's data.

        Raises:
            Lost: the connection is gone, or no answer came in time.
            Refused: it was answered by a refusal.
        """
        number = next(self._numbers)
        answered = self._acks[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(self._wire.write(event, data, number))
            async with asyncio.timeout(ANSWER_SECONDS):
                ack = await answered
        except (TimeoutError, websockets.WebSocketException) as error:
            raise Lost(f"no ack of {event}: {error!r}") from error
        finally:
            del self._acks[number]
        if "error" in ack:
            raise Refused(f"{event}: {ack['error']['code']}")
        return ack

    async def drop(self) -> None:
        """Cut the connection as a lost network does: without a word."""
        self._socket.transport.abort()
        if self._reading:
            await self._reading

    async def close(self) -> None:
        """Close it properly."""
        await self._socket.close()
        if self._reading:
            await self._reading

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                heard = self._wire.read(str(text))
                if heard.ack is not None:
                    waiting = self._acks.get(heard.ack)
                    if waiting and not waiting.done():
                        waiting.set_result(heard.data)
                elif heard.answer:
                    await self._socket.send(heard.answer)
                elif self.on_event:
                    self.on_event(heard.event, heard.data, perf_counter())
        except websockets.ConnectionClosed:
            pass
        finally:
            for answered in self._acks.values():
                if not answered.done():
                    answered.set_exception(Lost("the connection was cut"))
