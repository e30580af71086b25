"""Messages from before there was a search are taken into its text index."""

import asyncio

import structlog

from backend.errors import ServiceUnavailable
from backend.store import Store

BATCH = 250  # rows of one transaction, a quarter of a second on a slow disk
PAUSE_SECONDS = 0.05  # so that who talks meanwhile doesn't wait
IDLE_SECONDS = 600.0  # processes of an earlier version may still be storing messages
OUTAGE_SECONDS = 30.0

log = structlog.get_logger(__name__)


async def read_languages(store: Store) -> None:
    """Forever: batch after batch while there are any, then a look now and then."""
    while True:
        try:
            async with store.transaction() as tx:
                read = await tx.searches.read_languages(limit=BATCH)
        except ServiceUnavailable as error:
            log.warning("search.reading_failed", code=error.code)
            await asyncio.sleep(OUTAGE_SECONDS)
            continue
        await asyncio.sleep(PAUSE_SECONDS if read else IDLE_SECONDS)
