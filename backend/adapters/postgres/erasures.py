"""Erasing a user from PostgreSQL, by the register of what is held."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, func, or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.held_on_user import (
    ERASED,
    IN_FLIGHT,
    JOBS,
    SEARCHED,
    Disowned,
    Held,
)
from backend.models import Conversation, Erasure, User, utc_now


class PostgresErasures:
    """Implements `Erasures`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin(self, user_id: UUID, mark: bytes) -> Erasure | None:
        user = await self._session.get(User, user_id, with_for_update=True)
        if user is None:
            return None
        found = await self._session.exec(select(Erasure).where(col(Erasure.user_id) == user_id))
        earlier = found.first()
        if earlier and earlier.finished_at is None:
            return earlier
        user.leaving_at = utc_now()
        erasure = Erasure(user_id=user_id, mark=mark)
        if earlier:  # of an account that was here before, and is still to be looked for
            erasure.characters, erasure.conversations = earlier.characters, earlier.conversations
            earlier.forget_whose()
            await self._session.flush()
        self._session.add(erasure)
        await self._session.flush()
        return erasure

    async def latest(self, user_id: UUID, mark: bytes) -> Erasure | None:
        found = await self._session.exec(
            select(Erasure)
            .where(or_(col(Erasure.user_id) == user_id, col(Erasure.mark) == mark))
            .order_by(col(Erasure.begun_at).desc())
            .limit(1)
        )
        return found.first()

    async def has_successor(self, erasure: Erasure) -> bool:
        found = await self._session.exec(
            select(User.id).where(
                col(User.id) == erasure.user_id,
                col(User.leaving_at).is_(None),
                col(User.created_at) > erasure.begun_at,
            )
        )
        return found.first() is not None

    async def get(self, erasure_id: UUID, *, for_update: bool = False) -> Erasure | None:
        return await self._session.get(Erasure, erasure_id, with_for_update=for_update)

    async def whose(self, name: str) -> UUID | None:
        found = await self._session.exec(
            select(User.id).where(
                or_(
                    func.lower(col(User.email)) == name.lower(),
                    cast(col(User.id), String) == name.lower(),
                )
            )
        )
        return found.first()

    async def due(self, looked_for_before: datetime) -> list[UUID]:
        found = await self._session.exec(
            select(Erasure.id)
            .where(
                col(Erasure.user_id).is_not(None),
                or_(
                    col(Erasure.finished_at).is_(None),
                    col(Erasure.finished_at) < looked_for_before,
                ),
            )
            .order_by(col(Erasure.begun_at))
        )
        return list(found)

    async def being_answered(self, user_id: UUID) -> list[UUID]:
        found = await self._session.exec(
            select(Conversation.id).where(
                col(Conversation.user_id) == user_id,
                col(Conversation.turn_lease_until) >= func.now(),
            )
        )
        return list(found)

    async def delete_rows(self, erasure: Erasure) -> Mapping[str, int]:
        erasure.conversations = await self._hold_conversations(erasure)
        counts: Counter[str] = Counter()
        for held in ERASED:
            if isinstance(held, Disowned):
                await self._change(held, erasure)
            else:
                counts[held.table] += await self._execute(_delete(held), erasure)
        waiting = f"{_delete(JOBS)} AND status <> 'doing'"
        counts[JOBS.table] += await self._execute(waiting, erasure)
        return +counts

    async def clear_in_flight(self, erasure: Erasure) -> None:
        await self._change(IN_FLIGHT, erasure)

    async def count_rows(self, erasure: Erasure) -> Mapping[str, int]:
        counts: Counter[str] = Counter()
        for held in SEARCHED:
            counts[held.table] += await self._count(held, erasure)
        return counts

    async def count_jobs(self, erasure: Erasure) -> int:
        return await self._count(JOBS, erasure)

    async def save(self, erasure: Erasure) -> None:
        await self._session.merge(erasure)
        await self._session.flush()

    async def _hold_conversations(self, erasure: Erasure) -> list[UUID]:
        """Lock the conversations, then the account, so that nothing new can hang on either; those that
        came in between belong to it too. With those found before, which are gone already."""
        mine = select(Conversation.id).where(col(Conversation.user_id) == erasure.user_id)
        locked = mine.order_by(col(Conversation.id)).with_for_update()
        await self._session.exec(locked)
        await self._session.exec(
            select(User.id).where(col(User.id) == erasure.user_id).with_for_update()
        )
        now = await self._session.exec(locked)
        return sorted({*erasure.conversations, *now})

    async def _change(self, held: Disowned, erasure: Erasure) -> None:
        await self._execute(f"UPDATE {held.table} SET {held.change} WHERE {held.whose}", erasure)

    async def _count(self, held: Held, erasure: Erasure) -> int:
        connection = await self._session.connection()
        counted = await connection.execute(
            text(f"SELECT count(*) FROM {held.table} WHERE {held.whose}"), _values(erasure)
        )
        return int(counted.scalar_one())

    async def _execute(self, statement: str, erasure: Erasure) -> int:
        connection = await self._session.connection()
        return (await connection.execute(text(statement), _values(erasure))).rowcount


def _delete(held: Held) -> str:
    return f"DELETE FROM {held.table} WHERE ({held.whose})"


def _values(erasure: Erasure) -> dict[str, Any]:
    return {"user_id": erasure.user_id, "conversations": erasure.conversations}
