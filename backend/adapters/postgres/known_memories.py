"""What recall reads: few columns, as plain rows, by one statement that is built once.

Records of all columns through the session would take most of the time that recall spends on rows.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import sealing_of
from backend.models import KnownMemory, Memory, Owner
from backend.models.memory import ABOUT_THE_USERS_LIFE

UUIDS = ARRAY(PG_UUID(as_uuid=True))

_COLUMNS = [getattr(Memory, name) for name in (*KnownMemory._fields, "key_id", "sealed")]
_OWNED = (
    col(Memory.character_id) == bindparam("character_id"),
    col(Memory.user_id) == bindparam("user_id"),
)
# An array, not a list of parameters: one statement for any number, so it stays prepared.
_NAMED = select(literal(False), *_COLUMNS).where(
    *_OWNED,
    col(Memory.status) == "active",
    col(Memory.id) == any_(bindparam("ids", type_=UUIDS)),
)
_BEST = (
    select(literal(True), *_COLUMNS)
    .where(*_OWNED, text(ABOUT_THE_USERS_LIFE))
    .order_by(
        col(Memory.pinned).desc(),
        col(Memory.importance).desc(),
        col(Memory.last_reinforced).desc(),
    )
    .limit(bindparam("best"))
)
_BOTH = union_all(_NAMED, _BEST.subquery().select())


async def read_known(
    session: AsyncSession, owner: Owner, memory_ids: Sequence[UUID], *, best: int
) -> tuple[list[KnownMemory], list[KnownMemory]]:
    """See `Memories.known`."""
    connection = await session.connection()
    values = {
        "character_id": owner.character_id,
        "user_id": owner.user_id,
        "ids": list(memory_ids),
        "best": best,
    }
    named: list[KnownMemory] = []
    best_known: list[KnownMemory] = []
    sealing = sealing_of(session)
    for row in await connection.execute(_BOTH, values):
        is_best, *columns, _key_id, sealed = row
        known = KnownMemory._make(columns)
        if sealing and sealed is not None:
            words = sealing.opened(Memory, row, known.id)
            known = known._replace(content=words["content"], about_name=words["about_name"])
        (best_known if is_best else named).append(known)
    return named, best_known
