"""Relationships and their ledger in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, and_, bindparam, delete, or_, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import Owner, Relationship, RelationshipChange

# Read whenever something was said, so built once: building takes longer than running it.
_OF_OWNER = select(Relationship).where(
    col(Relationship.character_id) == bindparam("character_id"),
    col(Relationship.user_id) == bindparam("user_id"),
)


class PostgresRelationships:
    """Implements `Relationships`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, owner: Owner) -> Relationship:
        values = {"character_id": owner.character_id, "user_id": owner.user_id}
        stored = (await self._session.exec(_OF_OWNER, params=values)).one_or_none()
        return stored or Relationship(character_id=owner.character_id, user_id=owner.user_id)

    async def with_each(
        self, user_id: UUID, character_ids: Collection[UUID]
    ) -> dict[UUID, Relationship]:
        stored = await self._session.exec(
            select(Relationship).where(
                col(Relationship.user_id) == user_id,
                col(Relationship.character_id).in_(character_ids),
            )
        )
        fresh = {each: Relationship(character_id=each, user_id=user_id) for each in character_ids}
        return fresh | {each.character_id: each for each in stored}

    async def save(self, relationship: Relationship) -> None:
        self._session.add(relationship)

    async def add_change(self, change: RelationshipChange) -> None:
        self._session.add(change)

    async def changes(
        self, owner: Owner, *, within: Sequence[tuple[datetime, datetime]], limit: int
    ) -> list[RelationshipChange]:
        at = col(RelationshipChange.created_at)
        found = await self._session.exec(
            select(RelationshipChange)
            .where(
                *_of(owner),
                col(RelationshipChange.undone).is_(False),
                or_(*(and_(at >= since, at < before) for since, before in within)),
            )
            .order_by(col(RelationshipChange.id).desc())
            .limit(limit)
        )
        return list(found)

    async def page(
        self, owner: Owner, *, limit: int, before: UUID | None
    ) -> list[RelationshipChange]:
        query = (
            select(RelationshipChange)
            .where(*_of(owner))
            .order_by(col(RelationshipChange.id).desc())
            .limit(limit)
        )
        if before:
            query = query.where(col(RelationshipChange.id) < before)
        return list(await self._session.exec(query))

    async def deltas(self, owner: Owner) -> list[dict[str, float]]:
        found = await self._session.exec(
            select(RelationshipChange.delta)
            .where(*_of(owner), col(RelationshipChange.undone).is_(False))
            .order_by(col(RelationshipChange.id))
        )
        return [dict(delta) for delta in found]

    async def undo(self, owner: Owner, message_ids: Sequence[UUID]) -> int:
        return await self._undo(owner, col(RelationshipChange.message_id).in_(message_ids))

    async def undo_all(self, owner: Owner) -> int:
        return await self._undo(owner)

    async def delete(self, owner: Owner) -> None:
        await self._session.exec(delete(RelationshipChange).where(*_of(owner)))
        await self._session.exec(
            delete(Relationship).where(
                col(Relationship.character_id) == owner.character_id,
                col(Relationship.user_id) == owner.user_id,
            )
        )

    async def _undo(self, owner: Owner, *conditions: ColumnElement[bool]) -> int:
        undone = await self._session.exec(
            update(RelationshipChange)
            .where(*_of(owner), col(RelationshipChange.undone).is_(False), *conditions)
            .values(undone=True)
        )
        assert isinstance(undone, CursorResult)
        return undone.rowcount


def _of(owner: Owner) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        col(RelationshipChange.character_id) == owner.character_id,
        col(RelationshipChange.user_id) == owner.user_id,
    )
