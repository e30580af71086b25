"""One client on Socket.IO: what it is told, and how it ends."""

from typing import Any
from uuid import UUID

import structlog
from engineio.async_socket import AsyncSocket

from backend.gateway.flood import Allowance
from backend.gateway.outgoing import Outgoing
from backend.gateway.protocol import CutOff, ServerEvent
from backend.gateway.socketio_packets import TRANSPORT
from backend.gateway.socketio_server import NAMESPACE, SocketIOServer, end
from backend.monitoring.metrics import EVENTS_SENT, SLOW_READERS

log = structlog.get_logger(__name__)

_sent = EVENTS_SENT.labels(TRANSPORT)


class SocketIOConnection:
    """The library queues and writes; we look at the queue, and end it when it is too long."""

    def __init__(self, server: SocketIOServer, sid: str, user_id: UUID) -> None:
        self.user_id = user_id
        self.allowance = Allowance()
        self.ended = False  # by us: what such a client still sends is not heeded
        self._server = server
        self._sid = sid
        self._engine_id: str = server.manager.eio_sid_from_sid(sid, NAMESPACE)

    @property
    def closed(self) -> bool:
        """Whether there is no client to tell anything any more."""
        return self.ended or self._engine() is None

    async def send(self, event: str, data: dict[str, Any]) -> None:
        """See `Connection.send`."""
        await self.deliver(Outgoing(event, data))

    async def deliver(self, outgoing: Outgoing) -> None:
        """See `Connection.deliver`. Before the client has heard that it is connected there is nothing
        that it could take in."""
        if self.ended or not self._server.manager.is_connected(self._sid, NAMESPACE):
            return
        if await self.ends_as_slow():
            return
        _sent.inc()
        await self._server.eio.send_packet(self._engine_id, outgoing.packet)

    async def ends_as_slow(self) -> bool:
        """End the connection if the client reads too slowly. Returns whether it has ended."""
        engine = self._engine()
        if engine is None or not engine.queue.overfull:
            return engine is None
        log.info("socket.slow_reader", user_id=str(self.user_id))
        SLOW_READERS.labels(TRANSPORT).inc()
        self.ended = True
        engine.queue.clear()
        await end(engine)
        return True

    async def cut_off(self, why: CutOff) -> None:
        """Tell the client why, after what is queued for it, and disconnect it; its library doesn't
        connect again by itself."""
        if self.ended:
            return
        await self.send(ServerEvent.ERROR, why.data())
        self.ended = True
        await self._server.disconnect(self._sid)
        if engine := self._engine():
            await end(engine)

    def _engine(self) -> AsyncSocket | None:
        engine = self._server.eio.sockets.get(self._engine_id)
        return None if engine is None or engine.closed else engine
