"""Connections of clients that stop reading end, whatever the application does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    stalled_seconds = 0.3


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
async def serving(app: Any) -> AsyncIterator[int]:
    """uvicorn, in a task; gives the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=ImpatientHttp,
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
