"""An empty, migrated database and a system on it for each test that asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest_asyncio

from backend.adapters.in_memory.index import InMemoryIndex
from backend.adapters.postgres.migrate import migrate
from backend.adapters.postgres.store import PostgresStore
from backend.models import User
from tests.support.language_models import make, provider, server, shared_server, sleep
from tests.support.records import a_user
from tests.support.services import fresh_database
from tests.support.system import System, edge_index, open_store, open_system

__all__ = ["make", "provider", "server", "shared_server", "sleep"]

# Everything hangs on a user or a character. Ten times as fast as copying a template database,
# whose removal makes the server write a checkpoint.
EMPTY = (
    "DELETE FROM user_account; DELETE FROM character; DELETE FROM procrastinate_jobs;"
    " DELETE FROM index_collection; DELETE FROM sealing_key;"
    " DELETE FROM erasure_receipt"
)


@pytest_asyncio.fixture(scope="session")
async def migrated_url(postgres_url: str) -> AsyncIterator[str]:
    """A migrated database that the whole session shares."""
    async with fresh_database(postgres_url) as url:
        await migrate(url)
        yield url


@pytest_asyncio.fixture
async def database_url(migrated_url: str) -> str:
    """A migrated, empty database."""
    async with await psycopg.AsyncConnection.connect(migrated_url) as connection:
        await connection.execute(EMPTY)
    return migrated_url


@pytest_asyncio.fixture(scope="session")
async def store(migrated_url: str) -> AsyncIterator[PostgresStore]:
    """A store on the shared database."""
    async with open_store(migrated_url) as store:
        yield store


@pytest_asyncio.fixture
async def system(database_url: str, store: PostgresStore) -> AsyncIterator[System]:
    """A system with its index in memory."""
    async with open_system(database_url, store, InMemoryIndex()) as system:
        yield system


@pytest_asyncio.fixture
async def edge_system(
    database_url: str, store: PostgresStore, tmp_path: Path
) -> AsyncIterator[System]:
    """A system with its index on files."""
    async with open_system(database_url, store, edge_index(tmp_path)) as system:
        yield system


@pytest_asyncio.fixture
async def user(system: System) -> User:
    """Somebody with an account."""
    user = a_user()
    async with system.store.transaction() as tx:
        await tx.users.add(user)
    return user
