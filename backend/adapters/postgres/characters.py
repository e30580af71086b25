"""Characters in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from backend.models import Character, Conversation, Relationship


class PostgresCharacters:
    """Implements `Characters`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, character: Character) -> None:
        self._session.add(character)
        await self._session.flush()

    async def add_missing(self, characters: Sequence[Character]) -> None:
        rows = [character.model_dump() for character in characters]
        await self._session.exec(insert(Character).values(rows).on_conflict_do_nothing())

    async def get(self, character_id: UUID) -> Character | None:
        return await self._session.get(Character, character_id)

    async def visible(
        self, character_id: UUID, viewer: UUID, *, lock: bool = False
    ) -> Character | None:
        query = _visible_to(viewer).where(col(Character.id) == character_id)
        found = await self._session.exec(query.with_for_update() if lock else query)
        return found.first()

    async def visible_with_relationship(
        self, character_id: UUID, viewer: UUID
    ) -> tuple[Character, Relationship | None] | None:
        theirs = and_(
            col(Relationship.character_id) == col(Character.id),
            col(Relationship.user_id) == viewer,
        )
        found = await self._session.exec(
            select(Character, Relationship)
            .outerjoin(Relationship, theirs)
            .where(_visibility(viewer), col(Character.id) == character_id)
        )
        row = found.first()
        return (row[0], row[1]) if row else None

    async def page(self, viewer: UUID, *, limit: int, after: UUID | None) -> list[Character]:
        query = (
            _visible_to(viewer)
            .where(or_(col(Character.blocked_at).is_(None), col(Character.owner_id) == viewer))
            .options(defer(Character.card, raiseload=True))  # type: ignore[arg-type]
            .order_by(col(Character.id))
            .limit(limit)
        )
        if after:
            query = query.where(col(Character.id) > after)
        return list(await self._session.exec(query))

    async def save(self, character: Character) -> None:
        await self._session.merge(character)
        await self._session.flush()


def _visible_to(viewer: UUID) -> SelectOfScalar[Character]:
    return select(Character).where(_visibility(viewer))


def _visibility(viewer: UUID) -> ColumnElement[bool]:
    """A blocked one is there for its owner, and for those who know it: what was said and remembered is
    still theirs to read and to delete."""
    known = exists().where(
        col(Conversation.character_id) == col(Character.id), col(Conversation.user_id) == viewer
    )
    public = and_(
        col(Character.visibility) == "public", or_(col(Character.blocked_at).is_(None), known)
    )
    return and_(col(Character.deleted_at).is_(None), or_(col(Character.owner_id) == viewer, public))
