"""One client on /ws: what it is told, and how it ends."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from fastapi import WebSocket, WebSocketDisconnect

from backend.gateway.flood import Allowance
from backend.gateway.outgoing import Outbox, Outgoing, to_json
from backend.gateway.protocol import CloseCode, CutOff, ServerEvent
from backend.monitoring.metrics import EVENTS_SENT, SLOW_READERS

log = structlog.get_logger(__name__)

LAST_WORDS_SECONDS = 5.0  # for what is queued and the closing handshake; then the connection is cut
REASON_BYTES = 123  # what a close frame has room for

TRANSPORT = "websocket"
_sent = EVENTS_SENT.labels(TRANSPORT)


class PlainConnection:
    """Sending queues; a writer task drains the queue, so that a slow reader holds up nobody else."""

    def __init__(self, socket: WebSocket) -> None:
        self.user_id: UUID
        self.allowance = Allowance()
        self._socket = socket
        self._outbox = Outbox()
        self._writer: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether it is being closed from our side: what such a client still sends is not heeded."""
        return self._ending is not None

    async def send(self, event: str, data: dict[str, Any]) -> None:
        """See `Connection.send`."""
        await self.deliver(Outgoing(event, data))

    async def deliver(self, outgoing: Outgoing) -> None:
        """See `Connection.deliver`."""
        _sent.inc()
        self._queue(outgoing.frame)

    def acknowledge(self, number: int | str, data: dict[str, Any]) -> None:
        """Queue the ack of a client's frame."""
        self._queue(to_json({"event": "ack", "id": number, "data": data}))

    def open(self) -> "asyncio.Task[None]":
        """Begin to write what is queued, in a task."""
        self._writer = asyncio.create_task(self._write())
        return self._writer

    def gone(self) -> None:
        """The client has left: stop writing."""
        if self._writer:
            self._writer.cancel()

    async def cut_off(self, why: CutOff) -> None:
        """Tell the client why, after what is queued for it, and close."""
        await self.send(ServerEvent.ERROR, why.data())
        await self.close(why.close_code, why.code)

    async def close(self, code: int, reason: str) -> None:
        """Close once what is queued is written; a client that doesn't read that within 5 s is cut
        off. Of several calls the first one's code counts."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(code, reason))
        await asyncio.shield(self._ending)

    def _queue(self, text: str) -> None:
        if self.ended:
            return
        if self._outbox.overfull:
            log.info("socket.slow_reader", user_id=str(self.user_id))
            SLOW_READERS.labels(TRANSPORT).inc()
            self._outbox.clear()
            self._ending = asyncio.create_task(self._end(CloseCode.TOO_FAST, "slow reader"))
        else:
            self._outbox.put_nowait(text)

    async def _write(self) -> None:
        try:
            while (text := await self._outbox.get()) is not None:
                await self._socket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            log.debug("socket.closed_already")

    async def _end(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                self._outbox.put_nowait(None)
                await asyncio.wait([self._writer or self.open()])
                await self._socket.close(
                    code, reason.encode()[:REASON_BYTES].decode(errors="ignore")
                )
        except TimeoutError:
            self._abort()
        except (WebSocketDisconnect, RuntimeError):
            log.debug("socket.closed_already")

    def _abort(self) -> None:
        self.gone()
        self._socket.scope["extensions"]["keepsake.abort"]["abort"]()
