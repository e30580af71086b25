"""Session-wide servers: started once, at the first test that asks. A missing one fails the test."""

import gc
from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from backend.adapters.redis.connection import command_client
from tests.support.keepsake_process import KeepsakeProcess, keepsake
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


@pytest_asyncio.fixture(scope="session")
async def offline_server() -> AsyncIterator[KeepsakeProcess]:
    """What a newcomer starts: everything embedded, the real encoder, the offline companion."""
    async with keepsake() as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects no garbage while the tests are collected: next to nothing is, and what is left stays,
    so that no collection ever walks through it again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the running servers wrote beside a test that failed."""
    report = yield
    if report.failed:
        for server in KeepsakeProcess.running:
            report.sections.append((f"Keepsake on port {server.port}", server.log_tail()))
    return report
