"""Reports in PostgreSQL."""

from uuid import UUID

from sqlalchemy import Boolean, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import rows_of
from backend.models import Conversation, Message, ReplyContext, Report
from backend.store import Surroundings


class PostgresReports:
    """Implements `Reports`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def surroundings(
        self, user_id: UUID, message_id: UUID, *, before: int, after: int
    ) -> Surroundings | None:
        target = aliased(Message)
        found = await self._session.exec(
            select(Message, col(ReplyContext.decision), col(Conversation.character_id))
            .join(target, col(target.conversation_id) == col(Message.conversation_id))
            .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
            .outerjoin(ReplyContext, col(ReplyContext.message_id) == col(Message.id))
            .where(
                col(target.id) == message_id,
                col(Conversation.user_id) == user_id,
                col(Conversation.status) != "deleted",
                col(Message.seq).between(target.seq - before, target.seq + after),
                col(Message.deleted_at).is_(None),
                (col(Message.id) == target.id) | col(Message.forgotten_at).is_(None),
            )
            .order_by(col(Message.seq))
        )
        rows = found.all()
        reported = next((row for row in rows if row[0].id == message_id), None)
        if reported is None:
            return None
        return Surroundings(
            reported[2],
            reported[0],
            [message for message, _, _ in rows],
            {message.id: decision for message, decision, _ in rows if decision},
        )

    async def file(self, report: Report) -> tuple[Report, bool]:
        is_new = literal_column("(xmax = 0)", Boolean)
        filed = await self._session.exec(
            insert(Report)
            .values(rows_of(self._session, [report]))
            .on_conflict_do_update(
                index_elements=["user_id", "message_id"],
                set_={"user_id": report.user_id},  # nothing changes, but the row is returned
            )
            .returning(Report, is_new)
        )
        stored, added = filed.one()
        return stored, bool(added)

    async def earlier(self, user_id: UUID, message_id: UUID) -> Report | None:
        found = await self._session.exec(
            select(Report).where(
                col(Report.user_id) == user_id, col(Report.message_id) == message_id
            )
        )
        return found.first()

    async def get(self, report_id: UUID, *, for_update: bool = False) -> Report | None:
        query = select(Report).where(col(Report.id) == report_id)
        if for_update:  # and as it is now, also where it was read before
            query = query.with_for_update().execution_options(populate_existing=True)
        found = await self._session.exec(query)
        return found.first()

    async def page(self, *, limit: int, status: str | None, before: UUID | None) -> list[Report]:
        query = select(Report).order_by(col(Report.id).desc()).limit(limit)
        if status:
            query = query.where(col(Report.status) == status)
        if before:
            query = query.where(col(Report.id) < before)
        return list(await self._session.exec(query))

    async def save(self, report: Report) -> None:
        await self._session.merge(report)
        await self._session.flush()
