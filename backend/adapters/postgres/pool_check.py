"""Whether a pooled connection still lives, asked of the database only where there is doubt.

SQLAlchemy's own check (`pool_pre_ping`) asks each time that a connection is taken: one more round trip
in every transaction, a fifth of what a short one costs.
"""

import select
from time import monotonic
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine

# A server that ends a connection says so, and the socket becomes readable. One that vanishes with its
# machine doesn't: who was silent for longer is asked.
TRUSTED_SECONDS = 30.0
_RETURNED = "returned_at"


def ask_only_in_doubt(engine: AsyncEngine, trusted_seconds: float = TRUSTED_SECONDS) -> None:
    """Replace connections that were ended from outside before anybody gets them."""
    pool, dialect = engine.sync_engine.pool, engine.sync_engine.dialect

    @event.listens_for(pool, "checkin")
    def returned(_connection: Any, record: Any) -> None:
        record.info[_RETURNED] = monotonic()

    @event.listens_for(pool, "checkout")
    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        returned_at = record.info.get(_RETURNED)
        if returned_at is None:  # just made
            return
        try:
            if monotonic() - returned_at > trusted_seconds or _has_something_to_say(connection):
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            # The others of the pool are most likely gone, too.
            raise InvalidatePoolError() from error


def _has_something_to_say(connection: Any) -> bool:
    poll = select.poll()
    poll.register(connection.driver_connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
