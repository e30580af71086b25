"""The suite of the `RateLimiter` port, on every adapter."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
import pytest_asyncio

from backend.adapters.in_memory.rate_limiter import InMemoryRateLimiter
from backend.adapters.redis.connection import command_client
from backend.adapters.redis.rate_limiter import RedisRateLimiter
from backend.errors import ConfigurationError, RateLimited
from backend.ports import RateLimiter
from backend.quota import Quota
from tests.support.eventually import eventually

NewLimiter = Callable[[str], RateLimiter]


@pytest_asyncio.fixture(params=["in_memory", "redis"])
async def new_limiter(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[NewLimiter]:
    client = command_client(valkey_url)
    if request.param == "redis":
        yield lambda limit: RedisRateLimiter(client, limit)
    else:
        yield InMemoryRateLimiter
    await client.aclose()


@pytest.fixture
def key() -> str:
    """A user nobody else counts for: the server is shared by the whole session."""
    return f"user:{uuid4()}"


async def test_lets_the_limit_through_and_refuses_the_next(
    new_limiter: NewLimiter, key: str
) -> None:
    limiter = new_limiter("3/minute")
    left = [await limiter.take(key) for _ in range(3)]
    assert [(quota.limit, quota.remaining) for quota in left] == [(3, 2), (3, 1), (3, 0)]
    assert all(50 < quota.reset_seconds <= 60 for quota in left)
    with pytest.raises(RateLimited) as refused:
        await limiter.take(key)
    assert refused.value.retry_after is not None
    assert 50 < refused.value.retry_after <= 60
    assert refused.value.quota == Quota(3, 0, refused.value.retry_after)
    assert "Try again in" in str(refused.value)


async def test_refusals_are_not_counted(new_limiter: NewLimiter, key: str) -> None:
    """Somebody who keeps trying is let in again when the first action leaves the window."""
    limiter = new_limiter("2/second")
    started = time.monotonic()
    for _ in range(2):
        await limiter.take(key)

    async def let_in() -> bool:
        (refused,) = await asyncio.gather(limiter.take(key), return_exceptions=True)
        if isinstance(refused, Quota):
            return True
        assert isinstance(refused, RateLimited)
        assert refused.retry_after is not None
        assert 0 < refused.retry_after <= 1
        return False

    assert not await let_in()
    await eventually(let_in, within=10)
    assert time.monotonic() - started >= 0.9


async def test_each_key_has_its_own_count(new_limiter: NewLimiter, key: str) -> None:
    limiter = new_limiter("1/minute")
    await limiter.take(key)
    await limiter.take(f"{key}:another")
    with pytest.raises(RateLimited):
        await limiter.take(key)


async def test_actions_at_once_do_not_slip_through(new_limiter: NewLimiter, key: str) -> None:
    limiter = new_limiter("10/minute")
    results = await asyncio.gather(*(limiter.take(key) for _ in range(40)), return_exceptions=True)
    assert sum(isinstance(result, Quota) for result in results) == 10
    assert sum(isinstance(result, RateLimited) for result in results) == 30


@pytest.mark.parametrize(
    "limit", ["", "ten/minute", "10", "10/fortnight", "0/minute", "1/second;5/minute", "-1/minute"]
)
async def test_a_limit_that_makes_no_sense_names_itself_and_an_example(
    new_limiter: NewLimiter, limit: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        new_limiter(limit)
    assert repr(limit) in str(refused.value)
    assert "10/minute" in str(refused.value)
