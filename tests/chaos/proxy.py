"""Between one client and the API processes: takes WebSockets in, opens one to a process for each, and
lets every frame meet its fate. Handshakes, of which a client could not repeat a part, are only
delayed or cut off."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import websockets
from websockets.asyncio.connection import Connection

from tests.chaos.plan import Fate, Part, fates

OPEN_SECONDS = 3.0
DELAY_SECONDS = 0.15
OVERTAKEN_SECONDS = 0.1  # how long a frame waits for the one that overtakes it
LOST_SECONDS = 0.7  # a lost frame's connection lives on for so long
MAX_FRAME_BYTES = 4 * 1024 * 1024

Frame = str | bytes


class FaultProxy:
    """The proxy of one client. `calm` ends all faults; `counts` has what became of the frames."""

    def __init__(self, seed: int, part: Part, ports: Sequence[int], counts: Counter[str]) -> None:
        self.calm = False
        self._seed = seed
        self._part = part
        self._ports = ports
        self._counts = counts
        self._connections = 0
        self._server: websockets.Server | None = None

    @property
    def url(self) -> str:
        """Where the client connects."""
        assert self._server is not None, "the proxy isn't open"
        return f"http://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await websockets.serve(
            self._relay,
            "127.0.0.1",
            0,
            ping_interval=None,
            max_size=MAX_FRAME_BYTES,
            compression=None,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close(code=1001)
        await self._server.wait_closed()

    async def _relay(self, client: websockets.ServerConnection) -> None:
        """One connection, from end to end. It goes to the processes in turn, as a balancer that
        doesn't know who is well would send it."""
        number = self._connections
        self._connections += 1
        port = self._ports[(number + self._part.user) % len(self._ports)]
        assert client.request is not None
        try:
            server = await websockets.connect(
                f"ws://127.0.0.1:{port}{client.request.path}",
                proxy=None,
                ping_interval=None,
                open_timeout=OPEN_SECONDS,
                close_timeout=0.2,
                max_size=MAX_FRAME_BYTES,
                compression=None,
            )
        except (OSError, TimeoutError, websockets.InvalidHandshake, websockets.InvalidMessage):
            self._counts["connections refused"] += 1
            client.transport.abort()
            return
        there = _Direction(
            self, client, server, fates(self._seed, self._part, number, to_server=True)
        )
        back = _Direction(
            self, server, client, fates(self._seed, self._part, number, to_server=False)
        )
        pumps = [asyncio.create_task(there.pump()), asyncio.create_task(back.pump())]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        server.transport.abort()
        if server.close_code is not None and client.state is websockets.State.OPEN:
            with suppress(websockets.WebSocketException, TimeoutError):
                await client.close(_sendable(server.close_code), server.close_reason or "")
        client.transport.abort()

    def count(self, what: str) -> None:
        """Count one thing that was done."""
        self._counts[what] += 1


class _Direction:
    """One direction of a connection; `pump` returns when it is over."""

    def __init__(
        self, proxy: FaultProxy, source: Connection, target: Connection, fates: Iterator[Fate]
    ) -> None:
        self._proxy = proxy
        self._source = source
        self._target = target
        self._fates = fates
        self._overtaken: Frame | None = None
        self._ends_at: float | None = None

    async def pump(self) -> None:
        with suppress(websockets.ConnectionClosed, OSError):
            while True:
                frame = await self._next()
                if frame is not None and await self._meet(frame) is Fate.CUT:
                    return
                if frame is None and self._over():
                    return

    async def _next(self) -> Frame | None:
        """The next frame; None if the one that waits must be sent, or the connection is to end."""
        waits = OVERTAKEN_SECONDS if self._overtaken is not None else None
        if self._ends_at is not None:
            left = self._ends_at - asyncio.get_running_loop().time()
            waits = max(0.0, left if waits is None else min(waits, left))
        try:
            return await asyncio.wait_for(self._source.recv(), waits)
        except TimeoutError:
            await self._send_overtaken()
            return None

    def _over(self) -> bool:
        return self._ends_at is not None and asyncio.get_running_loop().time() >= self._ends_at

    async def _meet(self, frame: Frame) -> Fate:
        fate = self._fate_of(frame)
        if fate is not Fate.PASS:
            self._proxy.count(f"frames {fate}")
        match fate:
            case Fate.CUT:
                return fate
            case Fate.DROP:
                self._ends_at = self._ends_at or asyncio.get_running_loop().time() + LOST_SECONDS
                return fate
            case Fate.OVERTAKEN if self._overtaken is None:
                self._overtaken = frame
                return fate
            case Fate.DELAY:
                await asyncio.sleep(DELAY_SECONDS)
            case Fate.DUPLICATE:
                await self._target.send(frame)
        await self._target.send(frame)
        self._proxy.count("frames")
        await self._send_overtaken()
        return fate

    async def _send_overtaken(self) -> None:
        frame, self._overtaken = self._overtaken, None
        if frame is not None:
            await self._target.send(frame)

    def _fate_of(self, frame: Frame) -> Fate:
        fate = next(self._fates)
        if self._proxy.calm or (fate not in (Fate.DELAY, Fate.CUT) and not repeatable(frame)):
            return Fate.PASS
        return fate


def repeatable(frame: Frame) -> bool:
    """Whether a frame is an event or an ack of the product's own, not part of a handshake or a
    heartbeat."""
    text = frame if isinstance(frame, str) else frame.decode(errors="replace")
    if text.startswith("{"):
        return not (text.startswith('{"event":"auth"') or '"userId"' in text[:60])
    return text.startswith(("42", "43"))


def _sendable(code: int) -> int:
    return code if code in (1000, 1001, 1011, 1012) or code >= 3000 else 1011
