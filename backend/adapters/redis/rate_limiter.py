"""Rate limits that all processes share, counted in Redis."""

import time
from typing import Any

from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis

from backend.adapters.rate_window import RateWindow, parse_limit, rate_limited
from backend.adapters.redis.connection import UNREACHABLE
from backend.adapters.redis.outage import Outage

KEY_PREFIX = "keepsake:rate"
SLOW_SECONDS = 0.5
LEAVE_ALONE_SECONDS = 5.0


class RedisRateLimiter:
    """The `RateLimiter` of several processes, over a moving window.

    While Redis is away each process counts for itself: nobody is let through without a limit and
    nobody is refused because of the outage. After a wait that ran into its timeout, Redis is left
    alone for 5 s, so that an outage doesn't slow every action down.
    """

    def __init__(self, client: Redis, limit: str) -> None:
        """`client` is a `command_client`; the caller closes it. `limit` is such as `10/minute`.

        Raises:
            ConfigurationError: the limit can't be understood.
        """
        self._limit = parse_limit(limit)
        options: dict[str, Any] = {"connection_pool": client.connection_pool}
        storage = RedisStorage(
            "async+redis://", implementation="redispy", key_prefix=KEY_PREFIX, **options
        )
        self._shared = MovingWindowRateLimiter(storage)
        self._local = RateWindow(self._limit)
        self._outage = Outage("rate limit")
        self._leave_alone_until = 0.0

    async def take(self, key: str) -> None:
        """Count one action.

        Raises:
            RateLimited: too many; `retry_after` is the seconds until the next is allowed.
        """
        wait = await self._take_shared(key)
        if wait is None:
            self._local.take(key)
        elif wait > 0:
            raise rate_limited(wait)

    async def _take_shared(self, key: str) -> float | None:
        """Seconds to wait, 0 if the action was counted, None if Redis can't be asked."""
        started = time.monotonic()
        if started < self._leave_alone_until:
            return None
        try:
            allowed = await self._shared.hit(self._limit, key)
            stats = None if allowed else await self._shared.get_window_stats(self._limit, key)
        except UNREACHABLE as error:
            self._outage.failed(error)
            if time.monotonic() - started > SLOW_SECONDS:
                self._leave_alone_until = time.monotonic() + LEAVE_ALONE_SECONDS
            return None
        self._outage.worked()
        return 0.0 if stats is None else max(stats.reset_time - time.time(), 0.001)
