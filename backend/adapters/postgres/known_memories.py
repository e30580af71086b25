"""What recall reads: few columns, as plain rows, by one statement that is built once.

Records of all columns through the session would take most of the time that recall spends on rows.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import sealing_of
from backend.models import KnownMemory, Memory, Outdated, Owner
from backend.models.memory import ABOUT_THE_USERS_LIFE

UUIDS = ARRAY(PG_UUID(as_uuid=True))

_FURTHER = ("status", "superseded_by", "key_id", "sealed")
_COLUMNS = [getattr(Memory, name) for name in (*KnownMemory._fields, *_FURTHER)]
_OWNED = (
    col(Memory.character_id) == bindparam("character_id"),
    col(Memory.user_id) == bindparam("user_id"),
)
# An array, not a list of parameters: one statement for any number, so it stays prepared.
_BY_ID = col(Memory.id) == any_(bindparam("ids", type_=UUIDS))
_NAMED = select(literal("named"), *_COLUMNS).where(*_OWNED, col(Memory.status) == "active", _BY_ID)
_BEST = (
    select(literal("best"), *_COLUMNS)
    .where(*_OWNED, text(ABOUT_THE_USERS_LIFE))
    .order_by(
        col(Memory.pinned).desc(),
        col(Memory.importance).desc(),
        col(Memory.last_reinforced).desc(),
    )
    .limit(bindparam("best"))
)
# What the user's messages among them say and holds no more, and what took its place, step by step. Messages
# are compared as arrays, since there is an index for that.
_CHAIN = (
    text("""
    WITH RECURSIVE chain AS (
        SELECT id, superseded_by, 0 AS steps FROM memory
        WHERE character_id = :character_id AND user_id = :user_id
          AND kind = 'fact' AND status = 'superseded'
          AND source_message_ids && ARRAY(
            SELECT unnest(source_message_ids) FROM memory
            WHERE id = ANY(:ids) AND kind = 'episode' AND about = 'user'
          )
        UNION
        SELECT later.id, later.superseded_by, steps + 1
        FROM memory AS later JOIN chain ON later.id = chain.superseded_by
        WHERE later.character_id = :character_id AND later.user_id = :user_id AND steps < 10
    )
    SELECT id FROM chain
    """)
    .bindparams(bindparam("ids", type_=UUIDS))
    .columns(id=Uuid())
    .subquery("chain")
)
_OUTDATED = select(literal("chain"), *_COLUMNS).where(
    *_OWNED, col(Memory.id).in_(select(_CHAIN.c.id))
)
_ALL = union_all(_NAMED, _BEST.subquery().select(), _OUTDATED)


async def read_known(
    session: AsyncSession, owner: Owner, memory_ids: Sequence[UUID], *, best: int
) -> tuple[list[KnownMemory], list[KnownMemory], list[Outdated]]:
    """See `Memories.known`."""
    connection = await session.connection()
    values = {
        "character_id": owner.character_id,
        "user_id": owner.user_id,
        "ids": list(memory_ids),
        "best": best,
    }
    found: dict[str, list[KnownMemory]] = {"named": [], "best": [], "chain": []}
    followed_by: dict[UUID, UUID | None] = {}
    sealing = sealing_of(session)
    for row in await connection.execute(_ALL, values):
        role, *columns, status, superseded_by, _key_id, sealed = row
        known = KnownMemory._make(columns)
        if sealing and sealed is not None:
            words = sealing.opened(Memory, row, known.id)
            known = known._replace(content=words["content"], about_name=words["about_name"])
        found[role].append(known)
        if role == "chain" and status == "superseded":
            followed_by[known.id] = superseded_by
    return found["named"], found["best"], _outdated(found["chain"], followed_by)


def _outdated(
    chain: Sequence[KnownMemory], followed_by: Mapping[UUID, UUID | None]
) -> list[Outdated]:
    """Each fact that was superseded, with the one at the end of its chain; none that holds again in the same
    words."""
    by_id = {memory.id: memory for memory in chain}
    outdated = []
    for memory_id in followed_by:
        old, last = by_id[memory_id], followed_by[memory_id]
        for _ in chain:
            last = followed_by.get(last, last) if last else None
        holder = by_id.get(last) if last else None
        instead = holder if holder and holder.kind == "fact" else None
        if old.content and (instead is None or instead.content != old.content):
            outdated.append(Outdated(old.content, old.source_message_ids, instead))
    return outdated
