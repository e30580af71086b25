"""When to ask again after a failure, and when to give up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class RetryRule:
    """At most `retries` repeats. Waits are in seconds.

    Without advice from the server the wait is drawn evenly from 0 to
    min(`longest_backoff`, `first_backoff` * 2^attempt) ("full jitter": clients that failed together
    don't come back together). `retry-after` is waited out in full, plus up to `first_backoff` of
    jitter, if it is at most `longest_advised`; beyond that it isn't worth keeping a person waiting.
    """

    retries: int = 2
    first_backoff: float = 0.5
    longest_backoff: float = 4.0
    longest_advised: float = 10.0

    def wait(self, attempt: int, advised: float | None, chance: float) -> float | None:
        """Seconds to wait before repeating, or None to give up.

        `attempt` counts failures before this one (0 after the first); `advised` is the server's
        `retry-after`; `chance` is a random number in [0, 1).
        """
        if attempt >= self.retries:
            return None
        if advised is not None:
            in_reach = advised <= self.longest_advised
            return advised + chance * self.first_backoff if in_reach else None
        return chance * min(self.longest_backoff, self.first_backoff * 2.0**attempt)


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks to wait, or None when it doesn't say or can't be understood.

    Reads `retry-after-ms`, then `retry-after` as seconds or as an HTTP date; never negative.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None:
        return max(0.0, seconds)
    moment = _http_date(value)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    # float() also takes "nan" and "inf", which are no wait at all.
    return number if number is not None and abs(number) < 1e9 else None


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value) if value is not None else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
