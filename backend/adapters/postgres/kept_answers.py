"""Kept answers in PostgreSQL."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import KeptAnswer


class PostgresKeptAnswers:
    """Implements `KeptAnswers`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, wanted: KeptAnswer, *, stale_after: timedelta) -> KeptAnswer | None:
        row = wanted.model_dump()
        taken = await self._session.exec(
            insert(KeptAnswer)
            .values(row)
            .on_conflict_do_update(
                index_elements=["user_id", "key_hash"],
                set_={name: row[name] for name in ("request_hash", "claimed_at")},
                where=col(KeptAnswer.sealed).is_(None)
                & (col(KeptAnswer.claimed_at) < func.now() - stale_after),
            )
            .returning(col(KeptAnswer.key_hash))
        )
        if taken.first() is not None:
            return None
        return await self._session.get(KeptAnswer, (wanted.user_id, wanted.key_hash))

    async def keep(self, user_id: UUID, key_hash: bytes, sealed: bytes) -> None:
        await self._session.exec(
            update(KeptAnswer)
            .where(col(KeptAnswer.user_id) == user_id, col(KeptAnswer.key_hash) == key_hash)
            .values(sealed=sealed)
        )

    async def release(self, user_id: UUID, key_hash: bytes) -> None:
        await self._session.exec(
            delete(KeptAnswer).where(
                col(KeptAnswer.user_id) == user_id,
                col(KeptAnswer.key_hash) == key_hash,
                col(KeptAnswer.sealed).is_(None),
            )
        )

    async def forget_older(self, age: timedelta) -> None:
        await self._session.exec(
            delete(KeptAnswer).where(col(KeptAnswer.claimed_at) < func.now() - age)
        )
