"""Background jobs on procrastinate: a queue inside PostgreSQL, so that a job is stored in the
transaction of its cause, survives crashes, and is parked (status `failed`) after its retries."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.jobs import Status
from psycopg import AsyncConnection

FORMATION_TASK = "form_memory"
FORMATION_ATTEMPTS = 4  # waits 4, 16 and 64 s between them, then the job is parked
STALLED_AFTER_SECONDS = 30.0

FormationHandler = Callable[[UUID], Awaitable[None]]


class JobQueue:
    """Defers jobs, and runs them where `run_worker` is awaited."""

    def __init__(self, url: str) -> None:
        self._app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
        self._handler: FormationHandler | None = None
        self._form_memory = self._app.task(
            name=FORMATION_TASK,
            # Its "attempts" are the tries after the first.
            retry=RetryStrategy(max_attempts=FORMATION_ATTEMPTS - 1, exponential_wait=4),
        )(self._run_formation)

    async def _run_formation(self, conversation_id: str) -> None:
        assert self._handler is not None, "run_worker sets the handler before any job runs"
        await self._handler(UUID(conversation_id))

    async def open(self) -> None:
        """Connect. Needs the migrated schema only once jobs are deferred or run."""
        await self._app.open_async()

    async def close(self) -> None:
        """Close connections."""
        await self._app.close_async()

    async def defer_formation(
        self, connection: AsyncConnection, conversation_id: UUID, delay_seconds: float
    ) -> None:
        """Queue formation inside `connection`'s transaction.

        Raises:
            AlreadyEnqueued: one waits already; the transaction can go on from a savepoint only.
        """
        lock = f"formation:{conversation_id}"
        task = self._form_memory.configure(
            lock=lock,
            queueing_lock=lock,
            schedule_in={"milliseconds": round(delay_seconds * 1000)}
            if delay_seconds > 0
            else None,
            connection=connection,
        )
        await task.defer_async(conversation_id=str(conversation_id))

    async def run_worker(self, handler: FormationHandler, *, concurrency: int = 2) -> None:
        """Run jobs until cancelled; running ones get a few seconds to end."""
        self._handler = handler
        await self._app.run_worker_async(
            concurrency=concurrency,
            install_signal_handlers=False,
            shutdown_graceful_timeout=10,
            fetch_job_polling_interval=2,
            delete_jobs="successful",
            listen_notify=True,
        )

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
