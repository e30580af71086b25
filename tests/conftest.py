"""Session-wide servers: started once, at the first test that asks. A missing one fails the test."""

from collections.abc import AsyncIterator

import pytest_asyncio
from redis.asyncio import Redis

from backend.adapters.redis.connection import command_client
from tests.support.services import embedded_postgres, embedded_valkey


@pytest_asyncio.fixture(scope="session")
async def postgres_url() -> AsyncIterator[str]:
    """The URL of a PostgreSQL server; use `fresh_database` for an empty database on it."""
    async with embedded_postgres() as url:
        yield url


@pytest_asyncio.fixture(scope="session")
async def valkey_url() -> AsyncIterator[str]:
    """The URL of a Valkey server that the whole session shares."""
    async with embedded_valkey() as url:
        yield url


@pytest_asyncio.fixture
async def redis(valkey_url: str) -> AsyncIterator[Redis]:
    """A client of that server."""
    client = command_client(valkey_url)
    yield client
    await client.aclose()
