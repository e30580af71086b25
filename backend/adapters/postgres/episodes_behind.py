"""Which episodes stand behind a message, and may quote it: the next, and the next but one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.of_owner import owned
from backend.models import Memory, Owner

# What is quoted was said just before, or was followed by what was. Laterally, so that each next message
# is looked up by its number: a planner that doesn't know the table yet compares all with all otherwise.
_NEXT = """LATERAL (
            SELECT seq FROM message
            WHERE conversation_id = {0}.conversation_id AND seq > {0}.seq
              AND deleted_at IS NULL AND state <> 'failed'
            ORDER BY seq LIMIT 1
        )"""
_QUOTING = (
    text(f"""
    WITH just_before AS MATERIALIZED (
        SELECT said.id AS said, here.id, here.conversation_id, here.seq, following.seq AS next_seq
        FROM message AS said
        LEFT JOIN {_NEXT.format("said")} AS next ON true
        CROSS JOIN LATERAL (
            SELECT id, conversation_id, seq FROM message
            WHERE conversation_id = said.conversation_id
              AND seq BETWEEN said.seq AND coalesce(next.seq, said.seq)
            OFFSET 0
        ) AS here
        LEFT JOIN {_NEXT.format("here")} AS following ON true
        WHERE said.id = ANY(CAST(:said AS uuid[]))
    )
    SELECT just_before.said, answer.id AS later
    FROM just_before JOIN message AS answer ON answer.reply_to = just_before.id
    UNION
    SELECT just_before.said, follower.id
    FROM just_before
    CROSS JOIN LATERAL (
        SELECT id FROM message
        WHERE conversation_id = just_before.conversation_id AND reply_to IS NULL
          AND seq > just_before.seq AND seq <= just_before.next_seq
        OFFSET 0
    ) AS follower
    """)
    .columns(said=Uuid(), later=Uuid())
    .cte("quoting")
)
_LATER = func.array(select(_QUOTING.c.later).scalar_subquery())


async def read_behind(
    session: AsyncSession, owner: Owner, message_ids: Sequence[UUID]
) -> list[tuple[UUID, Memory]]:
    """See `Memories.behind`."""
    found = await session.exec(
        select(_QUOTING.c.said, Memory)
        .select_from(_QUOTING)
        .join(Memory, col(Memory.source_message_ids)[1] == _QUOTING.c.later)
        .where(
            *owned(owner),
            col(Memory.kind) == "episode",
            # Says the same, but there is an index for it.
            col(Memory.source_message_ids).overlap(_LATER),  # type: ignore[attr-defined]
        ),
        params={"said": list(message_ids)},
    )
    return [(row[0], row[1]) for row in found]
