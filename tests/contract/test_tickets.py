"""The suite of the `Tickets` port, on a real Valkey."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from backend.adapters.redis.connection import command_client
from backend.adapters.redis.tickets import RedisTickets
from backend.errors import NotAuthenticated, ServiceUnavailable
from backend.models import SignIn, utc_now
from tests.support.eventually import eventually

LONG = timedelta(minutes=5)


@pytest.fixture
def tickets(redis: Redis) -> RedisTickets:
    return RedisTickets(redis)


def a_sign_in(**known: Any) -> SignIn:
    """Somebody's."""
    return SignIn(uuid4(), uuid4(), utc_now() + LONG, **known)


async def kept_for(user: SignIn, redis: Redis) -> list[bytes]:
    """The keys whose value names the user: the server is shared by the whole session."""
    keys = [key async for key in redis.scan_iter(match="keepsake:ticket:*")]
    return [key for key in keys if str(user.user_id).encode() in (await redis.get(key) or b"")]


async def test_a_ticket_stands_for_its_token_once(tickets: RedisTickets) -> None:
    mine, yours = a_sign_in(), a_sign_in(session_id=uuid4(), issued_at=utc_now())
    my_ticket, your_ticket = [await tickets.issue(user, LONG) for user in (mine, yours)]
    assert my_ticket != your_ticket
    assert len(my_ticket) == 43
    assert await tickets.redeem(your_ticket) == yours
    assert await tickets.redeem(my_ticket) == mine
    with pytest.raises(NotAuthenticated, match="used"):
        await tickets.redeem(my_ticket)


async def test_of_many_at_once_in_two_processes_one_gets_in(
    tickets: RedisTickets, valkey_url: str
) -> None:
    client = command_client(valkey_url)
    processes, user = (tickets, RedisTickets(client)), a_sign_in()
    ticket = await tickets.issue(user, LONG)
    results = await asyncio.gather(
        *(processes[number % 2].redeem(ticket) for number in range(30)), return_exceptions=True
    )
    assert results.count(user) == 1
    assert sum(isinstance(result, NotAuthenticated) for result in results) == 29
    await client.aclose()


async def test_a_ticket_expires(tickets: RedisTickets, redis: Redis) -> None:
    user = a_sign_in()
    ticket = await tickets.issue(user, timedelta(milliseconds=200))

    async def gone() -> bool:
        return not await kept_for(user, redis)

    await eventually(gone)
    with pytest.raises(NotAuthenticated, match="expired"):
        await tickets.redeem(ticket)


async def test_who_reads_redis_can_t_use_a_ticket(tickets: RedisTickets, redis: Redis) -> None:
    user = a_sign_in()
    ticket = await tickets.issue(user, LONG)
    (key,) = await kept_for(user, redis)
    assert ticket.encode() not in key
    assert 290_000 < await redis.pttl(key) <= 300_000
    with pytest.raises(NotAuthenticated):
        await tickets.redeem(key.decode().rpartition(":")[2])
    assert await tickets.redeem(ticket) == user


@pytest.mark.parametrize("ticket", ["", "garbage", "*", "x" * 10_000, "é\x00"])
async def test_what_was_never_issued_is_refused(tickets: RedisTickets, ticket: str) -> None:
    with pytest.raises(NotAuthenticated):
        await tickets.redeem(ticket)


async def test_an_outage_is_told_as_one() -> None:
    nobody = command_client("redis://127.0.0.1:1/0")
    tickets = RedisTickets(nobody)
    for attempt in (tickets.issue(a_sign_in(), LONG), tickets.redeem("any")):
        with pytest.raises(ServiceUnavailable, match="auth frame") as failed:
            await attempt
        assert len(failed.value.message.encode()) <= 123  # what a close reason may have
    await nobody.aclose()
