"""Builds the collections that the books ask for, round after round."""

import asyncio
from collections.abc import Callable

import structlog

from backend.errors import KeepsakeError
from backend.memory.collections import LiveCollections
from backend.memory.reindexing import build
from backend.memory.resources import MemoryResources
from backend.models import IndexCollection

log = structlog.get_logger(__name__)

IDLE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


async def build_when_asked(
    resources: MemoryResources,
    collections: LiveCollections,
    is_ours: Callable[[IndexCollection], bool],
) -> None:
    """Build until cancelled: at once when asked, with growing pauses while something is down. `is_ours`
    says which builds this process takes on."""
    pause = IDLE_SECONDS
    while True:
        await asyncio.sleep(pause)
        building = collections.building
        if building is None or not is_ours(building):
            pause = IDLE_SECONDS
            continue
        try:
            await build(resources, collections)
            await collections.refresh()
        except KeepsakeError as error:
            log.warning("index.build_failed", code=error.code, reason=error.message)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
        else:
            pause = IDLE_SECONDS
