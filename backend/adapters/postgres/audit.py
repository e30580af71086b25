"""The log of what admins did, in PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import AdminAction
from backend.store import AuditFilter


class PostgresAudit:
    """Implements `Audit`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(
        self,
        action: str,
        *,
        actor_id: UUID | None = None,
        target: tuple[str, UUID] | None = None,
        outcome: str = "done",
        **details: Any,
    ) -> None:
        target_type, target_id = target or (None, None)
        line = AdminAction(
            actor_id=actor_id,
            action=action,
            target_type=target_type,
            target_id=target_id,
            outcome=outcome,
            details=details,
        )
        await self._session.exec(insert(AdminAction).values(line.model_dump()))

    async def page(
        self, narrow: AuditFilter, *, limit: int, before: UUID | None
    ) -> list[AdminAction]:
        query = select(AdminAction).order_by(col(AdminAction.id).desc()).limit(limit)
        if narrow.actor_id:
            query = query.where(col(AdminAction.actor_id) == narrow.actor_id)
        if narrow.action:
            query = query.where(col(AdminAction.action) == narrow.action)
        if narrow.target_id:
            query = query.where(col(AdminAction.target_id) == narrow.target_id)
        if before:
            query = query.where(col(AdminAction.id) < before)
        return list(await self._session.exec(query))
