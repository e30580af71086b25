"""Conversations in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, tuple_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from backend.adapters.postgres.sealing import PRIVATE, sealing_of
from backend.errors import NotFound
from backend.models import Character, Conversation, Owner, Relationship, User, utc_now

_PRIVATE = PRIVATE[Conversation].columns
# Read in every turn, so built once: building takes longer than running them.
_PARTICIPANTS = (
    select(User, Character, Relationship)
    .select_from(User)
    .join(Character, col(Character.id) == bindparam("character_id"))
    .outerjoin(
        Relationship,
        and_(
            col(Relationship.character_id) == col(Character.id),
            col(Relationship.user_id) == col(User.id),
        ),
    )
    .where(col(User.id) == bindparam("user_id"))
)

_BY_ID = select(Conversation).where(col(Conversation.id) == bindparam("the_id"))


class PostgresConversations:
    """Implements `Conversations`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, conversation: Conversation) -> None:
        self._session.add(conversation)
        await self._session.flush()

    async def get(self, conversation_id: UUID) -> Conversation | None:
        return (await self._session.exec(_BY_ID, params={"the_id": conversation_id})).first()

    async def of_user(
        self, conversation_id: UUID, user_id: UUID, *, for_update: bool = False
    ) -> Conversation | None:
        query = select(Conversation).where(
            col(Conversation.id) == conversation_id,
            col(Conversation.user_id) == user_id,
            col(Conversation.status) != "deleted",
        )
        found = await self._session.exec(query.with_for_update() if for_update else query)
        return found.first()

    async def to_speak_in(
        self, conversation_id: UUID, user_id: UUID
    ) -> tuple[Conversation, Character | None] | None:
        blocked = and_(
            col(Character.id) == col(Conversation.character_id),
            col(Character.blocked_at).is_not(None),
        )
        found = await self._session.exec(
            select(Conversation, Character)
            .outerjoin(Character, blocked)
            .where(
                col(Conversation.id) == conversation_id,
                col(Conversation.user_id) == user_id,
                col(Conversation.status) != "deleted",
            )
            .with_for_update(of=Conversation)
        )
        row = found.one_or_none()
        return (row[0], row[1]) if row else None

    async def participants(self, owner: Owner) -> tuple[User, Character, Relationship]:
        values = {"character_id": owner.character_id, "user_id": owner.user_id}
        row = (await self._session.exec(_PARTICIPANTS, params=values)).one_or_none()
        if row is None:
            raise NotFound("Who talked here is gone.")
        user, character, relationship = row
        if relationship is None:
            relationship = Relationship(character_id=owner.character_id, user_id=owner.user_id)
        return user, character, relationship

    async def page(
        self,
        user_id: UUID,
        *,
        limit: int,
        before: tuple[datetime, UUID] | None,
        character_id: UUID | None,
        status: str | None,
    ) -> list[Conversation]:
        active_at = func.coalesce(Conversation.last_message_at, Conversation.created_at)
        query = (
            select(Conversation)
            .where(col(Conversation.user_id) == user_id, col(Conversation.status) != "deleted")
            .order_by(active_at.desc(), col(Conversation.id).desc())
            .limit(limit)
        )
        if before:
            query = query.where(tuple_(active_at, col(Conversation.id)) < before)
        if character_id:
            query = query.where(col(Conversation.character_id) == character_id)
        if status:
            query = query.where(col(Conversation.status) == status)
        return list(await self._session.exec(query))

    async def of_owner(self, owner: Owner) -> list[Conversation]:
        return list(await self._session.exec(_of_owner(owner)))

    async def begin_anew(self, owner: Owner) -> list[Conversation]:
        conversations = list(await self._session.exec(_of_owner(owner).with_for_update()))
        for conversation in conversations:
            conversation.title = conversation.title if conversation.title_is_custom else ""
            conversation.details, conversation.updated_at = {}, utc_now()
            conversation.forgotten_seq = conversation.last_seq
            conversation.formed_seq = conversation.summarised_seq = conversation.last_seq
        await self._session.flush()
        return conversations

    async def delete(self, conversation_ids: Sequence[UUID]) -> None:
        await self._session.exec(
            delete(Conversation).where(col(Conversation.id).in_(conversation_ids))
        )

    async def change(self, conversation_id: UUID, **values: Any) -> None:
        if sealing_of(self._session) and not values.keys().isdisjoint(_PRIVATE):
            await self._rewrite(conversation_id, values)
            return
        await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == conversation_id)
            .values(**{"updated_at": func.now(), **values})
            .execution_options(synchronize_session=False)
        )

    async def _rewrite(self, conversation_id: UUID, values: Mapping[str, Any]) -> None:
        """Words are sealed together, so what is left of them must be known."""
        found = await self._session.exec(
            select(Conversation)
            .where(col(Conversation.id) == conversation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        for conversation in found:
            for name, value in values.items():
                setattr(conversation, name, value)
            conversation.updated_at = utc_now()
        await self._session.flush()


def _of_owner(owner: Owner) -> SelectOfScalar[Conversation]:
    return (
        select(Conversation)
        .where(
            col(Conversation.character_id) == owner.character_id,
            col(Conversation.user_id) == owner.user_id,
        )
        .order_by(col(Conversation.id))
        .execution_options(populate_existing=True)  # `change` goes past what is loaded
    )
