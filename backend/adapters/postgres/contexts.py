"""Reply contexts in PostgreSQL: kept with their replies, and rid of what was forgotten."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    CursorResult,
    and_,
    any_,
    bindparam,
    delete,
    literal,
    or_,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.known_memories import UUIDS
from backend.adapters.postgres.sealing import rows_of, sealing_of, write_anew
from backend.models import Conversation, Memory, Message, Owner, ReplyContext
from backend.store import Standing

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

_NEW = insert(ReplyContext)
_SAVE = _NEW.on_conflict_do_update(
    index_elements=[col(ReplyContext.message_id)], set_=dict(_NEW.excluded)
)
# Plain rows by one statement that is built once: whole records would be most of what T2 costs.
_STANDING = union_all(
    select(
        literal(True),
        col(Memory.id),
        or_(col(Memory.content) != "", col(Memory.sealed).is_not(None)),
        col(Memory.sensitive),
    ).where(
        col(Memory.character_id) == bindparam("character_id"),
        col(Memory.user_id) == bindparam("user_id"),
        col(Memory.id) == any_(bindparam("memory_ids", type_=UUIDS)),
    ),
    select(
        literal(False),
        col(Message.id),
        and_(col(Message.deleted_at).is_(None), col(Message.forgotten_at).is_(None)),
        col(Message.details).contains({"sensitive": True}),
    ).where(col(Message.id) == any_(bindparam("message_ids", type_=UUIDS))),
)


class PostgresContexts:
    """Implements `Contexts`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self, context: ReplyContext) -> None:
        # As a plain row: the session would read the one before first, and most replies have none.
        await self._session.exec(_SAVE, params=rows_of(self._session, [context]))

    async def standing(
        self, owner: Owner, *, memory_ids: Sequence[UUID], message_ids: Sequence[UUID]
    ) -> Standing:
        values = {
            "character_id": owner.character_id,
            "user_id": owner.user_id,
            "memory_ids": list(memory_ids),
            "message_ids": list(message_ids),
        }
        found = await self._session.exec(_STANDING, params=values)  # type: ignore[call-overload]
        rows = found.all()
        return Standing(
            frozenset(key for is_memory, key, there, _ in rows if is_memory and there),
            frozenset(key for is_memory, key, there, _ in rows if there and not is_memory),
            any(sensitive for *_, sensitive in rows),
        )

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

    async def delete_of(self, conversation_ids: Sequence[UUID]) -> int:
        deleted = await self._session.exec(
            delete(ReplyContext).where(col(ReplyContext.conversation_id).in_(conversation_ids))
        )
        assert isinstance(deleted, CursorResult)
        return deleted.rowcount
