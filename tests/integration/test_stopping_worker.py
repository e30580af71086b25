"""What becomes of a running job when its worker is told to stop."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from backend.adapters.postgres.jobs import FORMATION_TASK
from backend.bootstrap.background import until_stopped
from tests.support.system import System


class Job:
    """A job that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()
        self.done = False

    async def __call__(self, _conversation_id: UUID) -> None:
        self.begun.set()
        await self.let_go.wait()
        self.done = True


@asynccontextmanager
async def running(system: System, job: Job, *, grace_seconds: float) -> AsyncIterator[None]:
    """A worker that has begun the job; at the end of the block it has stopped."""
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=0)
    await system.jobs.open()
    work = system.jobs.run_worker({FORMATION_TASK: job}, grace_seconds=grace_seconds)
    worker = asyncio.create_task(until_stopped(work))
    try:
        await asyncio.wait_for(job.begun.wait(), 20)
        yield
        await asyncio.wait_for(worker, 20)
    finally:
        await system.jobs.close()


async def test_it_ends_within_the_grace_time(system: System) -> None:
    job = Job()
    async with running(system, job, grace_seconds=20):
        os.kill(os.getpid(), signal.SIGTERM)
        job.let_go.set()
    assert job.done
    assert await system.query("SELECT status FROM procrastinate_jobs") == []


async def test_or_it_goes_back_to_the_queue(system: System) -> None:
    job = Job()
    async with running(system, job, grace_seconds=0.1):
        os.kill(os.getpid(), signal.SIGTERM)
    assert not job.done
    assert await system.query("SELECT status FROM procrastinate_jobs") == [("todo",)]
