"""What people see of all that is remembered: page by page, and in figures."""

from uuid import UUID

from sqlalchemy import and_, func, or_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.of_owner import owned
from backend.adapters.postgres.sealed_search import MOST_SEARCHED, contains, sealed_ids
from backend.models import Memory, Owner
from backend.store import MemoryFilter


async def page(
    session: AsyncSession,
    owner: Owner,
    narrow: MemoryFilter,
    *,
    limit: int,
    before: UUID | None,
) -> list[Memory]:
    """See `Memories.page`."""
    wanted = select(Memory).where(*owned(owner), *_narrowing(narrow))
    if before:
        wanted = wanted.where(col(Memory.id) < before)
    if narrow.text:
        sealed = await sealed_ids(
            session, Memory, wanted, contains([narrow.text]), most=MOST_SEARCHED
        )
        in_clear = col(Memory.content).icontains(narrow.text, autoescape=True)
        wanted = wanted.where(or_(in_clear, col(Memory.id).in_(sealed)))
    found = await session.exec(wanted.order_by(col(Memory.id).desc()).limit(limit))
    return list(found)


async def tally(session: AsyncSession, owner: Owner) -> tuple[dict[str, int], Memory | None]:
    """See `Memories.tally`."""
    newest_first = aggregate_order_by(col(Memory.id), col(Memory.id).desc())
    counted = (
        select(
            col(Memory.kind).label("kind"),
            func.count().label("number"),
            func.array_agg(newest_first)[1].label("newest"),
        )
        .where(*owned(owner), col(Memory.status) == "active")
        .group_by(col(Memory.kind))
        .subquery()
    )
    is_newest = and_(col(Memory.id) == counted.c.newest, counted.c.kind == "summary")
    rows = await session.exec(
        select(counted.c.kind, counted.c.number, Memory)
        .select_from(counted)
        .outerjoin(Memory, is_newest)
    )
    found = rows.all()
    summaries = [memory for _, _, memory in found if memory]
    return {kind: number for kind, number, _ in found}, next(iter(summaries), None)


def _narrowing(narrow: MemoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrow.kinds:
        conditions.append(col(Memory.kind).in_(narrow.kinds))
    if narrow.category:
        conditions.append(col(Memory.category) == narrow.category)
    if narrow.status:
        conditions.append(col(Memory.status) == narrow.status)
    return conditions
