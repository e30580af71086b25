"""The library's server, with bounds: how much may wait for a client, and how long nobody may stay."""

import asyncio
from typing import Any

import engineio
import socketio
from engineio.async_socket import AsyncSocket

from backend.gateway.outgoing import Outbox
from backend.gateway.protocol import AUTHENTICATION_SECONDS

NAMESPACE = "/"


class _Engine(engineio.AsyncServer):  # type: ignore[misc]
    def create_queue(self, *_arguments: Any, **_options: Any) -> Outbox:
        """What waits for one client."""
        return Outbox()


class SocketIOServer(socketio.AsyncServer):  # type: ignore[misc]
    """Its queues are bounded; a connection that doesn't say in time whose it is ends."""

    def _engineio_server_class(self) -> type[_Engine]:
        return _Engine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        self.start_background_task(self._see_that_it_signs_in, eio_sid)

    async def _see_that_it_signs_in(self, eio_sid: str) -> None:
        await asyncio.sleep(AUTHENTICATION_SECONDS)
        engine = self.eio.sockets.get(eio_sid)
        if engine and self.manager.sid_from_eio_sid(eio_sid, NAMESPACE) is None:
            await end(engine)


async def end(engine: AsyncSocket) -> None:
    """Close one connection of the library's lower layer once what is queued for it is written: a
    poll by its answer, a WebSocket as such. Clients that aren't told otherwise connect again."""
    if engine.upgraded:
        engine.queue.put_nowait(None)  # ends the writer, which closes
    else:
        await engine.close(wait=False)
