"""Which tokens the store still takes."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from backend.models import SignIn, User, utc_now
from tests.support.eventually import eventually
from tests.support.records import a_user
from tests.support.system import System

HOUR = timedelta(hours=1)


def a_sign_in(user: User, **known: Any) -> SignIn:
    """Of a user, now; another issuer's unless more is known."""
    return SignIn(user.id, uuid4(), utc_now() + HOUR, **known)


async def holds(system: System, sign_in: SignIn) -> bool | None:
    """Whether it does; None if the account is gone."""
    async with system.store.transaction() as tx:
        found = await tx.sign_ins.account(sign_in)
        ended, gone, _ = await tx.sign_ins.ended([sign_in])
    if found is None:
        assert (ended, gone) == (set(), {sign_in.user_id})
        return None
    assert (found[0].id, bool(ended), gone) == (sign_in.user_id, not found[1], set())
    return found[1]


async def test_a_token_and_a_session_are_revoked_by_their_ids(system: System, user: User) -> None:
    session = uuid4()
    first, second = [a_sign_in(user, session_id=session, issued_at=utc_now()) for _ in range(2)]
    other = a_sign_in(user)
    async with system.store.transaction() as tx:
        assert await tx.sign_ins.revoke(first.token_id, first.expires_at)
        assert not await tx.sign_ins.revoke(first.token_id, first.expires_at)
    assert [await holds(system, each) for each in (first, second, other)] == [False, True, True]
    async with system.store.transaction() as tx:
        await tx.sign_ins.revoke(session, second.expires_at)
    assert [await holds(system, each) for each in (second, other)] == [False, True]


async def test_all_tokens_until_now_end_and_later_ones_hold(system: System, user: User) -> None:
    somebody = a_user("Bo")
    start = utc_now()
    before = a_sign_in(user, issued_at=start)
    undated, theirs = a_sign_in(user), a_sign_in(somebody, issued_at=utc_now())
    async with system.store.transaction() as tx:
        await tx.users.add(somebody)
        moment = await tx.sign_ins.revoke_all(user.id)
    assert start < moment <= utc_now()
    after = a_sign_in(user, issued_at=moment)
    assert [await holds(system, each) for each in (before, undated, after, theirs)] == [
        *(False, False, True, True)
    ]


async def test_nothing_holds_when_the_account_is_gone(system: System, user: User) -> None:
    sign_in = a_sign_in(user)
    await system.query("DELETE FROM user_account WHERE id = %s", user.id)
    assert await holds(system, sign_in) is None


async def test_only_what_has_expired_is_forgotten(system: System, user: User) -> None:
    expired, lasting = uuid4(), uuid4()
    async with system.store.transaction() as tx:
        await tx.sign_ins.revoke(expired, utc_now() - timedelta(seconds=1))
        await tx.sign_ins.revoke(lasting, utc_now() + HOUR)
        await tx.sign_ins.forget_expired()
    rows = await system.query("SELECT id FROM revoked_token WHERE id = ANY(%s)", [expired, lasting])
    assert rows == [(lasting,)]


async def test_a_renewal_under_way_is_older_than_a_sign_out(system: System, user: User) -> None:
    """Else the tokens that it gives would outlive the sign-out that came meanwhile."""
    sign_in = a_sign_in(user, issued_at=utc_now())

    async def sign_out() -> Any:
        async with system.store.transaction() as tx:
            return await tx.sign_ins.revoke_all(user.id)

    async def waits() -> bool:
        return bool(await system.query("SELECT 1 FROM pg_locks WHERE NOT granted"))

    async with system.store.transaction() as tx:
        await tx.sign_ins.account(sign_in, renewing=True)
        signing_out = asyncio.create_task(sign_out())
        await eventually(waits)
        issued_at = utc_now()
    assert issued_at < await signing_out
