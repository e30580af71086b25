"""Reply contexts in PostgreSQL: kept with their replies, and rid of what was forgotten."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import CursorResult, delete, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import sealing_of, write_anew
from backend.models import Conversation, Owner, ReplyContext

SEALED_AT_A_TIME = 200  # contexts that are opened, changed and sealed again in one go

# Lists of objects, each rid of those whose id is forgotten. `left_out` holds ids and no words, but
# an id of what is no more leads nowhere.
_SCRUB = text("""
    UPDATE reply_context SET
        recent_messages = (
            SELECT coalesce(jsonb_agg(item ORDER BY place), '[]')
            FROM jsonb_array_elements(recent_messages) WITH ORDINALITY AS t(item, place)
            WHERE item->>'messageId' <> ALL(CAST(:messages AS text[]))
        ),
        active_memories = (
            SELECT coalesce(jsonb_agg(item ORDER BY place), '[]')
            FROM jsonb_array_elements(active_memories) WITH ORDINALITY AS t(item, place)
            WHERE item->>'memoryId' <> ALL(CAST(:memories AS text[]))
        ),
        left_out = (
            SELECT coalesce(jsonb_agg(item ORDER BY place), '[]')
            FROM jsonb_array_elements(left_out) WITH ORDINALITY AS t(item, place)
            WHERE item->>'memoryId' <> ALL(CAST(:memories AS text[]))
        )
    WHERE conversation_id IN (
        SELECT id FROM conversation WHERE character_id = :character_id AND user_id = :user_id
    ) AND (
        EXISTS (SELECT 1 FROM jsonb_array_elements(recent_messages) AS item
                WHERE item->>'messageId' = ANY(CAST(:messages AS text[])))
        OR EXISTS (SELECT 1 FROM jsonb_array_elements(active_memories || left_out) AS item
                   WHERE item->>'memoryId' = ANY(CAST(:memories AS text[])))
    )
    RETURNING message_id, sealed IS NOT NULL
""")

_FORGET_TOPICS = text("""
    UPDATE reply_context AS context SET state = jsonb_set(state, '{currentTopic}', 'null')
    FROM conversation
    WHERE conversation.id = context.conversation_id
      AND context.conversation_id = ANY(CAST(:conversations AS uuid[]))
      AND NOT coalesce(conversation.details->'topics', '[]') @> (state->'currentTopic')
      AND state->>'currentTopic' IS NOT NULL
""")


class PostgresContexts:
    """Implements `Contexts`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self, context: ReplyContext) -> None:
        await self._session.merge(context)
        await self._session.flush()

    async def get(self, message_id: UUID) -> ReplyContext | None:
        return await self._session.get(ReplyContext, message_id)

    async def scrub(
        self, owner: Owner, *, memory_ids: Sequence[UUID], message_ids: Sequence[UUID]
    ) -> int:
        connection = await self._session.connection()
        scrubbed = await connection.execute(
            _SCRUB,
            {
                "character_id": owner.character_id,
                "user_id": owner.user_id,
                "memories": [str(key) for key in memory_ids],
                "messages": [str(key) for key in message_ids],
            },
        )
        rows = scrubbed.all()
        await self._seal_anew([message_id for message_id, sealed in rows if sealed])
        return len(rows)

    async def _seal_anew(self, message_ids: Sequence[UUID]) -> None:
        """Of what the ids were taken out, take the words out of the seals, too."""
        for start in range(0, len(message_ids), SEALED_AT_A_TIME):
            chunk = message_ids[start : start + SEALED_AT_A_TIME]
            found = await self._session.exec(
                select(ReplyContext)
                .where(col(ReplyContext.message_id).in_(chunk))
                .execution_options(populate_existing=True)
            )
            for context in found:
                write_anew(context)
            await self._session.flush()

    async def forget_topics(self, conversation_ids: Sequence[UUID]) -> None:
        connection = await self._session.connection()
        await connection.execute(_FORGET_TOPICS, {"conversations": list(conversation_ids)})
        if sealing_of(self._session):
            for conversation_id in conversation_ids:
                await self._forget_sealed_topics(conversation_id)

    async def _forget_sealed_topics(self, conversation_id: UUID) -> None:
        conversation = await self._session.get(Conversation, conversation_id)
        topics = conversation.details.get("topics", []) if conversation else []
        last: UUID | None = None
        while True:
            wanted = select(ReplyContext).where(
                col(ReplyContext.conversation_id) == conversation_id,
                col(ReplyContext.key_id).is_not(None),
            )
            if last:
                wanted = wanted.where(col(ReplyContext.message_id) > last)
            contexts = list(
                await self._session.exec(
                    wanted.order_by(col(ReplyContext.message_id)).limit(SEALED_AT_A_TIME)
                )
            )
            for context in contexts:
                last = context.message_id
                if context.state.get("currentTopic") not in (None, *topics):
                    context.state = {**context.state, "currentTopic": None}
            await self._session.flush()
            if len(contexts) < SEALED_AT_A_TIME:
                return

    async def delete(self, message_id: UUID) -> None:
        await self._session.exec(
            delete(ReplyContext).where(col(ReplyContext.message_id) == message_id)
        )

    async def delete_of(self, conversation_ids: Sequence[UUID]) -> int:
        deleted = await self._session.exec(
            delete(ReplyContext).where(col(ReplyContext.conversation_id).in_(conversation_ids))
        )
        assert isinstance(deleted, CursorResult)
        return deleted.rowcount
