"""Accounts in PostgreSQL."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Conflict
from backend.models import User


class PostgresUsers:
    """Implements `Users`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: User) -> None:
        try:
            async with self._session.begin_nested():
                self._session.add(user)
        except IntegrityError as error:
            raise Conflict("An account with this email address exists already.") from error

    async def get(self, user_id: UUID, *, lock: bool = False) -> User | None:
        return await self._session.get(User, user_id, with_for_update=lock or None)

    async def by_email(self, email: str) -> User | None:
        found = await self._session.exec(
            select(User).where(func.lower(col(User.email)) == email.lower())
        )
        return found.first()

    async def save(self, user: User) -> None:
        await self._session.merge(user)
        await self._session.flush()
