"""How the system as a whole is doing, counted in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.jobs import PARKED_SECONDS
from backend.store import LiveConversation, ParkedJob

# A reply that was written anew stands in its variants, each with what it cost.
_OVERVIEW = text("""
    WITH spent AS (
        SELECT details FROM message AS m
        WHERE sender_type = 'character'
          AND NOT EXISTS (SELECT 1 FROM message_variant WHERE message_id = m.id)
        UNION ALL
        SELECT details FROM message_variant
    ), by_state AS (
        SELECT kind, jsonb_object_agg(status, amount) AS states
        FROM (SELECT kind, status, count(*) AS amount FROM memory GROUP BY kind, status) AS each
        GROUP BY kind
    )
    SELECT jsonb_build_object(
        'users', (SELECT jsonb_build_object(
            'total', count(*),
            'admins', count(*) FILTER (WHERE role = 'admin'),
            'blocked', count(*) FILTER (WHERE blocked_at IS NOT NULL),
            'newThisWeek', count(*) FILTER (WHERE created_at > now() - interval '7 days'))
            FROM user_account),
        'activeUsers', (SELECT jsonb_build_object(
            'day', count(DISTINCT user_id)
                FILTER (WHERE last_message_at > now() - interval '1 day'),
            'week', count(DISTINCT user_id))
            FROM conversation WHERE last_message_at > now() - interval '7 days'),
        'characters', (SELECT jsonb_build_object(
            'total', count(*),
            'public', count(*) FILTER (WHERE visibility = 'public'),
            'blocked', count(*) FILTER (WHERE blocked_at IS NOT NULL))
            FROM character WHERE deleted_at IS NULL),
        'conversations', (SELECT jsonb_build_object(
            'total', count(*),
            'active', count(*) FILTER (WHERE status = 'active'),
            'archived', count(*) FILTER (WHERE status = 'archived'))
            FROM conversation WHERE status <> 'deleted'),
        'messages', (SELECT jsonb_build_object(
            'total', count(*),
            'today', count(*) FILTER (WHERE created_at > now() - interval '1 day'))
            FROM message WHERE deleted_at IS NULL),
        'memories', (SELECT coalesce(jsonb_object_agg(kind, states), '{}') FROM by_state),
        'tokens', (SELECT jsonb_build_object(
            'prompt', coalesce(sum((details->>'promptTokens')::bigint), 0),
            'completion', coalesce(sum((details->>'tokens')::bigint), 0))
            FROM spent),
        'reports', (SELECT coalesce(jsonb_object_agg(status, amount), '{}')
            FROM (SELECT status, count(*) AS amount FROM report GROUP BY status) AS each),
        'jobs', (SELECT coalesce(jsonb_object_agg(status, amount), '{}')
            FROM (SELECT status, count(*) AS amount FROM procrastinate_jobs GROUP BY status)
                AS each),
        'index', (SELECT jsonb_build_object(
            'role', role, 'name', name, 'model', model, 'dimension', dimension,
            'done', done, 'total', total, 'problem', problem)
            FROM index_collection WHERE role = 'live'),
        'schema', (SELECT version_num FROM alembic_version)
    )
""")

_MEMORY_HEALTH = text("""
    WITH behind AS (
        SELECT c.id, m.created_at FROM conversation AS c JOIN message AS m
            ON m.conversation_id = c.id AND m.seq > c.formed_seq AND m.deleted_at IS NULL
        WHERE c.formed_seq < c.last_seq AND c.status <> 'deleted'
        UNION ALL
        SELECT conversation_id, changed_at FROM message WHERE form_again
    ), jobs AS (
        SELECT task_name, jsonb_object_agg(status, amount) AS states
        FROM (SELECT task_name, status, count(*) AS amount
              FROM procrastinate_jobs GROUP BY task_name, status) AS each
        GROUP BY task_name
    )
    SELECT jsonb_build_object(
        'pendingMessages', (SELECT count(*) FROM behind),
        'conversationsBehind', (SELECT count(DISTINCT id) FROM behind),
        'oldestPendingAt', (SELECT min(created_at) FROM behind),
        'jobs', (SELECT coalesce(jsonb_object_agg(task_name, states), '{}') FROM jobs),
        'embeddings', (SELECT coalesce(jsonb_object_agg(index_state, amount), '{}')
            FROM (SELECT index_state, count(*) AS amount FROM memory
                  WHERE status = 'active' GROUP BY index_state) AS each),
        'collections', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'role', role, 'name', name, 'model', model, 'dimension', dimension,
            'done', done, 'total', total, 'problem', problem) ORDER BY id), '[]')
            FROM index_collection)
    )
""")

_PARKED = text("""
    SELECT job.id, job.task_name, CAST(job.args->>'conversation_id' AS uuid), job.attempts,
        parked_at, parked_at + make_interval(secs => :parked_for), problem.code, problem.reason
    FROM procrastinate_jobs AS job
        LEFT JOIN procrastinate_job_problem AS problem ON problem.job_id = job.id
        CROSS JOIN LATERAL (
            SELECT max(at) AS parked_at FROM procrastinate_events WHERE job_id = job.id) AS events
    WHERE job.status = 'failed'
    ORDER BY parked_at DESC NULLS LAST, job.id DESC
    LIMIT :limit
""")

# Two jobs for the same can't wait: a parked one whose work waits already has nothing left to do. Of
# several parked ones for the same the newest is taken; those without a lock are for nothing but themselves.
_RETRY = text("""
    WITH wanted AS (
        SELECT id, queueing_lock FROM procrastinate_jobs
        WHERE status = 'failed' AND (CAST(:job_id AS bigint) IS NULL OR id = :job_id)
        FOR UPDATE
    ), first AS (
        SELECT DISTINCT ON (queueing_lock, CASE WHEN queueing_lock IS NULL THEN id END) id
        FROM wanted
        WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS other
                          WHERE other.status = 'todo'
                            AND other.queueing_lock = wanted.queueing_lock)
        ORDER BY queueing_lock, CASE WHEN queueing_lock IS NULL THEN id END, id DESC
    ), dropped AS (
        DELETE FROM procrastinate_jobs
        WHERE id IN (SELECT id FROM wanted) AND id NOT IN (SELECT id FROM first)
        RETURNING id
    ), taken_up AS (
        UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = now()
        WHERE id IN (SELECT id FROM first)
        RETURNING id
    )
    SELECT id FROM taken_up UNION ALL SELECT id FROM dropped
""")

_LIVE = text("""
    SELECT id, user_id, character_id,
        CASE WHEN turn_lease_until >= now() THEN turn_lease_owner END,
        CASE WHEN turn_lease_until >= now() THEN turn_lease_until END
    FROM conversation
    WHERE turn_lease_until >= now()
       OR (id = ANY(CAST(:heard AS uuid[])) AND status <> 'deleted')
    ORDER BY turn_lease_until DESC NULLS LAST, last_message_at DESC NULLS LAST, id
    LIMIT :limit
""")


class PostgresOperation:
    """Implements `Operation`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def overview(self) -> dict[str, Any]:
        return await self._object(_OVERVIEW)

    async def memory_health(self) -> dict[str, Any]:
        return await self._object(_MEMORY_HEALTH)

    async def parked_jobs(self, *, limit: int) -> list[ParkedJob]:
        connection = await self._session.connection()
        found = await connection.execute(_PARKED, {"limit": limit, "parked_for": PARKED_SECONDS})
        return [ParkedJob(*row) for row in found]

    async def retry_parked(self, job_id: int | None) -> list[int]:
        connection = await self._session.connection()
        retried = await connection.execute(_RETRY, {"job_id": job_id})
        return sorted(row[0] for row in retried)

    async def live(self, heard: Sequence[UUID], *, limit: int) -> list[LiveConversation]:
        connection = await self._session.connection()
        found = await connection.execute(_LIVE, {"heard": list(heard), "limit": limit})
        return [LiveConversation(*row) for row in found]

    async def _object(self, statement: Any) -> dict[str, Any]:
        connection = await self._session.connection()
        answer: dict[str, Any] = (await connection.execute(statement)).scalar_one()
        return answer
