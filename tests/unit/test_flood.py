"""How many events a connection may send."""

import pytest

from backend.errors import RateLimited
from backend.gateway.flood import BURST, EVENTS_PER_SECOND, Allowance, TooFast

EVENT = "typing:start"


class Clock:
    """A time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def take(allowance: Allowance, times: int) -> None:
    for _ in range(times):
        allowance.take(EVENT)


def test_a_burst_is_allowed_and_what_follows_refused(clock: Clock) -> None:
    allowance = Allowance(clock)
    take(allowance, BURST)
    with pytest.raises(RateLimited) as refusal:
        allowance.take(EVENT)
    assert refusal.value.retry_after == pytest.approx(1 + 1 / EVENTS_PER_SECOND)


def test_a_steady_pace_is_allowed_for_ever(clock: Clock) -> None:
    allowance = Allowance(clock)
    for _ in range(100):
        take(allowance, int(EVENTS_PER_SECOND))
        clock.now += 1


def test_who_waits_as_told_may_go_on(clock: Clock) -> None:
    allowance = Allowance(clock)
    take(allowance, BURST)
    with pytest.raises(RateLimited) as refusal:
        allowance.take(EVENT)
    assert refusal.value.retry_after is not None
    clock.now += refusal.value.retry_after
    take(allowance, int(EVENTS_PER_SECOND) - 1)


def test_who_goes_on_although_refused_is_cut_off(clock: Clock) -> None:
    allowance = Allowance(clock)
    take(allowance, BURST)
    for _ in range(BURST):
        with pytest.raises(RateLimited):
            allowance.take(EVENT)
    with pytest.raises(TooFast):
        allowance.take(EVENT)


def test_a_long_rest_saves_up_no_more_than_a_burst(clock: Clock) -> None:
    allowance = Allowance(clock)
    clock.now += 3600
    take(allowance, BURST)
    with pytest.raises(RateLimited):
        allowance.take(EVENT)


def test_messages_have_a_limit_of_their_own(clock: Clock) -> None:
    allowance = Allowance(clock)
    for _ in range(10 * BURST):
        allowance.take("message:send")
    allowance.take(EVENT)
