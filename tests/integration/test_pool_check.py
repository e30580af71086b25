"""Connections that somebody else ended: nobody is given one, and nobody asks in vain."""

from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import text

from backend.adapters.postgres.pool_check import ask_only_in_doubt
from backend.adapters.postgres.store import sqlalchemy_url


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """With a pool of its own."""
    engine = create_async_engine(sqlalchemy_url(database_url))
    ask_only_in_doubt(engine)
    yield engine
    await engine.dispose()


async def backend_of(engine: AsyncEngine) -> int:
    """The process that serves a connection of the pool."""
    async with engine.connect() as connection:
        return int(await connection.scalar(text("SELECT pg_backend_pid()")))


async def last_heard(database_url: str, backend: int) -> str:
    """The last statement that a connection's process was given."""
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        found = await connection.execute(
            "SELECT query FROM pg_stat_activity WHERE pid = %s", [backend]
        )
        [(query,)] = await found.fetchall()
    return str(query)


async def end(database_url: str, *backends: int) -> None:
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", [list(backends)]
        )


async def test_a_connection_is_kept(engine: AsyncEngine) -> None:
    assert await backend_of(engine) == await backend_of(engine)


async def test_nobody_gets_a_connection_that_was_ended(
    engine: AsyncEngine, database_url: str
) -> None:
    async with engine.connect() as one, engine.connect() as other:
        ended = [int(await each.scalar(text("SELECT pg_backend_pid()"))) for each in (one, other)]
    await end(database_url, *ended)

    async with engine.connect() as one, engine.connect() as other:
        for each in (one, other):
            assert await each.scalar(text("SELECT pg_backend_pid()")) not in ended


@pytest.mark.parametrize(("trusted_seconds", "asked"), [(30.0, False), (0.0, True)])
async def test_the_database_is_asked_after_a_long_silence_only(
    database_url: str, trusted_seconds: float, asked: bool
) -> None:
    engine = create_async_engine(sqlalchemy_url(database_url))
    ask_only_in_doubt(engine, trusted_seconds)
    backend = await backend_of(engine)
    before = await last_heard(database_url, backend)

    async with engine.connect():
        assert (await last_heard(database_url, backend) != before) is asked
    await engine.dispose()
