"""Bringing rows under the first key, or into the clear, as the settings say."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import (
    PRIVATE,
    Sealing,
    keys_of,
    sealing_of,
    table_of,
    write_anew,
)
from backend.adapters.postgres.sealing_keys import keys_of_rows
from backend.models import Message, MessageVariant, Report
from backend.models.base import Sealable
from backend.safety.encryption import Scope
from backend.store import Unsettled

_MODELS = {table_of(model): model for model in PRIVATE}


class PostgresResealing:
    """Implements `Resealing`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def first_key(self) -> str | None:
        sealing = sealing_of(self._session)
        return sealing.keyring.first if sealing else None

    async def unsettled(self) -> Sequence[Unsettled]:
        counted = []
        for table, model in _MODELS.items():
            sealed, covered = col(model.key_id).is_not(None), _covered(self._sealing, model)
            found = await self._session.exec(
                select(
                    func.count().filter(and_(~sealed, covered)),
                    func.count().filter(and_(sealed, covered)),
                    func.count().filter(and_(sealed, ~covered)),
                ).where(_unsettled(self._sealing, model))
            )
            counted.append(Unsettled(table, *found.one()))
        return counted

    async def settle(self, table: str, after: Any, *, limit: int) -> tuple[int, Any]:
        model = _MODELS[table]
        key = _key(model)
        wanted = select(model).where(_unsettled(self._sealing, model))
        if after is not None:
            wanted = wanted.where(tuple_(*key) > after)
        # Skipping what is locked, it never waits for anybody who may wait for it.
        found = await self._session.exec(
            wanted.order_by(*key).limit(limit).with_for_update(skip_locked=True)
        )
        records = list(found)
        for record in records:
            write_anew(record)
        await self._session.flush()
        last = records[-1] if len(records) == limit else None
        place = tuple(getattr(last, name) for name in keys_of(model)) if last else None
        return len(records), place

    async def unused_keys(self) -> Sequence[str]:
        keyring = self._sealing.keyring
        others = [name for name in keyring.names if name != keyring.first]
        used = await keys_of_rows(self._session)
        return [name for name in others if name not in used]

    @property
    def _sealing(self) -> Sealing:
        sealing = sealing_of(self._session)
        assert sealing is not None, "only who has keys asks"
        return sealing


def _key(model: type[Sealable]) -> list[InstrumentedAttribute[Any]]:
    return [getattr(model, name) for name in keys_of(model)]


def _unsettled(sealing: Sealing, model: type[Sealable]) -> ColumnElement[bool]:
    """Not stored as it is to be. Anything that is sealed says something."""
    key_id = col(model.key_id)
    covered = _covered(sealing, model)
    return or_(
        and_(covered, key_id.is_(None), _says_something(model)),
        and_(covered, key_id != sealing.keyring.first),
        and_(~covered, key_id.is_not(None)),
    )


def _covered(sealing: Sealing, model: type[Sealable]) -> ColumnElement[bool]:
    """See `Sealing.key_for`."""
    if sealing.scope is Scope.ALL:
        return true()
    if sealing.scope is Scope.NONE:
        return false()
    if model is Report:
        return true()
    if model in (Message, MessageVariant):
        return col(model.details).contains({"sensitive": True})
    return col(model.sensitive).is_(True)  # type: ignore[attr-defined]


def _says_something(model: type[Sealable]) -> ColumnElement[bool]:
    private = PRIVATE[model]
    return or_(*(getattr(model, name) != empty for name, empty in private.telling.items()))
