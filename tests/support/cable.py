"""A cable between a client and a server that a test can cut and plug in again.

async with Cable(server.port) as cable:
    cable.url                 # where the client connects
    cable.cut()               # all connections are gone, and no new ones come through
    cable.plug_in()
    cable.swallow_answers()   # what the server says gets lost, until it is cut and plugged in
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

PIECE = 64 * 1024


class Cable:
    """Relays TCP to a port of this machine. Cut off, it resets what is open and what comes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._plugged_in = True
        self._answers = True
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    @property
    def host(self) -> str:
        """Its address with the port."""
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def url(self) -> str:
        """The same as a URL."""
        return f"http://{self.host}"

    def cut(self) -> None:
        """Cut every connection without a word, and let none through from now on."""
        self._plugged_in = False
        for end in self._ends:
            end.transport.abort()

    def plug_in(self) -> None:
        """Let connections through again."""
        self._plugged_in = self._answers = True

    def swallow_answers(self) -> None:
        """Bring the server what the client says, and the client nothing."""
        self._answers = False

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._plugged_in:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        ends = {writer, there_writer}
        self._ends |= ends
        try:
            await asyncio.gather(
                _pump(reader, there_writer, lambda: True),
                _pump(there_reader, writer, lambda: self._answers),
            )
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()


async def _pump(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, passes: Callable[[], bool]
) -> None:
    with suppress(OSError):
        while piece := await source.read(PIECE):
            if passes():
                target.write(piece)
                await target.drain()
    target.close()
