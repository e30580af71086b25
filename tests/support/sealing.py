"""Stores that seal what they keep, and looking through all that a database holds."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import psycopg
from psycopg import sql

from backend.adapters.in_memory.index import InMemoryIndex
from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.store import PostgresStore
from backend.safety.encryption import Keyring, Scope
from tests.support.system import System, open_system


def a_keyring(*names: str) -> Keyring:
    """Keys of these names. A name stands for one key throughout a run."""
    return Keyring({name: _KEYS.setdefault(name, os.urandom(32)) for name in names})


_KEYS: dict[str, bytes] = {}


@asynccontextmanager
async def sealing_store(
    url: str, keyring: Keyring | None, scope: Scope = Scope.ALL
) -> AsyncIterator[PostgresStore]:
    """A store on a migrated database, its keys taken into use."""
    store = PostgresStore(url, JobQueue(url), keyring, scope)
    try:
        await store.unlock()
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def sealing_system(
    url: str, keyring: Keyring | None, scope: Scope = Scope.ALL
) -> AsyncIterator[System]:
    """A system on such a store, its index in memory."""
    async with (
        sealing_store(url, keyring, scope) as store,
        open_system(url, store, InMemoryIndex()) as system,
    ):
        yield system


async def dump(url: str) -> Mapping[str, str]:
    """Every row of every table of ours and of the queue as text, by table."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("SET bytea_output = 'escape'")  # or text in bytes would go unseen
        tables = await (
            await connection.execute(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
        ).fetchall()
        dumped = {}
        for (table,) in tables:
            rows = await connection.execute(
                sql.SQL("SELECT it::text FROM {} AS it").format(sql.Identifier(table))
            )
            dumped[table] = "\n".join([row[0] for row in await rows.fetchall()])
    return dumped


async def tables_telling(url: str, *words: str) -> dict[str, set[str]]:
    """By word, the tables in which it stands anywhere, in any case."""
    dumped = await dump(url)
    return {
        word: {table for table, text in dumped.items() if word.lower() in text.lower()}
        for word in words
    }
