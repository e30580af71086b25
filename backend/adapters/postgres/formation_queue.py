"""Which messages wait to be formed into memory, in PostgreSQL."""

from contextlib import suppress
from uuid import UUID

from procrastinate.exceptions import AlreadyEnqueued
from psycopg import AsyncConnection
from sqlalchemy import select, text, update
from sqlmodel import col
from sqlmodel import select as select_model
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.jobs import FORMATION_TASK, JobQueue
from backend.errors import Conflict
from backend.models import Conversation, Message, Owner
from backend.store import FormationState

# A message is pending while it is unformed, or formed but not yet found by recall.
_STATE = text("""
    WITH mine AS (
        SELECT id, formed_seq, last_seq FROM conversation
        WHERE character_id = :character_id AND user_id = :user_id AND status <> 'deleted'
    ), pending AS (
        SELECT m.id FROM mine JOIN message m ON m.conversation_id = mine.id
        WHERE m.seq > mine.formed_seq AND m.deleted_at IS NULL
        UNION
        SELECT unnest(source_message_ids) FROM memory
        WHERE character_id = :character_id AND user_id = :user_id
          AND status = 'active' AND index_state <> 'synced'
    )
    SELECT
        (SELECT count(*) FROM pending),
        (SELECT count(*) FROM procrastinate_jobs
         WHERE task_name = :task AND status = 'failed'
           AND args->>'conversation_id' IN (SELECT id::text FROM mine WHERE formed_seq < last_seq)),
        (SELECT max(created_at) FROM memory
         WHERE character_id = :character_id AND user_id = :user_id AND kind <> 'episode')
""")


class FormationQueue:
    """Implements `Formation`."""

    def __init__(self, session: AsyncSession, jobs: JobQueue) -> None:
        self._session = session
        self._jobs = jobs

    async def enqueue(self, conversation_id: UUID, *, delay_seconds: float) -> None:
        # The session's savepoint, not the driver's: that one would commit by itself where this is
        # the transaction's first statement.
        with suppress(AlreadyEnqueued):
            async with self._session.begin_nested():
                connection = await self._session.connection()  # only this sets the savepoint
                raw = await connection.get_raw_connection()
                driver: AsyncConnection = raw.driver_connection  # type: ignore[assignment]
                await self._jobs.defer_formation(driver, conversation_id, delay_seconds)

    async def unformed(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        formed = (
            select(col(Conversation.formed_seq))
            .where(col(Conversation.id) == conversation_id)
            .scalar_subquery()
        )
        found = await self._session.exec(
            select_model(Message)
            .where(col(Message.conversation_id) == conversation_id, col(Message.seq) > formed)
            .order_by(col(Message.seq))
            .limit(limit)
        )
        return list(found)

    async def preceding(self, conversation_id: UUID, seq: int, *, limit: int) -> list[Message]:
        found = await self._session.exec(
            select_model(Message)
            .where(
                col(Message.conversation_id) == conversation_id,
                col(Message.seq) < seq,
                col(Message.deleted_at).is_(None),
                col(Message.state) != "failed",
            )
            .order_by(col(Message.seq).desc())
            .limit(limit)
        )
        return list(found)[::-1]

    async def advance(self, conversation_id: UUID, *, from_seq: int, to_seq: int) -> None:
        advanced = await self._session.exec(
            update(Conversation)
            .where(
                col(Conversation.id) == conversation_id,
                col(Conversation.formed_seq) == from_seq,
            )
            .values(formed_seq=to_seq)
            .returning(col(Conversation.id))
            .execution_options(synchronize_session=False)
        )
        if advanced.scalar_one_or_none() is None:
            raise Conflict("These messages were formed into memory by another run.")

    async def state(self, owner: Owner) -> FormationState:
        connection = await self._session.connection()
        found = await connection.execute(
            _STATE,
            {
                "character_id": owner.character_id,
                "user_id": owner.user_id,
                "task": FORMATION_TASK,
            },
        )
        pending, parked, formed_at = found.one()
        return FormationState(pending, parked, formed_at)
