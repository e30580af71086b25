"""One interface to both real-time transports, so that one suite of tests runs over each.

socket = await open_socket("socket.io" | "websocket", url, token)
ack = await socket.call("message:send", {...})      # what the server acknowledged
await socket.emit("typing:start", {...})            # without asking for an acknowledgement
data = await socket.hears("message:read")           # the next such event; fails if none comes
socket.heard                                        # every event and ack so far, in order
"""

import asyncio
import itertools
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import socketio
import websockets

from tests.support.keepsake_client import Client
from tests.support.realtime_contract import off_contract, off_contract_ack

TRANSPORTS = ("socket.io", "websocket")
HEAR_SECONDS = 20.0

Json = dict[str, Any]
Heard = tuple[str, Json]


class ChatSocket(ABC):
    """A connected client. `heard` has the events in order of arrival; acks as the event `ack`.
    `off_contract` says which of them, ever, were not as the server's own description has them."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.off_contract: list[str] = []
        self._read = 0
        self._arrived = asyncio.Event()

    @abstractmethod
    async def call(self, event: str, data: Any) -> Json:
        """Send an event and return what its ack carries."""

    @abstractmethod
    async def emit(self, event: str, data: Any) -> None:
        """Send an event without asking for an ack."""

    @abstractmethod
    async def close(self) -> None:
        """Disconnect."""

    async def hears(
        self,
        event: str,
        where: Callable[[Json], bool] = lambda _: True,
        *,
        within: float = HEAR_SECONDS,
    ) -> Json:
        """The data of the next event of this name that fits, counted from the one heard last."""
        try:
            async with asyncio.timeout(within):
                while True:
                    while self._read < len(self.heard):
                        name, data = self.heard[self._read]
                        self._read += 1
                        if name == event and where(data):
                            assert self.off_contract == []
                            return data
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"never heard {event}, but {self.names()}") from None

    async def hears_reply(self, message: Json, *, within: float = HEAR_SECONDS) -> Json:
        """The reply to a message, as `message:received` brings it."""
        return await self.hears(
            "message:received", lambda data: data["replyTo"] == message["id"], within=within
        )

    async def say(self, conversation_id: str, content: str, **fields: Any) -> Json:
        """Send a message; returns it as stored."""
        data = {"conversationId": conversation_id, "content": content, "type": "text", **fields}
        ack = await self.call("message:send", data)
        message: Json = ack["message"]
        return message

    async def join(self, conversation_id: str, **fields: Any) -> Json:
        """Join a conversation."""
        return await self.call("conversation:join", {"conversationId": conversation_id, **fields})

    def forget(self) -> None:
        """Forget what was heard so far."""
        self.heard.clear()
        self._read = 0

    def names(self) -> list[str]:
        """The names of all that was heard."""
        return [name for name, _ in self.heard]

    def all(self, event: str) -> list[Json]:
        """The data of all events of this name that were heard so far."""
        return [data for name, data in self.heard if name == event]

    async def _acknowledged(self, event: str, answer: "asyncio.Future[Json]") -> Json:
        try:
            ack = await asyncio.wait_for(answer, HEAR_SECONDS)
        except TimeoutError:
            raise AssertionError(f"no ack came; heard {self.heard}") from None
        self._note(off_contract_ack(event, ack))
        return ack

    def _hear(self, event: str, data: Json) -> None:
        self.heard.append((event, data))
        if event != "ack":
            self._note(off_contract(event, data))
        self._arrived.set()

    def _note(self, fault: str | None) -> None:
        if fault:
            self.off_contract.append(fault)


class SocketIOSocket(ChatSocket):
    """Over Socket.IO, with python-socketio's client."""

    def __init__(self) -> None:
        super().__init__()
        self._client = socketio.AsyncClient(reconnection=False)
        self._client.on("*", self._on_event)

    async def connect(self, url: str, auth: Any) -> None:
        """Connect over a WebSocket.

        Raises:
            socketio.exceptions.ConnectionError: refused.
        """
        await self._client.connect(url, auth=auth, transports=["websocket"], retry=False)

    def on_refusal(self, heard: Callable[[Any], None]) -> None:
        """Have the reason of a refused connection told."""

        async def refused(reason: Any) -> None:
            heard(reason)

        self._client.on("connect_error", refused)

    async def call(self, event: str, data: Any) -> Json:
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

        def acknowledged(answer: Json) -> None:
            self._hear("ack", answer)
            answered.set_result(answer)

        await self._client.emit(event, data, callback=acknowledged)
        return await self._acknowledged(event, answered)

    async def emit(self, event: str, data: Any) -> None:
        await self._client.emit(event, data)

    async def close(self) -> None:
        await self._client.disconnect()

    @property
    def connected(self) -> bool:
        """Whether the server still has the connection open."""
        return bool(self._client.connected)

    async def _on_event(self, event: str, data: Json) -> None:
        self._hear(event, data)


class PlainSocket(ChatSocket):
    """Over the plain WebSocket at /ws. `raw` sends what is no frame; `close_code` is the server's."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        super().__init__()
        self._connection = connection
        self._numbers = itertools.count(1)
        self._acks: dict[int, asyncio.Future[Json]] = {}
        self._reading = asyncio.create_task(self._read_frames())

    async def call(self, event: str, data: Any) -> Json:
        number = next(self._numbers)
        acknowledged = self._acks[number] = asyncio.get_running_loop().create_future()
        await self.raw(json.dumps({"event": event, "data": data, "id": number}))
        return await self._acknowledged(event, acknowledged)

    async def emit(self, event: str, data: Any) -> None:
        await self.raw(json.dumps({"event": event, "data": data}))

    async def raw(self, text: str | bytes) -> None:
        """Send a text or binary message as it is."""
        await self._connection.send(text)

    async def close(self) -> None:
        await self._connection.close()
        await self._reading

    @property
    def port(self) -> int:
        """The client's own end of the connection."""
        port: int = self._connection.local_address[1]
        return port

    async def closed_by_server(self) -> tuple[int, str]:
        """The close code and reason, once the server has closed."""
        await asyncio.wait_for(self._connection.wait_closed(), HEAR_SECONDS)
        await self._reading
        return self._connection.close_code or 0, self._connection.close_reason or ""

    async def _read_frames(self) -> None:
        try:
            async for text in self._connection:
                frame = json.loads(text)
                self._hear(frame["event"], frame["data"])
                if frame["event"] == "ack":
                    self._acks.pop(frame["id"]).set_result(frame["data"])
        except websockets.ConnectionClosedError:
            pass


Connect = Callable[[Client], Awaitable[ChatSocket]]
"""Opens a connection for a user."""


async def plain_socket(
    url: str, *, ticket: str | None = None, origin: str | None = None
) -> PlainSocket:
    """A connection to /ws that hasn't authenticated, unless by the ticket."""
    address = url.replace("http", "ws", 1) + "/ws"
    if ticket is not None:
        address += "?" + urlencode({"ticket": ticket})
    return PlainSocket(
        await websockets.connect(
            address,
            proxy=None,
            ping_interval=None,
            origin=None if origin is None else websockets.Origin(origin),
        )
    )


async def open_socket(transport: str, url: str, token: str) -> ChatSocket:
    """A connection of a signed-in user."""
    if transport == "socket.io":
        over_socketio = SocketIOSocket()
        await over_socketio.connect(url, {"token": token})
        return over_socketio
    plain = await plain_socket(url)
    await plain.call("auth", {"token": token})
    plain.forget()
    return plain
