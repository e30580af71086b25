"""What is counted, in which order, and what is told of it."""

import pytest

from backend.adapters.in_memory.rate_limiter import InMemoryRateLimiter
from backend.adapters.redis.connection import command_client
from backend.bootstrap.limits import build_limits
from backend.errors import RateLimited
from backend.gateway.limits import Limits, rate_headers
from backend.quota import Quota

PLENTY = "1000/minute"


def limits(*, from_address: str = PLENTY, to_from: str = PLENTY, to: str = PLENTY) -> Limits:
    plenty = InMemoryRateLimiter(PLENTY)
    return Limits(
        requests=plenty,
        strangers_requests=plenty,
        registrations=plenty,
        sign_ins_from=InMemoryRateLimiter(from_address),
        sign_ins_to_from=InMemoryRateLimiter(to_from),
        sign_ins_to=InMemoryRateLimiter(to),
    )


async def refused_after(counted: Limits, *attempts: tuple[str, str]) -> int:
    """How many of the attempts (address, then network address) are let through before one isn't."""
    for number, (email, address) in enumerate(attempts):
        try:
            await counted.signing_in(email, address)
        except RateLimited:
            return number
    return len(attempts)


async def test_an_account_is_guarded_against_many_addresses() -> None:
    attempts = [("ada@example.com", f"203.0.113.{n}") for n in range(9)]
    assert await refused_after(limits(to="5/hour"), *attempts) == 5


async def test_an_account_is_one_however_it_is_written() -> None:
    spellings = ["ada@example.com", "ADA@example.com", " ada@Example.com ", "Ada@EXAMPLE.COM"]
    attempts = [(email, "203.0.113.7") for email in spellings]
    assert await refused_after(limits(to_from="3/hour"), *attempts) == 3


async def test_an_address_is_guarded_against_many_accounts() -> None:
    attempts = [(f"{n}@example.com", f"2001:db8::{n}") for n in range(9)]
    assert await refused_after(limits(from_address="5/hour"), *attempts) == 5


async def test_who_hammers_from_one_address_leaves_the_owner_their_part() -> None:
    counted = limits(to_from="2/hour", to="5/hour")
    for _ in range(50):
        await refused_after(counted, ("ada@example.com", "203.0.113.7"))
    assert await refused_after(counted, *[("ada@example.com", "198.51.100.1")] * 9) == 2


@pytest.mark.parametrize(
    ("messages", "requests"),
    [("10/minute", 600), ("1/minute", 600), ("30/minute", 1800), ("1/second", 3600)],
)
async def test_more_messages_mean_more_of_the_rest_and_fewer_leave_it(
    messages: str, requests: int
) -> None:
    redis = command_client("redis://localhost:1")  # counts in the process, as nobody is there
    built = build_limits(redis, messages)
    assert (await built.requests.take("user")).limit == requests
    assert (await built.strangers_requests.take("x")).limit == requests // 5
    assert (await built.sign_ins_to_from.take("x")).limit == 10
    await redis.aclose()


@pytest.mark.parametrize(
    ("quotas", "told"),
    [
        ([Quota(10, 9, 59.2)], ("10", "9", "60")),
        ([Quota(600, 1, 5.0), Quota(10, 9, 60.0)], ("600", "1", "5")),
        ([Quota(600, 599, 5.0), Quota(10, 0, 0.001)], ("10", "0", "1")),
    ],
    ids=["one", "the first", "the last"],
)
def test_the_least_that_is_left_is_told(quotas: list[Quota], told: tuple[str, ...]) -> None:
    assert tuple(rate_headers(quotas).values()) == told
