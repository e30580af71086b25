"""Looking for words in sealed rows: each is opened and read, as the database can't."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import sealing_of
from backend.errors import InvalidRequest
from backend.models import Memory, Message

MOST_SEARCHED = 20_000  # sealed rows that one search of a person opens, a tenth of a second or two
AT_A_TIME = 500  # rows opened in one go, a few milliseconds in which nobody else is served

Matches = Callable[[Mapping[str, Any]], bool]


async def sealed_ids(
    session: AsyncSession,
    model: type[Message] | type[Memory],
    among: Select[Any],
    matches: Matches,
    *,
    most: int | None = None,
) -> list[UUID]:
    """The ids of sealed rows whose words match. `among` selects from the model, by owner.

    Raises:
        InvalidRequest: there are more than `most` to be looked through.
    """
    sealing = sealing_of(session)
    if sealing is None:
        return []
    wanted = among.with_only_columns(
        col(model.id), col(model.key_id), col(model.sealed), maintain_column_froms=True
    ).where(col(model.key_id).is_not(None))
    if most is not None:
        wanted = wanted.limit(most + 1)
    connection = await session.connection()
    rows = (await connection.execute(wanted)).all()
    if most is not None and len(rows) > most:
        raise InvalidRequest(
            f"More than {most} encrypted memories would have to be searched: narrow it down, by kind"
            " or category say, or search by meaning."
        )
    found = []
    for start in range(0, len(rows), AT_A_TIME):
        chunk = rows[start : start + AT_A_TIME]
        found += [row.id for row in chunk if matches(sealing.opened(model, row, row.id))]
        await asyncio.sleep(0)
    return found


def contains(words: Sequence[str]) -> Matches:
    """Whether the content has every one of the words somewhere, in any case."""
    return contains_any([words])


def contains_any(phrases: Sequence[Sequence[str]]) -> Matches:
    """Whether the content has every word of one of the phrases somewhere, in any case."""
    wanted = [[word.lower() for word in words] for words in phrases]

    def matches(values: Mapping[str, Any]) -> bool:
        content: str = values["content"].lower()
        return any(all(word in content for word in words) for words in wanted)

    return matches
