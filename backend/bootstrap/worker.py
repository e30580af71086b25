"""The background work: memory jobs, the index sweep, retention."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog

from backend.adapters.postgres.jobs import FORMATION_TASK, SUMMARY_TASK, JobHandler, JobQueue
from backend.bootstrap.background import Loops
from backend.bootstrap.core import Core, open_core
from backend.bootstrap.language_model import build_summariser
from backend.errors import ConfigurationError
from backend.models import IndexCollection
from backend.settings import Provider, Settings
from backend.worker.ageing import let_age
from backend.worker.erasing import finish_erasures
from backend.worker.index_sync import sync_index
from backend.worker.rebuilding import build_when_asked
from backend.worker.ripeness import Ripeness
from backend.worker.search_words import read_languages
from backend.worker.tasks import FormationTask, Publish, SummaryTask

log = structlog.get_logger(__name__)

RIPENESS = Ripeness()
JOB_RECOVERY_SECONDS = 15.0


@asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[Coroutine[Any, Any, None]]:
    """The worker process; await what it gives to work until cancelled.

    Raises:
        ConfigurationError: the data is embedded, so the API process does this work.
    """
    if not (settings.database_url and settings.redis_url and settings.qdrant_url):
        raise ConfigurationError(
            "A separate worker needs DATABASE_URL, REDIS_URL and QDRANT_URL: with embedded services "
            "`keepsake serve` does the background work itself."
        )
    async with open_core(settings) as core:
        following: Loops = {"index books": core.collections.follow()}
        yield _all(following | worker_loops(settings, core, core.bus.publish))


async def _all(loops: Loops) -> None:
    async with asyncio.TaskGroup() as group:
        for loop in loops.values():
            group.create_task(loop)


def worker_loops(settings: Settings, core: Core, publish: Publish) -> Loops:
    formation = FormationTask(
        core.memory,
        core.extractor,
        publish,
        threshold=settings.fact_extraction_threshold,
        ripeness=None if settings.provider is Provider.OFFLINE else RIPENESS,
        window=settings.memory_context_window,
    )
    summaries = SummaryTask(
        core.memory, build_summariser(settings, core.model), publish, settings.memory_context_window
    )
    # Embedded, no other process can exist: what runs by the books died with the last one.
    alone = settings.embedded_database
    return {
        "jobs": _work_through_jobs(
            core.jobs, {FORMATION_TASK: formation.run, SUMMARY_TASK: summaries.run}, alone=alone
        ),
        "index sync": sync_index(core.memory),
        "search": read_languages(core.store),
        "erasures": finish_erasures(core.memory),
        "index build": build_when_asked(core.memory, core.collections, _builds(settings)),
        "retention": let_age(
            core.memory,
            timedelta(days=settings.memory_retention_days),
            _days(settings.message_retention_days),
        ),
    }


def _days(days: int | None) -> timedelta | None:
    return timedelta(days=days) if days else None


def _builds(settings: Settings) -> Callable[[IndexCollection], bool]:
    """Whoever has the index to itself builds whatever is asked for. Where processes share it, some may
    run with another EMBEDDING_MODEL, which may not even be there: each builds by its own."""
    alone = not settings.qdrant_url
    return lambda building: alone or building.source == settings.embedding_model


async def _work_through_jobs(
    jobs: JobQueue, handlers: Mapping[str, JobHandler], *, alone: bool
) -> None:
    if alone:
        await jobs.recover_stalled(seconds_since_heartbeat=0)
    async with asyncio.TaskGroup() as group:
        group.create_task(_recover_jobs(jobs))
        group.create_task(jobs.run_worker(handlers))


async def _recover_jobs(jobs: JobQueue) -> None:
    while True:
        await asyncio.sleep(JOB_RECOVERY_SECONDS)
        try:
            await jobs.recover_stalled()
            await jobs.take_up_parked()
        except Exception:  # the database may be away; the next round tries again
            log.exception("jobs.recovery_failed")


def quiet_seconds(settings: Settings) -> float:
    """Rules cost nothing, so they run at once; a model reads several turns per call."""
    return 0.0 if settings.provider is Provider.OFFLINE else RIPENESS.quiet_seconds
