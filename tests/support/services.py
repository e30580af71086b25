"""Real servers and empty databases for tests, as plain async context managers."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.embedded.valkey import EmbeddedValkey


@asynccontextmanager
async def embedded_postgres() -> AsyncIterator[str]:
    """A PostgreSQL of its own on a temporary directory; gives its URL."""
    directory = Path(tempfile.mkdtemp(prefix="keepsake-test-"))
    server = EmbeddedPostgres(directory / "postgres")
    try:
        yield await server.start()
    finally:
        await server.stop()
        shutil.rmtree(directory)


@asynccontextmanager
async def embedded_valkey() -> AsyncIterator[str]:
    """A Valkey of its own on a temporary directory; gives its URL."""
    directory = Path(tempfile.mkdtemp(prefix="keepsake-test-"))
    server = EmbeddedValkey(directory / "valkey")
    try:
        yield await server.start()
    finally:
        await server.stop()
        shutil.rmtree(directory)


@asynccontextmanager
async def fresh_database(server_url: str, template: str = "template1") -> AsyncIterator[str]:
    """A new database on the server, a copy of `template` (which nobody may be connected to);
    gives its URL and drops it at the end, connections included."""
    name = f"test_{uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
    await _execute(server_url, create)
    try:
        yield with_database(server_url, name)
    finally:
        await _execute(server_url, drop)


def with_database(server_url: str, name: str) -> str:
    """The same server's URL, for the database `name`."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


async def _execute(server_url: str, statement: sql.Composed) -> None:
    maintenance = with_database(server_url, "postgres")
    async with await psycopg.AsyncConnection.connect(maintenance, autocommit=True) as connection:
        await connection.execute(statement)
