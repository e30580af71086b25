"""Accounts and characters in PostgreSQL, as an admin finds and blocks them."""

from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, func, update
from sqlalchemy.orm import defer
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import Character, User
from backend.store import UserFilter


class PostgresPeople:
    """Implements `People`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, narrow: UserFilter, *, limit: int, before: UUID | None) -> list[User]:
        query = select(User).order_by(col(User.id).desc()).limit(limit)
        if narrow.text:
            query = query.where(
                or_(
                    col(User.email).icontains(narrow.text, autoescape=True),
                    col(User.display_name).icontains(narrow.text, autoescape=True),
                    cast(col(User.id), String) == narrow.text.lower(),
                )
            )
        if narrow.role:
            query = query.where(col(User.role) == narrow.role)
        if narrow.blocked is not None:
            is_blocked = col(User.blocked_at).is_not(None)
            query = query.where(is_blocked if narrow.blocked else ~is_blocked)
        if before:
            query = query.where(col(User.id) < before)
        return list(await self._session.exec(query))

    async def block_user(self, user_id: UUID, reason: str | None) -> User | None:
        changed = await self._session.exec(
            update(User)
            .where(col(User.id) == user_id)
            .values(blocked_at=_since(User, reason), blocked_reason=reason)
            .returning(User)
            .execution_options(populate_existing=True)
        )
        return changed.scalar_one_or_none()

    async def block_character(self, character_id: UUID, reason: str | None) -> Character | None:
        changed = await self._session.exec(
            update(Character)
            .where(col(Character.id) == character_id)
            .values(blocked_at=_since(Character, reason), blocked_reason=reason)
            .returning(Character)
            .execution_options(populate_existing=True)
        )
        return changed.scalar_one_or_none()

    async def characters(
        self, *, blocked: bool | None, limit: int, before: UUID | None
    ) -> list[Character]:
        is_blocked = col(Character.blocked_at).is_not(None)
        found = and_(col(Character.visibility) == "public", col(Character.deleted_at).is_(None))
        query = (
            select(Character)
            .where(is_blocked if blocked else or_(is_blocked, found))
            .options(defer(Character.card, raiseload=True))  # type: ignore[arg-type]
            .order_by(col(Character.id).desc())
            .limit(limit)
        )
        if blocked is False:
            query = query.where(~is_blocked)
        if before:
            query = query.where(col(Character.id) < before)
        return list(await self._session.exec(query))

    async def set_role(self, user_id: UUID, role: str) -> User | None:
        changed = await self._session.exec(
            update(User)
            .where(col(User.id) == user_id)
            .values(role=role)
            .returning(User)
            .execution_options(populate_existing=True)
        )
        return changed.scalar_one_or_none()


def _since(blockable: type[User] | type[Character], reason: str | None) -> Any:
    """The first of several blocks tells since when."""
    return None if reason is None else func.coalesce(blockable.blocked_at, func.now())
