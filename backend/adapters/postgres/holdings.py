"""Reading all that is held on one user, table by table."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text, tuple_
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.held_on_user import ERASED, KEPT, Disowned
from backend.models import ReplyContext

_WHOSE = {held.table: held.whose for held in (*ERASED, *KEPT) if not isinstance(held, Disowned)}
_COUNTS = text("""
    SELECT
        (SELECT coalesce(sum(last_seq), 0) FROM conversation WHERE user_id = :user_id),
        (SELECT count(*) FROM memory WHERE user_id = :user_id)
""")


class PostgresHoldings:
    """Implements `Holdings`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, model: type[SQLModel], user_id: UUID, *, after: Sequence[Any] | None, limit: int
    ) -> list[SQLModel]:
        table = model.__table__  # type: ignore[attr-defined]
        key = tuple_(*table.primary_key.columns)
        wanted = select(model).where(text(f"({_WHOSE[table.name]})").bindparams(user_id=user_id))
        if after is not None:
            wanted = wanted.where(key > tuple(after))
        found = await self._session.exec(wanted.order_by(*table.primary_key.columns).limit(limit))
        return list(found)

    async def contexts(self, message_ids: Sequence[UUID]) -> list[ReplyContext]:
        found = await self._session.exec(
            select(ReplyContext).where(col(ReplyContext.message_id).in_(message_ids))
        )
        return list(found)

    async def counts(self, user_id: UUID) -> Mapping[str, int]:
        connection = await self._session.connection()
        messages, memories = (await connection.execute(_COUNTS, {"user_id": user_id})).one()
        return {"messages": int(messages), "memories": int(memories)}
