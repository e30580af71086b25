"""Characters in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, exists
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.of_owner import taking_lock
from backend.models import Character, Conversation, Memory, Owner, Relationship, User
from backend.safety.policy import EXPLICIT_LEVEL

_WITH_USER = (  # read for every batch of formation, so built once
    select(Character, User)
    .join(User, col(User.id) == bindparam("user_id"))
    .where(col(Character.id) == bindparam("character_id"))
)


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
        query = select(Character).where(_visible_to(viewer), col(Character.id) == character_id)
        found = await self._session.exec(query.with_for_update() if lock else query)
        return found.first()

    async def known(
        self, character_id: UUID, viewer: UUID, *, lock: bool = False
    ) -> Character | None:
        wanted = _known_to(viewer), col(Character.id) == character_id
        if not lock:
            return (await self._session.exec(select(Character).where(*wanted))).first()
        taken = taking_lock(Owner(character_id, viewer).key)
        row = (await self._session.exec(select(Character, taken).where(*wanted))).first()
        return row[0] if row else None

    async def known_with_relationship(
        self, character_id: UUID, viewer: UUID
    ) -> tuple[Character, Relationship | None] | None:
        theirs = and_(
            col(Relationship.character_id) == col(Character.id),
            col(Relationship.user_id) == viewer,
        )
        found = await self._session.exec(
            select(Character, Relationship)
            .outerjoin(Relationship, theirs)
            .where(_known_to(viewer), col(Character.id) == character_id)
        )
        row = found.first()
        return (row[0], row[1]) if row else None

    async def with_user(self, owner: Owner) -> tuple[Character, User] | None:
        values = {"character_id": owner.character_id, "user_id": owner.user_id}
        row = (await self._session.exec(_WITH_USER, params=values)).first()
        return (row[0], row[1]) if row else None

    async def page(self, viewer: UUID, *, limit: int, after: UUID | None) -> list[Character]:
        query = (
            select(Character)
            .where(_visible_to(viewer))
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


def _visible_to(viewer: UUID) -> ColumnElement[bool]:
    """A blocked one, or a blocked user's, is there for its owner, and for those who have met it; so is one
    that may be explicit, if the viewer isn't confirmed as an adult."""
    by_blocked = exists().where(
        col(User.id) == col(Character.owner_id), col(User.blocked_at).is_not(None)
    )
    unblocked = and_(col(Character.blocked_at).is_(None), ~by_blocked)
    confirmed = exists().where(
        col(User.id) == viewer, col(User.adult_confirmed), col(User.said_minor_at).is_(None)
    )
    shown = and_(unblocked, or_(col(Character.nsfw_level) < EXPLICIT_LEVEL, confirmed))
    public = and_(col(Character.visibility) == "public", or_(shown, _has_met(viewer)))
    return and_(col(Character.deleted_at).is_(None), or_(col(Character.owner_id) == viewer, public))


def _known_to(viewer: UUID) -> ColumnElement[bool]:
    """Whatever becomes of a character, what was said to it and what it remembers is still theirs to read
    and to delete who have met it."""
    return or_(_visible_to(viewer), _has_met(viewer))


def _has_met(viewer: UUID) -> ColumnElement[bool]:
    """There is a conversation of the two, something that it remembers, or how they stand."""
    return or_(
        *(
            exists()
            .where(col(shared.character_id) == col(Character.id), col(shared.user_id) == viewer)
            .correlate(Character)
            for shared in (Conversation, Memory, Relationship)
        )
    )
