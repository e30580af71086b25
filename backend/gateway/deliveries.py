"""Which replies have reached their user.

A reply is stored as `delivered` where a connection of its process hears it. One that other processes'
connections hear is marked by them, all that came within half a second in one statement; one that nobody
hears, by the join that fetches it.
"""

import asyncio
from typing import Any
from uuid import UUID

import structlog

from backend.errors import KeepsakeError
from backend.gateway.hub import Hub
from backend.gateway.protocol import ServerEvent
from backend.store import Store

log = structlog.get_logger(__name__)

GATHERING_SECONDS = 0.5


class Deliveries:
    """Marks other processes' replies as delivered by this one."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._arrived: list[UUID] = []
        self._marking: asyncio.Task[None] | None = None
        hub.watch(self._hear)

    def _hear(self, room: str, event: str, data: dict[str, Any]) -> None:
        arrives = event == ServerEvent.MESSAGE_RECEIVED and self._hub.members(room)
        if not arrives or data["senderType"] != "character" or data["status"] != "sent":
            return
        self._arrived.append(UUID(data["id"]))
        if self._marking is None or self._marking.done():
            self._marking = asyncio.create_task(self._mark(), name="deliveries")

    async def _mark(self) -> None:
        while self._arrived:
            await asyncio.sleep(GATHERING_SECONDS)
            arrived, self._arrived = self._arrived, []
            try:
                async with self._store.transaction() as tx:
                    await tx.messages.mark_delivered(arrived)
            except KeepsakeError as error:  # reading them, or fetching them again, makes up for it
                log.warning("deliveries.unmarked", messages=len(arrived), code=error.code)
