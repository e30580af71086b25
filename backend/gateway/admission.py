"""Who is let in, for how long, and who is sent away: connections end with what let them in."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import structlog

from backend.errors import KeepsakeError, NotAuthenticated, OtherAccount
from backend.gateway.authentication import Tokens, account_of
from backend.gateway.control import (
    AccountGone,
    Control,
    SignedOutEverywhere,
    TokensRevoked,
    UserBlocked,
)
from backend.gateway.hub import Connection
from backend.gateway.protocol import (
    ACCOUNT_BLOCKED,
    ACCOUNT_GONE,
    REPLACED,
    TOKEN_EXPIRED,
    TOKEN_REVOKED,
    Authenticated,
    CutOff,
)
from backend.models import SignIn, utc_now
from backend.store import Store

log = structlog.get_logger(__name__)

CHECK_SECONDS = 60.0


class Ending(Connection, Protocol):
    """A connection that the server can end."""

    async def cut_off(self, why: CutOff) -> None:
        """Tell the client why, after what is queued for it, and close. Never raises for a client that
        is gone, and doesn't wait for long for one that doesn't read."""


@dataclass(slots=True)
class _Guest:
    connection: Ending
    sign_in: SignIn
    expiry: asyncio.TimerHandle = field(init=False)


class Admission:
    """Lets this process's connections in, and sends them away when their token expires or is revoked,
    when their account is gone or blocked, or when their user has opened too many others.

    Their number is counted in each process by itself: it bounds what one user can take of a process,
    and so needs no Redis, and nothing to clean up after a process that died.
    """

    def __init__(self, store: Store, tokens: Tokens, control: Control, *, most: int) -> None:
        self._store = store
        self._tokens = tokens
        self._most = most
        self._guests: dict[Connection, _Guest] = {}
        self._of_user: dict[UUID, dict[Connection, _Guest]] = {}  # oldest first
        self._news = 0
        self._ending: set[asyncio.Task[None]] = set()
        control.on(TokensRevoked, self._revoked)
        control.on(SignedOutEverywhere, self._revoked_all)
        control.on(AccountGone, self._gone)
        control.on(UserBlocked, self._blocked)

    def size(self) -> tuple[int, int]:
        """How many connections there are, and of how many users."""
        return len(self._guests), len(self._of_user)

    async def admit(self, connection: Ending, sign_in: SignIn) -> None:
        """Let a connection in, whose `user_id` is the sign-in's. The user's oldest ones make room.

        Raises:
            NotAuthenticated: the token was revoked, or the account is gone.
            AccountBlocked: by an admin.
        """
        await self._check(sign_in)
        self._welcome(connection, sign_in)
        of_user = self._of_user[sign_in.user_id]
        while len(of_user) > self._most:
            self._send_away(next(iter(of_user.values())), REPLACED)

    def leave(self, connection: Connection) -> None:
        """A connection is closed, or was never let in."""
        guest = self._guests.pop(connection, None)
        if guest is None:
            return
        guest.expiry.cancel()
        user_id = guest.sign_in.user_id
        of_user = self._of_user[user_id]
        del of_user[connection]
        if not of_user:
            del self._of_user[user_id]

    async def renew(self, connection: Connection, token: str) -> SignIn:
        """Let a connection stay until another token of its user expires.

        Raises:
            OtherAccount: the token is somebody else's.
            NotAuthenticated: it is wrong, expired or revoked. As before, the connection stays as
                long as its old token lets it.
        """
        sign_in = self._tokens.read(token)
        if sign_in.user_id != connection.user_id:
            raise OtherAccount("This token is another user's. Connect anew with it.")
        await self._check(sign_in)
        guest = self._guests.get(connection)
        if guest is None:
            raise NotAuthenticated("The connection has ended meanwhile.")
        self._welcome(guest.connection, sign_in)
        return sign_in

    async def watch(self) -> None:
        """Look for what the bus didn't bring, every minute, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self.recheck()
                async with self._store.transaction() as tx:
                    await tx.sign_ins.forget_expired()
            except KeepsakeError as error:
                log.warning("admission.unchecked", code=error.code)

    async def recheck(self) -> None:
        """Send away who is no longer let in: one query, whatever their number.

        Raises:
            StoreUnavailable: the database can't be reached; everybody stays.
        """
        if not self._guests:
            return
        held = {guest.sign_in for guest in self._guests.values()}
        async with self._store.transaction() as tx:
            ended, gone, blocked = await tx.sign_ins.ended(held)
        now = utc_now()
        for guest in list(self._guests.values()):
            if guest.sign_in.user_id in gone:
                self._send_away(guest, ACCOUNT_GONE)
            elif guest.sign_in.user_id in blocked:
                self._send_away(guest, ACCOUNT_BLOCKED)
            elif guest.sign_in in ended:
                self._send_away(guest, TOKEN_REVOKED)
            elif guest.sign_in.expires_at <= now:  # its timer stood still while the machine slept
                self._send_away(guest, TOKEN_EXPIRED)

    async def _check(self, sign_in: SignIn) -> None:
        """Ask again if a revocation came meanwhile: it didn't find this connection among the guests."""
        while True:
            news = self._news
            await account_of(self._store, sign_in)
            if news == self._news:
                return

    def _welcome(self, connection: Ending, sign_in: SignIn) -> None:
        if known := self._guests.get(connection):
            known.expiry.cancel()
        guest = _Guest(connection, sign_in)
        seconds = (sign_in.expires_at - utc_now()).total_seconds()
        loop = asyncio.get_running_loop()
        guest.expiry = loop.call_later(seconds, self._send_away, guest, TOKEN_EXPIRED)
        self._guests[connection] = guest
        self._of_user.setdefault(sign_in.user_id, {})[connection] = guest

    def _send_away(self, guest: _Guest, why: CutOff) -> None:
        connection = guest.connection
        self.leave(connection)
        log.info("connection.cut_off", user_id=str(connection.user_id), code=why.code)
        task = asyncio.ensure_future(connection.cut_off(why))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _revoked(self, event: TokensRevoked) -> None:
        self._news += 1
        for guest in self._guests_of(event.user_id):
            if not set(event.ids).isdisjoint(guest.sign_in.ids):
                self._send_away(guest, TOKEN_REVOKED)

    def _revoked_all(self, event: SignedOutEverywhere) -> None:
        self._news += 1
        for guest in self._guests_of(event.user_id):
            if guest.sign_in.older_than(event.before):
                self._send_away(guest, TOKEN_REVOKED)

    def _gone(self, event: AccountGone) -> None:
        self._news += 1
        for guest in self._guests_of(event.user_id):
            self._send_away(guest, ACCOUNT_GONE)

    def _blocked(self, event: UserBlocked) -> None:
        self._news += 1
        for guest in self._guests_of(event.user_id):
            self._send_away(guest, ACCOUNT_BLOCKED)

    def _guests_of(self, user_id: UUID) -> list[_Guest]:
        return list(self._of_user.get(user_id, {}).values())


def authenticated(sign_in: SignIn) -> dict[str, Any]:
    """What the ack of `auth` says."""
    return Authenticated(user_id=sign_in.user_id, expires_at=sign_in.expires_at).wire()
