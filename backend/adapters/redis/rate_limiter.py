"""Rate limits that all processes share, counted in Redis."""

import time

from redis.asyncio import Redis

from backend.adapters.rate_window import RateWindow, parse_limit, rate_limited
from backend.adapters.redis.connection import UNREACHABLE
from backend.adapters.redis.outage import Outage
from backend.quota import Quota

KEY_PREFIX = "keepsake:rate"
SLOW_SECONDS = 0.5
LEAVE_ALONE_SECONDS = 5.0

# The times of a window's actions in milliseconds, oldest first, by the server's clock. Our own rather
# than the `limits` library's, which needs a second call to say what is left.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local amount, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], 0)
while oldest and tonumber(oldest) <= now - window do
    redis.call('LPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], 0)
end
local left = amount - redis.call('LLEN', KEYS[1])
if left > 0 then
    redis.call('RPUSH', KEYS[1], now)
    redis.call('PEXPIRE', KEYS[1], window)
end
return {left, tonumber(oldest or now) + window - now}
"""


class RedisRateLimiter:
    """The `RateLimiter` of several processes, over a moving window; one call to Redis an action.

    While Redis is away each process counts for itself: nobody is let through without a limit and
    nobody is refused because of the outage. After a wait that ran into its timeout, Redis is left
    alone for 5 s, so that an outage doesn't slow every action down.
    """

    def __init__(self, client: Redis, limit: str) -> None:
        """`client` is a `command_client`; the caller closes it. `limit` is such as `10/minute`.

        Raises:
            ConfigurationError: the limit can't be understood.
        """
        parsed = parse_limit(limit)
        self._amount = parsed.amount
        self._seconds = parsed.get_expiry()
        self._take = client.register_script(TAKE)
        self._local = RateWindow(parsed)
        self._outage = Outage("rate limit")
        self._leave_alone_until = 0.0

    async def take(self, key: str) -> Quota:
        """Count one action; returns what is left.

        Raises:
            RateLimited: too many; `retry_after` is the seconds until the next is allowed.
        """
        return await self._take_shared(key) or self._local.take(key)

    async def _take_shared(self, key: str) -> Quota | None:
        """What is left, None if Redis can't be asked."""
        started = time.monotonic()
        if started < self._leave_alone_until:
            return None
        name = f"{KEY_PREFIX}:{key}:{self._amount}/{self._seconds}"
        try:
            left, reset_ms = await self._take([name], [self._amount, self._seconds * 1000])
        except UNREACHABLE as error:
            self._outage.failed(error)
            if time.monotonic() - started > SLOW_SECONDS:
                self._leave_alone_until = time.monotonic() + LEAVE_ALONE_SECONDS
            return None
        self._outage.worked()
        if left <= 0:
            raise rate_limited(self._amount, max(reset_ms / 1000, 0.001))
        return Quota(self._amount, left - 1, reset_ms / 1000)
