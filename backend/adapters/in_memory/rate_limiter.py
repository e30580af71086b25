"""Rate limits of a single process."""

import time
from collections.abc import Callable

from backend.adapters.rate_window import RateWindow, parse_limit
from backend.quota import Quota


class InMemoryRateLimiter:
    """The `RateLimiter` of one process, over a moving window. `limit` is such as `10/minute`."""

    def __init__(self, limit: str, clock: Callable[[], float] = time.monotonic) -> None:
        """
        Raises:
            ConfigurationError: the limit can't be understood.
        """
        self._window = RateWindow(parse_limit(limit), clock)

    async def take(self, key: str) -> Quota:
        """Count one action; returns what is left.

        Raises:
            RateLimited: too many; `retry_after` is the seconds until the next is allowed.
        """
        return self._window.take(key)
