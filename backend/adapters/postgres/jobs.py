"""Background jobs on procrastinate: a queue inside PostgreSQL, so that a job is stored in the
transaction of its cause, survives crashes, and is parked (status `failed`) after its retries."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import KeepsakeError
from backend.models import utc_now

FORMATION_TASK = "form_memory"
SUMMARY_TASK = "fold_summary"
ATTEMPTS = 4  # waits 4, 16 and 64 s between them, then the job is parked
STALLED_AFTER_SECONDS = 30.0
PARKED_SECONDS = 3600.0  # then a parked job has one more try
GRACE_SECONDS = 10.0  # for running jobs, when the process stops
RESUME_SECONDS = 1.0  # between a worker that lost its database and the next

JobHandler = Callable[[UUID], Awaitable[None]]  # given a conversation's id

log = structlog.get_logger(__name__)

# Straight into the table: the function of procrastinate fails where a job waits already, and a savepoint for
# that takes two round trips more. The triggers tell the workers either way.
_ENQUEUE = text("""
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, scheduled_at)
    VALUES ('default', :task, :lock, :lock,
            jsonb_build_object('conversation_id', CAST(:conversation_id AS text)),
            CASE WHEN :seconds > 0 THEN now() + make_interval(secs => :seconds) END)
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE
        SET scheduled_at = now() + make_interval(secs => :seconds)
        WHERE procrastinate_jobs.attempts = 0
          AND procrastinate_jobs.scheduled_at > now() + make_interval(secs => :seconds)
""")
_PARKED = """
    SELECT id FROM procrastinate_jobs AS job
    WHERE status = 'failed' AND NOT EXISTS (
        SELECT 1 FROM procrastinate_events AS event
        WHERE event.job_id = job.id AND event.at > now() - make_interval(secs => %(seconds)s))
"""
_PROBLEM = """
    INSERT INTO procrastinate_job_problem (job_id, code, reason)
    VALUES (%(job_id)s, %(code)s, %(reason)s)
    ON CONFLICT (job_id) DO UPDATE SET code = EXCLUDED.code, reason = EXCLUDED.reason, at = now()
"""
_HAND_OVER = """
    UPDATE procrastinate_jobs
    SET attempts = greatest(attempts, %(attempts)s), scheduled_at = greatest(scheduled_at, %(at)s)
    WHERE queueing_lock = %(lock)s AND status = 'todo'
"""


class _Jobs(JobManager):
    """Where a job is to be tried again and another waits for the same already, that one takes over its
    tries. Two can't wait, and the first would be under way by the books for ever, keeping the second
    from ever being begun."""

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        try:
            await super().retry_job(job, retry_at, priority, queue, lock)
        except UniqueViolation:
            await self.connector.execute_query_async(
                _HAND_OVER,
                attempts=job.attempts + 1,
                at=retry_at or utc_now(),
                lock=job.queueing_lock,
            )
            await self.finish_job(job, Status.FAILED, delete_job=True)


class JobQueue:
    """Defers jobs, and runs them where `run_worker` is awaited."""

    def __init__(self, url: str) -> None:
        self._app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
        self._app.job_manager = _Jobs(self._app.connector)
        self._handlers: Mapping[str, JobHandler] = {}
        for name in (FORMATION_TASK, SUMMARY_TASK):
            self._know(name)

    def _know(self, name: str) -> None:
        """Have the worker run a task by the handler of its name."""

        async def run(context: JobContext, conversation_id: str) -> None:
            try:
                await self._handlers[name](UUID(conversation_id))
            except Exception as error:
                await self._keep_problem(context.job.id, error)
                raise

        # Its "attempts" are the tries after the first.
        retry = RetryStrategy(max_attempts=ATTEMPTS - 1, exponential_wait=4)
        self._app.task(name=name, retry=retry, pass_context=True)(run)

    async def _keep_problem(self, job_id: int | None, error: Exception) -> None:
        """Why a job failed, for who looks after it. A defect's own words may quote what people said."""
        code, reason = "internal_error", type(error).__name__
        if isinstance(error, KeepsakeError):
            code, reason = error.code, error.message
        with suppress(ConnectorException):  # the job's own failure is what counts
            await self._app.connector.execute_query_async(
                _PROBLEM, job_id=job_id, code=code, reason=reason
            )

    async def open(self) -> None:
        """Connect. Needs the migrated schema only once jobs are deferred or run."""
        await self._app.open_async()

    async def close(self) -> None:
        """Close connections."""
        await self._app.close_async()

    async def enqueue(
        self, session: AsyncSession, name: str, conversation_id: UUID, delay_seconds: float = 0
    ) -> None:
        """Queue a job inside the session's transaction. Where one waits already, that one is enough;
        it comes no later than this one would have, unless it waits after a failure."""
        connection = await session.connection()
        await connection.execute(
            _ENQUEUE,
            {
                "task": name,
                "lock": f"{name}:{conversation_id}",
                "conversation_id": str(conversation_id),
                "seconds": delay_seconds,
            },
        )

    async def run_worker(
        self,
        handlers: Mapping[str, JobHandler],
        *,
        concurrency: int = 2,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        """Run jobs until cancelled, each by its task's handler; running ones get the grace time to end,
        and then go back to the queue. Goes on by itself when the database was away."""
        self._handlers = handlers
        while True:
            try:
                await self._app.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=grace_seconds,
                    fetch_job_polling_interval=2,
                    delete_jobs="successful",
                    listen_notify=True,
                )
            except ConnectorException as error:
                log.warning("jobs.interrupted", error=f"{type(error).__name__}: {error.__cause__}")
            await asyncio.sleep(RESUME_SECONDS)

    async def recover_stalled(
        self, *, seconds_since_heartbeat: float = STALLED_AFTER_SECONDS
    ) -> int:
        """Queue again the jobs whose worker died. Returns how many."""
        stalled = list(
            await self._app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=seconds_since_heartbeat
            )
        )
        for job in stalled:
            if job.id is not None and job.status == Status.DOING.value:
                await self._app.job_manager.retry_job(job)
        return len(stalled)

    async def take_up_parked(self, *, parked_for_seconds: float = PARKED_SECONDS) -> int:
        """Try jobs once more that were given up so long ago. Returns how many."""
        parked = await self._app.connector.execute_query_all_async(
            _PARKED, seconds=parked_for_seconds
        )
        taken_up = 0
        for job in parked:
            with suppress(UniqueViolation):  # another job for the same waits already
                await self._app.job_manager.retry_job_by_id_async(job["id"], retry_at=utc_now())
                taken_up += 1
        return taken_up
