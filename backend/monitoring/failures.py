"""An exception as a log may hold it: where it happened and of what kind it is, without what it quotes.

Exceptions of libraries quote what they failed on: a row, a model's answer, a connection string. So only
messages that can't are kept, and codes that say as much.
"""

import re
import sys
import traceback
from typing import Any

from structlog.typing import EventDict

DEEPEST = 8
# Raised by the interpreter about code, or by the system about files and connections.
PLAIN = (OSError, ImportError, NameError, AttributeError, TypeError, MemoryError, RecursionError)
# Raised by clients when there is no connection, and about nothing else.
PLAIN_NAMES = {
    "psycopg.OperationalError",
    "psycopg_pool.PoolTimeout",
    "redis.exceptions.ConnectionError",
    "redis.exceptions.TimeoutError",
}
SLUG = re.compile(r"[A-Za-z0-9_.-]{1,40}")
CODES = ("code", "sqlstate", "status_code")


def without_content(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """structlog's processor: `exc_info` becomes `exception`, a text."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given and not isinstance(given, BaseException):
        given = sys.exc_info()[1]
    if isinstance(given, BaseException):
        event["exception"] = trace_of(given)
    return event


def trace_of(error: BaseException) -> str:
    """The frames and the kind of an exception and of what caused it, the cause first."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain and len(chain) < DEEPEST:
        chain.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\n\n".join(_one(each) for each in reversed(chain))


def _one(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    parts = [frames + kind_of(error)]
    if isinstance(error, BaseExceptionGroup):
        parts += [_one(each) for each in error.exceptions[:DEEPEST]]
    return "\n".join(parts)


def kind_of(error: BaseException) -> str:
    """The class, the codes, and the message where it quotes nobody."""
    kind = type(error)
    name = (
        kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    )
    codes = [
        f"{code}={value}"
        for code in CODES
        if isinstance(value := getattr(error, code, None), str | int) and SLUG.fullmatch(str(value))
    ]
    told = name + (f" ({', '.join(codes)})" if codes else "")
    return f"{told}: {error}" if isinstance(error, PLAIN) or name in PLAIN_NAMES else told
