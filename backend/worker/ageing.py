"""Retention, round after round. Rounds of several processes share the work: each row is one's."""

import asyncio
from datetime import timedelta

import structlog

from backend.errors import KeepsakeError
from backend.memory.message_retention import delete_old_messages
from backend.memory.resources import MemoryResources
from backend.memory.retention import expire_old
from backend.models import EXPORT_KEPT_FOR, KEPT_FOR, utc_now
from backend.monitoring.metrics import DELETED, EXPIRED

log = structlog.get_logger(__name__)

# A loop, not a cron job of the queue: that one would never come due on a machine that is switched
# on for minutes at a time.
ROUND_SECONDS = 3600.0


async def let_age(
    resources: MemoryResources, period: timedelta, messages_for: timedelta | None = None
) -> None:
    """Expire memories older than the period, delete messages older than theirs (None: they are kept),
    and drop kept answers and exports, now and every hour, until cancelled."""
    while True:
        try:
            EXPIRED.inc(await expire_old(resources, period))
            if messages_for:
                DELETED.inc(await delete_old_messages(resources, messages_for))
            async with resources.store.transaction() as tx:
                await tx.kept_answers.forget_older(KEPT_FOR)
                await tx.exports.forget_older(utc_now() - EXPORT_KEPT_FOR)
        except KeepsakeError as error:
            log.warning("retention.failed", code=error.code)
        await asyncio.sleep(ROUND_SECONDS)
