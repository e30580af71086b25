"""How many events one connection may send, whatever they are. Messages have a limit of their own,
MESSAGE_RATE_LIMIT, which counts them per user."""

import time
from collections.abc import Callable

from backend.errors import RateLimited
from backend.gateway.protocol import ClientEvent

EVENTS_PER_SECOND = 50.0
BURST = 200


class TooFast(Exception):
    """The client goes on although it was told to slow down."""


class Allowance:
    """A bucket of 200 events that refills by 50 a second. An event that finds it empty is refused but
    still counts; once 200 were refused in excess of the refill, the connection has to end."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left = float(BURST)
        self._counted_at = now()

    def take(self, event: str) -> None:
        """Count one event, unless it is a message.

        Raises:
            RateLimited: too many; after `retry_after` seconds some are allowed again.
            TooFast: far too many.
        """
        if event == ClientEvent.MESSAGE_SEND:
            return
        now = self._now()
        refilled = self._left + (now - self._counted_at) * EVENTS_PER_SECOND
        self._left = min(float(BURST), refilled) - 1
        self._counted_at = now
        if self._left < -BURST:
            raise TooFast
        if self._left < 0:
            raise RateLimited(
                "You send more events than anybody can take in. Slow down.",
                retry_after=1 - self._left / EVENTS_PER_SECOND,
            )
