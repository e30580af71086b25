"""The window that one process keeps: exact over time, and small."""

import pytest

from backend.adapters.rate_window import SWEEP_KEYS, RateWindow, parse_limit
from backend.errors import RateLimited


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_window_moves_with_each_action() -> None:
    clock = Clock()
    window = RateWindow(parse_limit("2/minute"), clock)
    window.take("user")
    clock.now += 40
    window.take("user")
    clock.now += 19
    with pytest.raises(RateLimited) as refused:
        window.take("user")
    assert refused.value.retry_after == pytest.approx(1)
    clock.now += 1
    window.take("user")
    with pytest.raises(RateLimited) as refused:
        window.take("user")
    assert refused.value.retry_after == pytest.approx(40)


@pytest.mark.parametrize(
    ("text", "amount", "seconds"),
    [
        ("10/minute", 10, 60),
        ("5 per second", 5, 1),
        ("100/2 hours", 100, 7200),
        ("1/day", 1, 86400),
    ],
)
def test_limits_are_read(text: str, amount: int, seconds: int) -> None:
    limit = parse_limit(text)
    assert (limit.amount, limit.get_expiry()) == (amount, seconds)


def test_keys_that_went_quiet_are_forgotten() -> None:
    clock = Clock()
    window = RateWindow(parse_limit("1/second"), clock)
    for number in range(SWEEP_KEYS):
        window.take(f"user:{number}")
    clock.now += 2
    window.take("somebody new")
    assert len(window) == 1
    with pytest.raises(RateLimited):
        window.take("somebody new")
