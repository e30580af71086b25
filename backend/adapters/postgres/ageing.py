"""Which episodes and summaries have aged, and giving them up. Not by owner: age comes to everybody's."""

from datetime import datetime

from sqlalchemy import and_, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import Conversation, Memory, MemoryRevision, utc_now


async def expire(session: AsyncSession, older_than: datetime, *, limit: int) -> list[Memory]:
    """See `Memories.expire`."""
    aged = (
        select(Memory)
        .outerjoin(Conversation, col(Conversation.id) == col(Memory.conversation_id))
        .where(*_aged(older_than), ~_in_use(older_than))
        .order_by(col(Memory.created_at))
        .limit(limit)
        .with_for_update(of=Memory, skip_locked=True)
    )
    expired = list(await session.exec(aged))
    for memory in expired:
        memory.status, memory.index_state, memory.updated_at = "expired", "pending", utc_now()
        memory.valid_to = memory.updated_at
        session.add(
            MemoryRevision(
                memory_id=memory.id,
                action="expired",
                content=memory.content,
                sensitive=memory.sensitive,
            )
        )
    await session.flush()
    return expired


def _aged(older_than: datetime) -> tuple[ColumnElement[bool], ...]:
    """Came before a moment, and nothing has kept it alive since. What was imported came when it was
    imported, however old its words are."""
    return (
        col(Memory.status) == "active",
        col(Memory.kind).in_(("episode", "summary")),
        ~col(Memory.pinned),
        col(Memory.created_at) < older_than,
        col(Memory.last_reinforced) < older_than,
        col(Memory.reinforcement_count) <= 1,
    )


def _in_use(since: datetime) -> ColumnElement[bool]:
    """The summary that the prompts of a conversation still show."""
    return and_(
        col(Memory.kind) == "summary",
        func.coalesce(col(Conversation.last_message_at) >= since, False),
        col(Conversation.status) != "deleted",
    )
