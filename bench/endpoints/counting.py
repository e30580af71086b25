"""Counting what a request asks the database, with Keepsake in this process.

async with running(application):
    with counted() as statements:
        await http.get(...)
    len(statements)
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

from backend.gateway.application import Application

CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")
TURN = "turn "  # how the tasks are called that answer messages

_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)
_with_turns: ContextVar[bool] = ContextVar("with_turns", default=False)


@contextmanager
def counted(*, turns: bool = False) -> Iterator[list[str]]:
    """The statements made within, in tasks begun there too. A turn's aren't its message's, and count only
    with `turns`."""
    statements: list[str] = []
    tokens = _statements.set(statements), _with_turns.set(turns)
    try:
        yield statements
    finally:
        _statements.reset(tokens[0])
        _with_turns.reset(tokens[1])


@event.listens_for(Engine, "before_cursor_execute")
def _note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    statements = _statements.get()
    task = asyncio.current_task()
    of_a_turn = task is not None and task.get_name().startswith(TURN)
    left_out = of_a_turn and not _with_turns.get()
    if statements is not None and not left_out and not statement.startswith(CONTROL):
        statements.append(statement)


@asynccontextmanager
async def running(application: Application) -> AsyncIterator[None]:
    """Run an application's lifespan as an ASGI server does.

    Raises:
        RuntimeError: it doesn't start.
    """
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    living = asyncio.create_task(application({"type": "lifespan"}, told.get, heard.put))
    await told.put({"type": "lifespan.startup"})
    started = await heard.get()
    if started["type"] != "lifespan.startup.complete":
        raise RuntimeError(str(started.get("message", started)))
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await living
