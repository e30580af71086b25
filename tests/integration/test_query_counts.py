"""No endpoint asks the database more than a few times, however much there is.

Counted is every statement that a request makes until it is answered, the caller's own look-up included;
transaction control isn't. The turn that a message sets off is no part of the request that sent it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import Engine, event

from backend.adapters.postgres.migrate import migrate
from backend.bootstrap.services import build_application
from backend.settings import Settings
from tests.support.belongings import acquire
from tests.support.described_api import OPERATIONS, Operation
from tests.support.in_process import running
from tests.support.keepsake_client import PASSWORD, Client
from tests.support.services import fresh_database

MOST = 4

# operation id → how many it may make, and why more than others.
MORE: dict[str, tuple[int, str]] = {}

# operation id → the body that this one needs to do its work
BODIES: dict[str, Any] = {
    "putVariant": {"number": 0},
    "eraseMe": {"password": PASSWORD},
}
# They end the account or the token.
LAST_WORDS = {"revoke", "revokeAll", "eraseMe"}
TURN = "turn "  # how the tasks are called that answer messages
CONTROL = ("SAVEPOINT", "RELEASE")

_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def transport(
    postgres_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.ASGITransport]:
    """Keepsake in this process."""
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
        async with running(application := build_application(settings)):
            yield httpx.ASGITransport(application)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def admin(transport: httpx.ASGITransport, postgres_url: str) -> AsyncIterator[Client]:
    """Somebody who may do everything, and who has much."""
    client = Client("http://localhost", transport)
    async with client.http:
        await client.register("Ada")
        for number in range(3):
            await client.make_character(name=f"Mira {number}")
            await acquire(client)
        yield client


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are made within, in tasks begun there too."""
    statements: list[str] = []
    token = _statements.set(statements)
    try:
        yield statements
    finally:
        _statements.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    """Count a statement where somebody counts."""
    statements, task = _statements.get(), asyncio.current_task()
    of_a_turn = task is not None and task.get_name().startswith(TURN)
    if statements is not None and not of_a_turn and not statement.startswith(CONTROL):
        statements.append(statement)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_an_endpoint_asks_the_database_few_times(
    transport: httpx.ASGITransport, admin: Client, operation: Operation
) -> None:
    client = admin
    if operation.id in LAST_WORDS:
        client = Client("http://localhost", transport)
        await client.register("Grace")
    await client.make_character()
    ids = await acquire(client)
    with counted() as statements:
        answer = await operation.send(client.http, ids, body=BODIES.get(operation.id))
        made = list(statements)
    n=len(made)
    open('/tmp/lab/h/counts.txt','a').write(f"{n} {answer.status_code} {operation.id} {operation}\n" + ("".join("    "+" ".join(s.split())[:170]+"\n" for s in made) if n>4 or answer.status_code>299 else "") + (answer.text[:300]+"\n" if answer.status_code>299 else ""))
