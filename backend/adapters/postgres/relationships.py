"""Relationships, their ledger, and reply contexts in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import Owner, Relationship, RelationshipChange, ReplyContext


class PostgresRelationships:
    """Implements `Relationships`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, owner: Owner, *, for_update: bool = False) -> Relationship:
        stored = await self._session.get(
            Relationship, (owner.character_id, owner.user_id), with_for_update=for_update
        )
        return stored or Relationship(character_id=owner.character_id, user_id=owner.user_id)

    async def save(self, relationship: Relationship) -> None:
        await self._session.merge(relationship)
        await self._session.flush()

    async def add_change(self, change: RelationshipChange) -> None:
        self._session.add(change)
        await self._session.flush()

    async def changes(
        self,
        owner: Owner,
        *,
        since: datetime | None = None,
        before: datetime | None = None,
        limit: int,
    ) -> list[RelationshipChange]:
        query = (
            select(RelationshipChange)
            .where(
                col(RelationshipChange.character_id) == owner.character_id,
                col(RelationshipChange.user_id) == owner.user_id,
                col(RelationshipChange.undone).is_(False),
            )
            .order_by(col(RelationshipChange.id).desc())
            .limit(limit)
        )
        if since:
            query = query.where(col(RelationshipChange.created_at) >= since)
        if before:
            query = query.where(col(RelationshipChange.created_at) < before)
        return list(await self._session.exec(query))


class PostgresContexts:
    """Implements `Contexts`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self, context: ReplyContext) -> None:
        await self._session.merge(context)
        await self._session.flush()

    async def get(self, message_id: UUID) -> ReplyContext | None:
        return await self._session.get(ReplyContext, message_id)
