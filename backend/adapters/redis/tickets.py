"""One-use tickets in Redis, each under the hash of its text: who reads Redis can't use them."""

import secrets
from datetime import timedelta
from hashlib import sha256

from pydantic import TypeAdapter
from redis.asyncio import Redis

from backend.adapters.redis.connection import UNREACHABLE
from backend.errors import NotAuthenticated, ServiceUnavailable
from backend.models import SignIn

KEY_PREFIX = "keepsake:ticket:"
TICKET_BYTES = 32
_KEPT = TypeAdapter(SignIn)


class RedisTickets:
    """The `Tickets` of several processes."""

    def __init__(self, client: Redis) -> None:
        """`client` is a `command_client`; the caller closes it."""
        self._client = client

    async def issue(self, sign_in: SignIn, lifetime: timedelta) -> str:
        """See `Tickets.issue`."""
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        try:
            await self._client.set(_key(ticket), _KEPT.dump_json(sign_in), px=lifetime)
        except UNREACHABLE as error:
            raise _away() from error
        return ticket

    async def redeem(self, ticket: str) -> SignIn:
        """See `Tickets.redeem`."""
        try:
            # One command, so that nobody can come between reading and deleting.
            kept = await self._client.getdel(_key(ticket))
        except UNREACHABLE as error:
            raise _away() from error
        if not isinstance(kept, bytes):
            raise NotAuthenticated("The ticket is unknown, used or expired. Ask for a new one.")
        return _KEPT.validate_json(kept)


def _key(ticket: str) -> str:
    return KEY_PREFIX + sha256(ticket.encode()).hexdigest()


def _away() -> ServiceUnavailable:
    # At most 123 bytes: it is also the reason that a socket is closed with.
    return ServiceUnavailable(
        "Tickets need Redis, which can't be reached; send the token in an auth frame instead."
    )
