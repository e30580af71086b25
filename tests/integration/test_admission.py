"""Connections end with what let them in, on every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from backend.adapters.in_memory.event_bus import Exchange, InMemoryEventBus
from backend.errors import AccountBlocked, NotAuthenticated, OtherAccount, StoreUnavailable
from backend.gateway.admission import Admission
from backend.gateway.authentication import Tokens
from backend.gateway.census import Census
from backend.gateway.control import (
    AccountGone,
    Control,
    SignedOutEverywhere,
    TokensRevoked,
    UserBlocked,
)
from backend.gateway.hub import Hub
from backend.gateway.protocol import (
    ACCOUNT_BLOCKED,
    ACCOUNT_GONE,
    REPLACED,
    TOKEN_EXPIRED,
    TOKEN_REVOKED,
    CutOff,
    conversation_room,
    user_room,
)
from backend.models import SignIn, User, utc_now
from backend.store import Transaction
from tests.support.doubles import Hook, Listener, UnpluggableStore
from tests.support.eventually import eventually
from tests.support.records import a_user
from tests.support.system import System

MOST = 3


class Guest(Listener):
    """A connection that keeps why it was cut off."""

    def __init__(self, user_id: UUID) -> None:
        super().__init__(user_id)
        self.cut: list[CutOff] = []

    async def cut_off(self, why: CutOff) -> None:
        self.cut.append(why)


class Store(UnpluggableStore):
    """`after_next` happens once, right after the next transaction."""

    after_next: Hook | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with super().transaction() as tx:
            yield tx
        if happens := self.after_next:
            self.after_next = None
            await happens()


class Process:
    """One process as far as letting in goes."""

    def __init__(self, system: System, exchange: Exchange) -> None:
        self.store = Store(system.store)
        self.hub = Hub(InMemoryEventBus(exchange))
        self.control = Control(self.hub)
        self.tokens = Tokens("a secret that both processes share")
        self.admission = Admission(self.store, self.tokens, self.control, most=MOST)

    async def guest(self, sign_in: SignIn) -> Guest:
        """A connection that is let in."""
        guest = Guest(sign_in.user_id)
        await self.admission.admit(guest, sign_in)
        return guest


@pytest_asyncio.fixture
async def processes(system: System) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes that hear each other."""
    exchange = Exchange()
    both = Process(system, exchange), Process(system, exchange)
    async with AsyncExitStack() as stack:
        for process in both:
            await process.control.listen()
            task = asyncio.create_task(process.hub.run())
            stack.callback(task.cancel)
        await eventually(lambda: len(exchange.buses) == 2)
        yield both


def a_sign_in(user: User, seconds: float = 3600, **known: Any) -> SignIn:
    """Of a user, for so many seconds."""
    known.setdefault("issued_at", utc_now())
    return SignIn(user.id, uuid4(), utc_now() + timedelta(seconds=seconds), **known)


async def revoke(system: System, sign_in: SignIn) -> TokensRevoked:
    """Revoke it in the store alone; returns the news of it."""
    async with system.store.transaction() as tx:
        await tx.sign_ins.revoke(sign_in.token_id, sign_in.expires_at)
    return TokensRevoked(user_id=sign_in.user_id, ids=(sign_in.token_id,))


async def test_a_connection_ends_with_its_token(
    processes: tuple[Process, Process], user: User
) -> None:
    here, _ = processes
    short, long = await here.guest(a_sign_in(user, 0.1)), await here.guest(a_sign_in(user))
    left = await here.guest(a_sign_in(user, 0.05))
    here.admission.leave(left)
    await eventually(lambda: short.cut)
    assert (short.cut, long.cut, left.cut) == ([TOKEN_EXPIRED], [], [])


async def test_a_renewed_one_ends_with_the_new_token(
    processes: tuple[Process, Process], user: User
) -> None:
    here, _ = processes
    first, second = [await here.guest(a_sign_in(user, 0.2)) for _ in range(2)]
    sign_in = await here.admission.renew(first, here.tokens.issue(user.id).access_token)
    assert sign_in.expires_at > utc_now() + timedelta(hours=1)
    await eventually(lambda: second.cut)
    assert first.cut == []


async def test_a_renewal_that_comes_too_late_does_not_bring_it_back(
    processes: tuple[Process, Process], user: User
) -> None:
    here, _ = processes
    guest = await here.guest(a_sign_in(user, 0.05))
    await eventually(lambda: guest.cut)
    with pytest.raises(NotAuthenticated, match="ended"):
        await here.admission.renew(guest, here.tokens.issue(user.id).access_token)
    assert guest.cut == [TOKEN_EXPIRED]


async def test_a_renewal_is_of_the_same_user(
    processes: tuple[Process, Process], user: User
) -> None:
    here, _ = processes
    guest = await here.guest(a_sign_in(user))
    with pytest.raises(OtherAccount):
        await here.admission.renew(guest, here.tokens.issue(uuid4()).access_token)
    await here.admission.renew(guest, here.tokens.issue(user.id).access_token)
    assert guest.cut == []


@pytest.mark.parametrize("by", ["token", "session", "all", "account", "block"])
async def test_what_ends_on_one_process_ends_on_every_other(
    processes: tuple[Process, Process], user: User, by: str
) -> None:
    session = uuid4()
    ended = a_sign_in(user, session_id=session)
    other = a_sign_in(user, session_id=uuid4(), issued_at=utc_now() + timedelta(seconds=1))
    guests = [await process.guest(ended) for process in processes]
    others = [await process.guest(other) for process in processes]
    news = {
        "token": TokensRevoked(user_id=user.id, ids=(ended.token_id,)),
        "session": TokensRevoked(user_id=user.id, ids=(session,)),
        "all": SignedOutEverywhere(user_id=user.id, before=utc_now()),
        "account": AccountGone(user_id=user.id),
        "block": UserBlocked(user_id=user.id),
    }[by]
    await processes[0].control.tell(news)
    for_all = {"account": [ACCOUNT_GONE], "block": [ACCOUNT_BLOCKED]}.get(by, [])
    await eventually(lambda: all(guest.cut == (for_all or [TOKEN_REVOKED]) for guest in guests))
    assert all(guest.cut == for_all for guest in others)


async def test_what_the_bus_did_not_bring_is_found_in_the_store(
    processes: tuple[Process, Process], system: System, user: User
) -> None:
    here, _ = processes
    somebody, nuisance = a_user("Bo"), a_user("Cy")
    async with system.store.transaction() as tx:
        await tx.users.add(somebody)
        await tx.users.add(nuisance)
    revoked, kept, gone = a_sign_in(user), a_sign_in(user), a_sign_in(somebody)
    signed_in = (revoked, kept, gone, a_sign_in(nuisance))
    guests = [await here.guest(sign_in) for sign_in in signed_in]
    await revoke(system, revoked)
    await system.query("UPDATE user_account SET blocked_at = now() WHERE id = %s", nuisance.id)
    await system.query("DELETE FROM user_account WHERE id = %s", somebody.id)

    here.store.unplugged = True
    with pytest.raises(StoreUnavailable):
        await here.admission.recheck()
    assert [guest.cut for guest in guests] == [[], [], [], []]

    here.store.unplugged = False
    await here.admission.recheck()
    expected = [[TOKEN_REVOKED], [], [ACCOUNT_GONE], [ACCOUNT_BLOCKED]]
    await eventually(lambda: [guest.cut for guest in guests] == expected)


async def test_who_is_revoked_while_being_let_in_stays_out(
    processes: tuple[Process, Process], system: System, user: User
) -> None:
    """The news finds nobody to cut off yet; the check that ran before it must not count."""
    here, _ = processes
    sign_in = a_sign_in(user)

    async def revoked() -> None:
        await here.control.tell(await revoke(system, sign_in))

    here.store.after_next = revoked
    with pytest.raises(NotAuthenticated, match="revoked"):
        await here.guest(sign_in)
    assert here.store.after_next is None


async def test_the_newest_connections_of_a_user_stay(
    processes: tuple[Process, Process], system: System, user: User
) -> None:
    here, there = processes
    somebody = a_user("Bo")
    async with system.store.transaction() as tx:
        await tx.users.add(somebody)
    theirs = await here.guest(a_sign_in(somebody))
    elsewhere = await there.guest(a_sign_in(user))
    ours = [await here.guest(a_sign_in(user)) for _ in range(MOST)]
    # A renewal makes a connection no newer, and one that leaves makes room.
    await here.admission.renew(ours[0], here.tokens.issue(user.id).access_token)
    here.admission.leave(ours[1])
    ours += [await here.guest(a_sign_in(user)) for _ in range(2)]
    await eventually(lambda: ours[0].cut)
    assert [guest.cut for guest in ours] == [[REPLACED], [], [], [], []]
    assert theirs.cut == elsewhere.cut == []


async def test_a_blocked_account_is_not_let_in(
    processes: tuple[Process, Process], system: System, user: User
) -> None:
    async with system.store.transaction() as tx:
        await tx.people.block_user(user.id, "spam")
    with pytest.raises(AccountBlocked, match=r"blocked by an admin: spam\.$"):
        await processes[0].guest(a_sign_in(user))
    async with system.store.transaction() as tx:
        await tx.people.block_user(user.id, None)
    await processes[0].guest(a_sign_in(user))


async def test_all_processes_count_who_is_connected(
    processes: tuple[Process, Process], user: User
) -> None:
    here, there = processes
    takers = [
        Census(process.control, process.hub, process.admission, name)
        for process, name in zip(processes, ("here", "there"), strict=True)
    ]
    ours = [await here.guest(a_sign_in(user)) for _ in range(2)]
    theirs = await there.guest(a_sign_in(user))
    conversation = uuid4()
    for process, guest in ((here, ours[0]), (here, ours[1]), (there, theirs)):
        await process.hub.join(guest, conversation_room(conversation))
        await process.hub.join(guest, user_room(user.id))
    for taker in takers:
        counted = {each.process: each for each in await taker.take()}
        assert {
            name: (each.connections, each.users, each.listeners) for name, each in counted.items()
        } == {"here": (2, 1, {conversation: 2}), "there": (1, 1, {conversation: 1})}
