"""Clients that send whatever they like, over either transport, and read only when told to.

raw = await open_raw("socket.io" | "websocket", url, token)
await raw.send("42[")                       # or bytes
ack = await raw.call("conversation:join", {...})
await raw.closed_by_server()                # (code, reason)
"""

import asyncio
import itertools
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import websockets

ANSWER_SECONDS = 20.0
SMALL_BUFFER = 4096
LARGEST = 64 * 1024 * 1024

Json = dict[str, Any]


class RawSocket:
    """A WebSocket to /ws. Nothing is read but by `call`, `read` and `closed_by_server`."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1000)

    async def sign_in(self, token: str) -> None:
        """Say who it is."""
        await self.call("auth", {"token": token})

    async def send(self, text: str | bytes) -> None:
        """Send one message as it is."""
        await self._connection.send(text)

    async def ask(self, event: str, data: Any) -> int:
        """Send an event that wants an ack, and don't wait for it; returns its number."""
        number = next(self._numbers)
        await self.send(json.dumps({"event": event, "data": data, "id": number}))
        return number

    async def call(self, event: str, data: Any) -> Json:
        """Send an event and read until its ack comes."""
        number = await self.ask(event, data)
        while True:
            name, answer, about = await self.read()
            if name == "ack" and about == number:
                return answer

    async def read(self) -> tuple[str, Json, int | None]:
        """The next event or ack: its name, data and number."""
        frame = json.loads(await self._receive())
        return frame["event"], frame["data"], frame.get("id")

    async def closed_by_server(self) -> tuple[int, str]:
        """Read on until the server closes; the code and reason, (1006, "") if it just went away."""
        try:
            while True:
                await self._receive()
        except websockets.ConnectionClosed:
            return self._connection.close_code or 1006, self._connection.close_reason or ""

    async def close(self) -> None:
        """Leave at once."""
        self._connection.transport.abort()
        await self._connection.wait_closed()

    async def _receive(self) -> str:
        text = await asyncio.wait_for(self._connection.recv(), ANSWER_SECONDS)
        assert isinstance(text, str)
        return text


class RawSocketIO(RawSocket):
    """The same over Socket.IO, written by hand."""

    async def sign_in(self, token: str) -> None:
        await self._until("0")
        await self.send("40" + json.dumps({"token": token}))
        await self._until("40")

    async def ask(self, event: str, data: Any) -> int:
        number = next(self._numbers)
        await self.send(f"42{number}{json.dumps([event, data])}")
        return number

    async def read(self) -> tuple[str, Json, int | None]:
        while True:
            text = await self._receive()
            if text == "2":
                await self.send("3")
            elif text.startswith("43"):
                number, _, rest = text[2:].partition("[")
                return "ack", json.loads("[" + rest)[0], int(number)
            elif text.startswith("42"):
                event, data = json.loads(text[2:])
                return event, data, None

    async def _until(self, start: str) -> None:
        while not (await self._receive()).startswith(start):
            pass


async def open_raw(transport: str, url: str, token: str) -> RawSocket:
    """A signed-in connection whose receive buffer is small."""
    place = urlsplit(url)
    assert place.hostname is not None
    assert place.port is not None
    path = "/ws" if transport == "websocket" else "/socket.io/?EIO=4&transport=websocket"
    buffer = socket.socket()
    buffer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    buffer.setblocking(False)
    await asyncio.get_running_loop().sock_connect(buffer, (place.hostname, place.port))
    connection = await websockets.connect(
        url.replace("http", "ws", 1) + path,
        sock=buffer,
        proxy=None,
        ping_interval=None,
        max_size=LARGEST,
        max_queue=1,
    )
    raw = (RawSocket if transport == "websocket" else RawSocketIO)(connection)
    await raw.sign_in(token)
    return raw
