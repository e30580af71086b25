"""Which episodes stand behind a message, and may quote it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, union
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.of_owner import owned
from backend.models import Memory, Message, Owner

_SAID, _LATER, _NEXT = aliased(Message), aliased(Message), aliased(Message)
_ANSWERS: Any = (
    select(col(_SAID.id).label("said"), col(_LATER.id).label("later"))
    .select_from(_SAID)
    .join(_LATER, col(_LATER.reply_to) == _SAID.id)
)
_NEXT_SEQ = (
    select(func.min(_NEXT.seq))
    .where(
        col(_NEXT.conversation_id) == _SAID.conversation_id,
        col(_NEXT.seq) > _SAID.seq,
        col(_NEXT.deleted_at).is_(None),
        col(_NEXT.state) != "failed",
    )
    .correlate(_SAID)
    .scalar_subquery()
)
_FOLLOWS = (
    select(col(_SAID.id), col(_LATER.id))
    .select_from(_SAID)
    .join(_LATER, col(_LATER.conversation_id) == _SAID.conversation_id)
    .where(
        col(_LATER.reply_to).is_(None),
        col(_LATER.seq) > _SAID.seq,
        col(_LATER.seq) <= _NEXT_SEQ,
    )
)


async def read_behind(
    session: AsyncSession, owner: Owner, message_ids: Sequence[UUID]
) -> list[tuple[UUID, Memory]]:
    """See `Memories.behind`."""
    these = col(_SAID.id).in_(message_ids)
    behind = union(_ANSWERS.where(these), _FOLLOWS.where(these)).subquery()
    found = await session.exec(
        select(behind.c.said, Memory)
        .select_from(behind)
        .join(Memory, col(Memory.source_message_ids).contains(array([behind.c.later])))
        .where(*owned(owner), col(Memory.kind) == "episode")
    )
    return [(row[0], row[1]) for row in found]
