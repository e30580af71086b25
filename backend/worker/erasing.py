"""Finishes erasures that were cut off, and looks for each a last time."""

import asyncio

import structlog

from backend.errors import KeepsakeError
from backend.memory.resources import MemoryResources
from backend.privacy.erasing import erase_waiting

log = structlog.get_logger(__name__)

IDLE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0


async def finish_erasures(resources: MemoryResources) -> None:
    """Until cancelled: soon after each was begun, with growing pauses while something is down."""
    pause = IDLE_SECONDS
    while True:
        try:
            left = await erase_waiting(resources)
        except KeepsakeError as error:
            log.warning("erasure.failed", code=error.code)
            left = 1
        pause = min(LONGEST_PAUSE_SECONDS, pause * 2) if left else IDLE_SECONDS
        await asyncio.sleep(pause)
