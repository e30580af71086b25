"""Which messages wait to be formed into memory, in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, case, func, text, update
from sqlmodel import col
from sqlmodel import select as select_model
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.jobs import FORMATION_TASK, SUMMARY_TASK, JobQueue
from backend.adapters.postgres.known_memories import UUIDS
from backend.errors import Conflict
from backend.models import Conversation, Message, Owner
from backend.store import FormationState, Waiting

# A message is pending while it is unformed, or formed but not yet found by recall (a summary adds
# nothing to that: its messages are episodes already). A job of formation is parked while messages
# wait for it, one of a summary until a later one succeeds.
_STATE = text("""
    WITH mine AS (
        SELECT id, formed_seq, last_seq FROM conversation
        WHERE character_id = :character_id AND user_id = :user_id AND status <> 'deleted'
    ), pending AS (
        SELECT m.id FROM mine JOIN message m ON m.conversation_id = mine.id
        WHERE m.seq > mine.formed_seq AND m.deleted_at IS NULL
        UNION
        SELECT m.id FROM mine JOIN message m ON m.conversation_id = mine.id AND m.form_again
        UNION
        SELECT unnest(source_message_ids) FROM memory
        WHERE character_id = :character_id AND user_id = :user_id
          AND status = 'active' AND index_state <> 'synced' AND kind <> 'summary'
    )
    SELECT
        (SELECT count(*) FROM pending),
        (SELECT count(*) FROM procrastinate_jobs
         WHERE status = 'failed' AND args->>'conversation_id' IN (
             SELECT id::text FROM mine WHERE task_name = :summary
             UNION ALL
             SELECT id::text FROM mine WHERE task_name = :formation AND (
                 formed_seq < last_seq
                 OR EXISTS (SELECT 1 FROM message AS m
                            WHERE m.conversation_id = mine.id AND m.form_again)))),
        (SELECT max(created_at) FROM memory
         WHERE character_id = :character_id AND user_id = :user_id AND kind <> 'episode')
""")


_WAITING = text("""
    SELECT
        count(*) FILTER (WHERE message.seq > conversation.formed_seq),
        coalesce(sum(length(message.content) + coalesce(octet_length(message.sealed), 0))
                 FILTER (WHERE message.seq > conversation.formed_seq), 0),
        count(*) FILTER (WHERE message.form_again),
        EXISTS (SELECT 1 FROM procrastinate_jobs
                WHERE status = 'failed' AND task_name = :task
                  AND args->>'conversation_id' = CAST(:conversation_id AS text))
    FROM conversation JOIN message ON message.conversation_id = conversation.id
    WHERE conversation.id = CAST(:conversation_id AS uuid)
      AND (message.seq > conversation.formed_seq OR message.form_again)
""")
_ADVANCE = text("""
    WITH unparked AS (
        DELETE FROM procrastinate_jobs
        WHERE status = 'failed' AND task_name = :task
          AND args->>'conversation_id' = CAST(:conversation_id AS text)
    )
    UPDATE conversation SET formed_seq = :to_seq
    WHERE id = CAST(:conversation_id AS uuid) AND formed_seq = :from_seq
    RETURNING id
""")
# Made for every batch, so built once: building takes longer than running them. While a turn runs, what it
# answers isn't ruled on yet; the turn asks for formation at its end.
_RULED_ON = case(
    (col(Conversation.turn_lease_until) > func.now(), col(Conversation.answered_seq)),
    else_=col(Conversation.last_seq),
)
_UNFORMED = (
    select_model(Message)
    .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
    .where(
        col(Message.conversation_id) == bindparam("in_conversation"),
        col(Message.seq) > col(Conversation.formed_seq),
        col(Message.seq) <= _RULED_ON,
    )
    .order_by(col(Message.seq))
    .limit(bindparam("most"))
)
_CHANGED = (
    select_model(Message)
    .where(
        col(Message.conversation_id) == bindparam("in_conversation"),
        col(Message.form_again).is_(True),
    )
    .order_by(col(Message.seq))
    .limit(bindparam("most"))
)
_AS_THEY_ARE = (
    select_model(Message)
    .where(col(Message.id) == any_(bindparam("ids", type_=UUIDS)))
    .execution_options(populate_existing=True)
)


class FormationQueue:
    """Implements `Formation`."""

    def __init__(self, session: AsyncSession, jobs: JobQueue) -> None:
        self._session = session
        self._jobs = jobs

    async def enqueue(self, conversation_id: UUID, *, delay_seconds: float) -> None:
        await self._jobs.enqueue(self._session, FORMATION_TASK, conversation_id, delay_seconds)

    async def waiting(self, conversation_id: UUID) -> Waiting:
        connection = await self._session.connection()
        found = await connection.execute(
            _WAITING, {"conversation_id": conversation_id, "task": FORMATION_TASK}
        )
        messages, characters, again, parked = found.one()
        return Waiting(messages, characters, again, parked)

    async def unformed(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        values = {"in_conversation": conversation_id, "most": limit}
        return list(await self._session.exec(_UNFORMED, params=values))

    async def changed(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        values = {"in_conversation": conversation_id, "most": limit}
        messages = list(await self._session.exec(_CHANGED, params=values))
        return [
            message
            for place, message in enumerate(messages)
            if message.seq == messages[0].seq + place
        ]

    async def ask_again(self, message_ids: Sequence[UUID]) -> None:
        await self._set_form_again(message_ids, wanted=True)

    async def _set_form_again(self, message_ids: Sequence[UUID], *, wanted: bool) -> None:
        await self._session.exec(
            update(Message)
            .where(col(Message.id).in_(message_ids), col(Message.form_again).is_not(wanted))
            .values(form_again=wanted)
            .execution_options(synchronize_session=False)
        )

    async def confirm(self, messages: Sequence[Message]) -> None:
        values = {"ids": [message.id for message in messages]}
        found = await self._session.exec(_AS_THEY_ARE, params=values)
        now = {message.id: _as_read(message) for message in found}
        if any(now.get(message.id) != _as_read(message) for message in messages):
            raise Conflict("A message was changed, forgotten or formed since it was read.")
        if again := [message.id for message in messages if message.form_again]:
            await self._set_form_again(again, wanted=False)

    async def advance(self, conversation_id: UUID, *, from_seq: int, to_seq: int) -> None:
        connection = await self._session.connection()
        advanced = await connection.execute(
            _ADVANCE,
            {
                "conversation_id": str(conversation_id),
                "from_seq": from_seq,
                "to_seq": to_seq,
                "task": FORMATION_TASK,
            },
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
                "formation": FORMATION_TASK,
                "summary": SUMMARY_TASK,
            },
        )
        pending, parked, formed_at = found.one()
        return FormationState(pending, parked, formed_at)


def _as_read(message: Message) -> tuple[object, ...]:
    """What a run has read of a message, and would read otherwise after any change."""
    return message.content, message.deleted_at, message.forgotten_at, message.form_again
