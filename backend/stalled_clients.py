"""uvicorn's protocols, with an end for clients that stop reading.

Closing a connection politely waits until the client has read what is left, which a frozen one never
does: connection, buffers and handler would stay for ever.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STALLED_SECONDS = 30.0  # without taking 48 KiB
CLOSING_SECONDS = 12.0  # longer than uvicorn waits for a client's side of the closing handshake
GONE_SECONDS = 1.0

ABORT = "keepsake.abort"  # the ASGI extension that ends a connection at once


class _Abortable(asyncio.Protocol):
    """Aborts its connection when a deadline passes."""

    stalled_seconds = STALLED_SECONDS
    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _deadline: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client has 64 KiB to read, and doesn't."""
        super().pause_writing()
        self._abort_in(self.stalled_seconds)

    def resume_writing(self) -> None:
        """It has read on."""
        super().resume_writing()
        self._stay()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, however it came."""
        self._stay()
        super().connection_lost(exc)

    def _abort_in(self, seconds: float) -> None:
        self._stay()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stay(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class AbortableHttp(_Abortable, HttpToolsProtocol):
    """HTTP. A keep-alive connection that idles ends even if its last answer was never read."""

    def timeout_keep_alive_handler(self) -> None:
        """See uvicorn."""
        super().timeout_keep_alive_handler()
        self._abort_in(CLOSING_SECONDS)


class AbortableWebSocket(_Abortable, WebSocketsSansIOProtocol):
    """WebSocket. Ends soon after its handler has, and when no ping is answered; the handler can end it
    at once by the extension `keepsake.abort`."""

    def keepalive_timeout(self) -> None:
        """See uvicorn."""
        super().keepalive_timeout()
        self._abort_in(GONE_SECONDS)

    async def run_asgi(self) -> None:
        """See uvicorn."""
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[ABORT] = {"abort": self.transport.abort}
        await super().run_asgi()
        if not self.disconnected:
            self._abort_in(CLOSING_SECONDS)
