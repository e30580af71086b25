"""Looking in PostgreSQL for what should be gone. Counts, for the receipts of forgetting."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import forms_of
from backend.models import Owner

# An emptied row that waits for the index to come back holds no words.
_OF_MEMORIES = text("""
    WITH conversations AS (
        SELECT id FROM conversation WHERE character_id = :character_id AND user_id = :user_id
    )
    SELECT
        (SELECT count(*) FROM memory
         WHERE character_id = :character_id AND user_id = :user_id
           AND (content <> '' OR index_text <> '' OR sealed IS NOT NULL)
           AND (id = ANY(CAST(:memories AS uuid[]))
                OR (kind <> 'episode' AND content_hash = ANY(CAST(:hashes AS text[])))
                OR (kind = 'episode' AND source_message_ids && CAST(:quoted AS uuid[]))
                OR source_message_ids && CAST(:cited AS uuid[])))
      + (SELECT count(*) FROM memory_revision AS revision
         WHERE revision.memory_id = ANY(CAST(:memories AS uuid[]))
            OR (revision.source_message_ids && CAST(:cited AS uuid[])
                AND revision.memory_id IN (
                    SELECT id FROM memory
                    WHERE character_id = :character_id AND user_id = :user_id)))
      + (SELECT count(*) FROM reply_context
         WHERE conversation_id IN (SELECT id FROM conversations) AND (
             EXISTS (SELECT 1 FROM jsonb_array_elements(recent_messages) AS item
                     WHERE item->>'messageId' = ANY(CAST(:quoted AS text[])))
             OR EXISTS (SELECT 1 FROM jsonb_array_elements(active_memories) AS item
                        WHERE item->>'memoryId' = ANY(CAST(:memories AS text[])))))
      + (SELECT count(*) FROM message
         WHERE id = ANY(CAST(:cited AS uuid[])) AND (content <> '' OR sealed IS NOT NULL)
           AND conversation_id IN (SELECT id FROM conversations))
      + (SELECT count(*) FROM message_variant WHERE message_id = ANY(CAST(:cited AS uuid[])))
""")

_OF_OWNER = text("""
    SELECT
        (SELECT count(*) FROM memory
         WHERE character_id = :character_id AND user_id = :user_id
           AND (content <> '' OR index_text <> '' OR sealed IS NOT NULL))
      + (SELECT count(*) FROM memory_revision WHERE memory_id IN (
             SELECT id FROM memory WHERE character_id = :character_id AND user_id = :user_id))
      + (SELECT count(*) FROM reply_context WHERE conversation_id IN (
             SELECT id FROM conversation WHERE character_id = :character_id AND user_id = :user_id))
""")


class PostgresTraces:
    """Implements `Traces`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_memories(
        self,
        owner: Owner,
        memory_ids: Sequence[UUID],
        *,
        hashes: Sequence[str] = (),
        quoted: Sequence[UUID] = (),
        cited: Sequence[UUID] = (),
    ) -> int:
        wanted: Mapping[str, Any] = {
            "memories": list(memory_ids),
            "hashes": forms_of(self._session, hashes),
            "quoted": list(quoted),
            "cited": list(cited),
        }
        return await self._count(_OF_MEMORIES, owner, wanted)

    async def of_owner(self, owner: Owner) -> int:
        return await self._count(_OF_OWNER, owner)

    async def _count(
        self, statement: Any, owner: Owner, wanted: Mapping[str, Any] | None = None
    ) -> int:
        connection = await self._session.connection()
        whose = {"user_id": owner.user_id, "character_id": owner.character_id}
        found = await connection.execute(statement, {**whose, **(wanted or {})})
        return int(found.scalar_one())
