"""Connections of clients that stop reading end, whatever the application does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import connect

from backend.stalled_clients import AbortableHttp, AbortableWebSocket
from tests.support.eventually import eventually

FRAME = "x" * 65_536


class ImpatientWebSocket(AbortableWebSocket):
    stalled_seconds = 0.3


class ImpatientHttp(AbortableHttp):
    stalled_seconds = head_seconds = leftover_seconds = 0.3


class PatientHttp(ImpatientHttp):
    head_seconds = 1.0


class Flood:
    """An application that talks without end. `ended` once it can't any more."""

    def __init__(self) -> None:
        self.frames = 0
        self.ended = asyncio.Event()
        self.abort: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            self.abort = scope["extensions"]["keepsake.abort"]["abort"]
            await receive()
            await send({"type": "websocket.accept"})
            frame: dict[str, Any] = {"type": "websocket.send", "text": FRAME}
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            frame = {"type": "http.response.body", "body": FRAME.encode(), "more_body": True}
        try:
            while await self._goes_on(receive, scope["type"]):
                await send(frame)
                self.frames += 1
        except OSError:
            pass
        finally:
            self.ended.set()

    async def _goes_on(self, receive: Any, kind: str) -> bool:
        if kind == "websocket":
            await asyncio.sleep(0)  # the client lives on the same loop
            return True
        try:
            async with asyncio.timeout(0.001):
                return bool((await receive())["type"] != "http.disconnect")
        except TimeoutError:
            return True


@asynccontextmanager
async def serving(app: Any, http: type[AbortableHttp] = ImpatientHttp) -> AsyncIterator[int]:
    """uvicorn, in a task; gives the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=http,
        ws=ImpatientWebSocket,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    await eventually(lambda: server.started)
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task


@pytest.mark.parametrize("transport", ["http", "websocket"])
async def test_a_client_that_stops_reading_is_let_go(transport: str) -> None:
    app = Flood()
    async with serving(app) as port:
        frozen = socket.create_connection(("127.0.0.1", port))
        upgrade = (
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        )
        extra = upgrade if transport == "websocket" else ""
        frozen.sendall(f"GET / HTTP/1.1\r\nHost: here\r\n{extra}\r\n".encode())
        await asyncio.wait_for(app.ended.wait(), 20)
        frozen.close()


async def test_one_that_reads_is_not() -> None:
    app = Flood()
    async with (
        serving(app) as port,
        connect(f"ws://127.0.0.1:{port}/", proxy=None, max_size=None) as client,
    ):
        async with asyncio.timeout(20):
            for _ in range(200):
                assert await client.recv() == FRAME
        assert not app.ended.is_set()


async def test_an_application_can_end_a_connection_at_once() -> None:
    app = Flood()
    async with serving(app) as port, connect(f"ws://127.0.0.1:{port}/", proxy=None) as client:
        await client.recv()
        app.abort()
        await asyncio.wait_for(client.wait_closed(), 20)
        assert client.close_code == 1006


# --- clients that don't get to the end of what they ask -------------------------------------------


class Plain:
    """Answers at once, without looking at what it is sent."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\naGET / HT",
    ],
    ids=["nothing", "line", "header", "body", "chunk", "second"],
)
async def test_a_request_without_an_end_ends_its_connection(said: bytes) -> None:
    async with serving(Plain()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):
                answer = await reader.read()
                assert answer.startswith(b"HTTP/1.1 200") or not answer
        writer.close()


async def test_a_connection_in_use_stays() -> None:
    async with serving(Plain(), PatientHttp) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            for piece in (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n", b"\r\na", b"b"):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(PatientHttp.head_seconds / 6)  # what is tested is time
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        writer.close()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: 1\r\n" * 5_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Endless: " + b"a" * 1_000_000,
    ],
    ids=["address", "header", "headers", "endless"],
)
async def test_a_head_that_is_too_large_is_refused(head: bytes) -> None:
    async with serving(Plain()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        with suppress(ConnectionResetError):
            assert (await reader.read()).startswith(b"HTTP/1.1 431")
        writer.close()
