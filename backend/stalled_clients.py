"""uvicorn's protocols, with an end for clients that stop reading, or never finish what they say.

Closing a connection politely waits until the client has read what is left, which a frozen one never
does: connection, buffers and handler would stay for ever. So would the connection of one that sends
its headers a byte at a time, and what it sends would pile up: the parser has no limit of its own.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STALLED_SECONDS = 30.0  # without taking 48 KiB
CLOSING_SECONDS = 12.0  # longer than uvicorn waits for a client's side of the closing handshake
GONE_SECONDS = 1.0
HEAD_SECONDS = 15.0  # for the request line and the headers; of a new connection, for the first too
HEAD_BYTES = 32 * 1024
LEFTOVER_SECONDS = 30.0  # for the rest of a body that was answered before its end

ABORT = "keepsake.abort"  # the ASGI extension that ends a connection at once

HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class _Deadline:
    """Aborts a connection when it passes; a later one takes the place of an earlier."""

    def __init__(self, protocol: "_Abortable") -> None:
        self._protocol = protocol
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """From now on."""
        self.clear()
        self._timer = self._protocol.loop.call_later(seconds, self._protocol.transport.abort)

    def clear(self) -> None:
        """It was met."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Abortable(asyncio.Protocol):
    """Aborts its connection when a deadline passes."""

    stalled_seconds = STALLED_SECONDS
    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._writing = _Deadline(self)

    def pause_writing(self) -> None:
        """The client has 64 KiB to read, and doesn't."""
        super().pause_writing()
        self._writing.set(self.stalled_seconds)

    def resume_writing(self) -> None:
        """It has read on."""
        super().resume_writing()
        self._writing.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, however it came."""
        self._writing.clear()
        super().connection_lost(exc)


class AbortableHttp(_Abortable, HttpToolsProtocol):
    """HTTP. A keep-alive connection that idles ends even if its last answer was never read, and one whose
    client is slow to ask, or asks at length, ends too."""

    head_seconds = HEAD_SECONDS
    leftover_seconds = LEFTOVER_SECONDS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reading = _Deadline(self)
        self._in_head = True
        self._head_bytes = 0  # so far, while in it
        self._head_too_large = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See uvicorn."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._reading.set(self.head_seconds)

    def data_received(self, data: bytes) -> None:
        """See uvicorn."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse_head()

    def on_message_begin(self) -> None:
        """See uvicorn."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._reading.set(self.head_seconds)

    def on_headers_complete(self) -> None:
        """See uvicorn."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            self._head_too_large = True
            raise ValueError("the head is too large")  # ends the parsing
        self._in_head = False
        self._reading.clear()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """See uvicorn."""
        self._reading.clear()
        super().on_message_complete()
        if self.cycle is not None and self.cycle.response_complete:
            self._reading.set(self.timeout_keep_alive)  # uvicorn forgets to, after a late body

    def on_response_complete(self) -> None:
        """See uvicorn."""
        super().on_response_complete()
        if self.cycle.more_body and not self._in_head:
            self._reading.set(self.leftover_seconds)

    def send_400_response(self, msg: str) -> None:
        """See uvicorn."""
        if self._head_too_large:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _refuse_head(self) -> None:
        self.transport.write(HEAD_TOO_LARGE)
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """See uvicorn."""
        self._reading.clear()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """See uvicorn."""
        super().timeout_keep_alive_handler()
        self._writing.set(CLOSING_SECONDS)


class AbortableWebSocket(_Abortable, WebSocketsSansIOProtocol):
    """WebSocket. Ends soon after its handler has, and when no ping is answered; the handler can end it
    at once by the extension `keepsake.abort`."""

    def keepalive_timeout(self) -> None:
        """See uvicorn."""
        super().keepalive_timeout()
        self._writing.set(GONE_SECONDS)

    async def run_asgi(self) -> None:
        """See uvicorn."""
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[ABORT] = {"abort": self.transport.abort}
        await super().run_asgi()
        if not self.disconnected:
            self._writing.set(CLOSING_SECONDS)
