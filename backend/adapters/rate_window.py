"""What every rate limiter shares: the notation of a limit, and a window kept in this process."""

import time
from collections import deque
from collections.abc import Callable

from limits import RateLimitItem, parse_many

from backend.errors import ConfigurationError, RateLimited
from backend.quota import Quota

SWEEP_KEYS = 1000


def parse_limit(text: str) -> RateLimitItem:
    """Read a limit such as `10/minute`, `5/second` or `100/2 hours`.

    Raises:
        ConfigurationError: it isn't one limit, or it allows nothing.
    """
    try:
        items = parse_many(text)
    except ValueError:
        items = []
    if len(items) != 1 or items[0].amount < 1 or items[0].get_expiry() < 1:
        raise ConfigurationError(
            f"{text!r} is not a rate limit; write a number and a unit of time, for example "
            "10/minute"
        )
    return items[0]


def rate_limited(limit: int, retry_after: float) -> RateLimited:
    """The error that says how many seconds to wait."""
    return RateLimited(
        f"Too many requests. Try again in {max(1, round(retry_after))} s.",
        retry_after=retry_after,
        quota=Quota(limit, 0, retry_after),
    )


class RateWindow:
    """Counts actions per key over a moving window, in this process.

    Our own rather than the `limits` library's in-memory storage, which looks through every key
    after each action: with 2,000 keys and 20 actions a second that took nine tenths of a core.
    """

    def __init__(self, limit: RateLimitItem, clock: Callable[[], float] = time.monotonic) -> None:
        self._amount = limit.amount
        self._seconds = float(limit.get_expiry())
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}
        self._sweep_at = SWEEP_KEYS

    def __len__(self) -> int:
        """Keys that are held in memory."""
        return len(self._taken)

    def take(self, key: str) -> Quota:
        """Count one action; returns what is left.

        Raises:
            RateLimited: the window is full.
        """
        now = self._clock()
        times = self._taken.setdefault(key, deque())
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._amount:
            raise rate_limited(self._amount, times[0] + self._seconds - now)
        times.append(now)
        if len(self._taken) > self._sweep_at:
            self._sweep(now)
        return Quota(self._amount, self._amount - len(times), times[0] + self._seconds - now)

    def _sweep(self, now: float) -> None:
        """Forget keys whose last action has left the window. Runs each time the number of keys
        has doubled, so it costs little per action."""
        start = now - self._seconds
        self._taken = {key: times for key, times in self._taken.items() if times[-1] > start}
        self._sweep_at = max(SWEEP_KEYS, 2 * len(self._taken))
