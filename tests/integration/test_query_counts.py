"""No endpoint asks the database more than a few times, however much there is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import Engine, event

from backend.bootstrap.services import build_application
from backend.settings import Settings
from tests.support.belongings import acquire
from tests.support.described_api import OPERATIONS, Operation
from tests.support.in_process import running
from tests.support.keepsake_client import PASSWORD, Client
from tests.support.services import fresh_database

MOST = 4

_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def transport(
    postgres_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.ASGITransport]:
    """Keepsake in this process."""
    from backend.adapters.postgres.migrate import migrate

    async with fresh_database(postgres_url) as database_url:
        await migrate(database_url)
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            redis_url=valkey_url,
            data_dir=tmp_path_factory.mktemp("counts"),
            jwt_secret="a secret for counting, of 32 characters",
            embedding_model="hashing",
            llm_provider="offline",
            message_rate_limit="100000/minute",
        )
        application = build_application(settings)
        async with running(application):
            yield httpx.ASGITransport(application)


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []
    token = _statements.set(statements)
    try:
        yield statements
    finally:
        _statements.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    statements = _statements.get()
    task = asyncio.current_task()
    if statements is not None and task and not task.get_name().startswith("turn "):
        statements.append(statement)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_an_endpoint_asks_the_database_few_times(
    transport: httpx.ASGITransport, operation: Operation
) -> None:
    client = Client("http://keepsake", transport)
    async with client.http:
        await client.register("Ada")
        await client.make_character()
        ids = await acquire(client)
        with counted() as statements:
            answer = await operation.send(client.http, ids)
        n=len(statements)
    open('/tmp/lab/h/counts.txt','a').write(f"{n} {answer.status_code} {operation}\n" + ("".join("    "+" ".join(s.split())[:150]+"\n" for s in statements) if n>4 or answer.status_code>299 else "") + (answer.text[:300]+"\n" if answer.status_code>299 else ""))
