"""The reconciler: brings the vector index in step with Postgres whatever went wrong before."""

import asyncio
from datetime import timedelta

import structlog

from backend.errors import ServiceUnavailable
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.memory.settling import remove_emptied
from backend.models import utc_now
from backend.monitoring.metrics import INDEX_PENDING

log = structlog.get_logger(__name__)

BATCH = 256
IDLE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0
# A turn indexes its own memories a moment after storing them; don't do it twice.
SETTLE = timedelta(seconds=2)


async def sync_index(resources: MemoryResources) -> None:
    """Sweep forever: at once while there is work, with growing pauses while something is down."""
    pause = IDLE_SECONDS
    while True:
        try:
            swept = await sweep_once(resources)
        except ServiceUnavailable as error:
            log.warning("index.sweep_failed", code=error.code)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
        else:
            pause = 0 if swept == BATCH else IDLE_SECONDS
        await asyncio.sleep(pause)


async def sweep_once(resources: MemoryResources, *, settle: timedelta = SETTLE) -> int:
    """Bring one batch of rows in step; returns how many were found.

    Raises:
        EncoderUnavailable, IndexUnavailable, StoreUnavailable: the rows stay pending.
    """
    async with resources.store.transaction() as tx:
        rows = await tx.memories.unsynced(limit=BATCH, older_than=utc_now() - settle)
    INDEX_PENDING.set(len(rows))
    if not rows:
        return 0
    emptied = [row for row in rows if row.status == "retracted" and not row.content]
    await remove_emptied(resources, emptied)
    await index_memories(resources, [row for row in rows if row not in emptied])
    return len(rows)
