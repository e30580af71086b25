"""Many memories at once, for measuring: rows by COPY, vectors at random.

The time of a recall doesn't depend on what vectors mean. Words are made up, and some are common and most
are rare, as in a real vocabulary once stop words are gone (Zipf's law from the 50th word on). One memory
in ten is a fact, the others are episodes, about as a talk leaves them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import psycopg
from psycopg import sql

from backend.bootstrap.core import Core
from backend.models import Character, Memory, Owner, User, new_id
from backend.ports import IndexPoint

WORDS = 20_000
WORDS_OF_A_MEMORY = 12
# What differs from row to row; the rest is copied from a memory that was stored the usual way.
STAGED = ("id", "character_id", "user_id", "kind", "content", "content_hash", "index_text")


@dataclass(frozen=True, slots=True)
class Row:
    """One memory to be."""

    id: UUID
    owner: Owner
    kind: str
    content: str


async def make_owner(core: Core, name: str) -> Owner:
    """Two people who have nothing to remember yet."""
    user = User(email=f"{name}@keepsake.localhost", display_name="Sam")
    character = Character(name="Mara")
    async with core.store.transaction() as tx:
        await tx.users.add(user)
        await tx.characters.add(character)
    return Owner(character.id, user.id)


async def fill(core: Core, owner: Owner, count: int) -> None:
    """Store and index `count` more memories of one owner."""
    random = np.random.default_rng()
    pattern = await _pattern(core, owner)
    rows = _rows(owner, count, random)
    async with await psycopg.AsyncConnection.connect(core.stores.database_url) as connection:
        await _store(connection, rows, pattern)
        await connection.execute("DELETE FROM memory WHERE id = %s", [pattern])
    await _index(core, rows, random)


async def settle(core: Core) -> None:
    """What autovacuum does a minute later."""
    async with await psycopg.AsyncConnection.connect(
        core.stores.database_url, autocommit=True
    ) as connection:
        await connection.execute("VACUUM ANALYZE memory")


async def _pattern(core: Core, owner: Owner) -> UUID:
    memory = Memory(
        character_id=owner.character_id,
        user_id=owner.user_id,
        kind="fact",
        content="",
        content_hash="",
        index_state="synced",
        embedding_model=core.memory.encoder.name,
    )
    async with core.store.transaction() as tx:
        await tx.memories.add([memory])
    return memory.id


def _rows(owner: Owner, count: int, random: np.random.Generator) -> list[Row]:
    return [
        Row(new_id(), owner, "episode" if number % 10 else "fact", " ".join(words))
        for number, words in enumerate(some_words(random, count, WORDS_OF_A_MEMORY))
    ]


def some_words(random: np.random.Generator, texts: int, each: int) -> list[list[str]]:
    """`texts` lists of `each` words, common ones more often."""
    shares = 1 / np.arange(50, 50 + WORDS)
    drawn = random.choice(WORDS, size=(texts, each), p=shares / shares.sum())
    return [[_word(int(number)) for number in row] for row in drawn]


def _word(number: int) -> str:
    """A pronounceable word for each number."""
    syllables = []
    for _ in range(3):
        number, digit = divmod(number, 60)
        syllables.append("bdfgklmnprst"[digit // 5] + "aeiou"[digit % 5])
    return "".join(syllables)


async def _store(connection: psycopg.AsyncConnection, rows: Sequence[Row], pattern: UUID) -> None:
    staged = [sql.Identifier(name) for name in STAGED]
    columns = [column.name for column in Memory.__table__.columns]  # type: ignore[attr-defined]
    taken = [sql.Identifier("staged" if name in STAGED else "pattern", name) for name in columns]
    async with connection.cursor() as cursor:
        await cursor.execute(
            "CREATE TEMPORARY TABLE staged (id uuid, character_id uuid, user_id uuid, kind text,"
            " content text, content_hash text, index_text text) ON COMMIT DROP"
        )
        copy_in = sql.SQL("COPY staged ({}) FROM STDIN").format(sql.SQL(", ").join(staged))
        async with cursor.copy(copy_in) as copy:
            for row in rows:
                owner = row.owner
                await copy.write_row(
                    (
                        row.id,
                        owner.character_id,
                        owner.user_id,
                        row.kind,
                        row.content,
                        str(row.id),
                        row.content,
                    )
                )
        await cursor.execute(
            sql.SQL(
                "INSERT INTO memory ({}) SELECT {} FROM staged, memory AS pattern"
                " WHERE pattern.id = {}"
            ).format(
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(taken),
                sql.Literal(pattern),
            )
        )


async def _index(core: Core, rows: Sequence[Row], random: np.random.Generator) -> None:
    vectors = random.standard_normal((len(rows), core.memory.encoder.dimension), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    await core.memory.index.upsert(
        [
            IndexPoint(
                row.id,
                row.owner,
                row.kind,
                vector,
                core.memory.keywords.encode_document(row.content),
            )
            for row, vector in zip(rows, vectors, strict=True)
        ]
    )
