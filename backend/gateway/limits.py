"""How much one person, or one address without a token, may ask for; told in `RateLimit-*` headers.

Messages have MESSAGE_RATE_LIMIT. What else is limited, and why so much: docs/security.md.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from typing import Any

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers, MutableHeaders

from backend.errors import NotAuthenticated, RateLimited
from backend.gateway.error_mapping import problem_of
from backend.gateway.networks import household
from backend.ports import RateLimiter
from backend.quota import Quota

API = "/api/"
SIGN_IN = "keepsake.sign_in"  # where a request's scope has what its token says, if it is a good one

Event = MutableMapping[str, Any]
Send = Callable[[Event], Awaitable[None]]

_of_this_request: ContextVar[list[Quota] | None] = ContextVar("quotas", default=None)


@dataclass(frozen=True, slots=True)
class Limits:
    """One limiter for each thing that is counted.

    `requests` of a user and `strangers_requests` of an address are counted by each process for
    itself: they bound what can be taken of a process, and so cost no call to Redis. Of sign-ins are
    counted those from an address, those to an account from an address, and those to an account.
    """

    requests: RateLimiter
    strangers_requests: RateLimiter
    registrations: RateLimiter
    sign_ins_from: RateLimiter
    sign_ins_to_from: RateLimiter
    sign_ins_to: RateLimiter

    async def registering(self, address: str | None) -> None:
        """Count a new account.

        Raises:
            RateLimited: too many from this address.
        """
        await take(self.registrations, f"register:{household(address)}")

    async def signing_in(self, email: str, address: str | None) -> None:
        """Count an attempt, before its password is looked at: right ones count like wrong ones, so
        that several at once don't slip through. What is refused isn't counted, so that who hammers
        from one address uses up little of what the account's owner has elsewhere.

        Raises:
            RateLimited: too many.
        """
        place = household(address)
        account = sha256(email.strip().lower().encode(errors="replace")).hexdigest()[:32]
        await take(self.sign_ins_from, f"sign-in:{place}")
        await take(self.sign_ins_to_from, f"sign-in:{account}:{place}")
        await take(self.sign_ins_to, f"sign-in:{account}")


async def take(limiter: RateLimiter, key: str) -> None:
    """Count an action, and have the request's answer tell what is left.

    Raises:
        RateLimited: too many.
    """
    try:
        quota = await limiter.take(key)
    except RateLimited as error:
        _tell(error.quota)
        raise
    _tell(quota)


def _tell(quota: Quota | None) -> None:
    told = _of_this_request.get()
    if told is not None and quota is not None:
        told.append(quota)


class RequestLimits:
    """Counts REST requests, and tells with each answer what is left of the limit that it ran into, or
    else of the one with the least left."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        quotas: list[Quota] = []
        _of_this_request.set(quotas)
        telling = _telling(send, quotas)
        try:
            await _count(scope)
        except RateLimited as error:
            await problem_of(error)(scope, receive, telling)
            return
        await self._app(scope, receive, telling)


async def _count(scope: Any) -> None:
    services = scope["app"].state.services
    limits: Limits = services.limits
    scheme, token = get_authorization_scheme_param(Headers(scope=scope).get("authorization"))
    try:
        sign_in = services.tokens.read(token if scheme.lower() == "bearer" else None)
    except NotAuthenticated:
        client = scope.get("client")
        await take(limits.strangers_requests, household(client[0] if client else None))
    else:
        scope[SIGN_IN] = sign_in
        await take(limits.requests, str(sign_in.user_id))


def _telling(send: Send, quotas: list[Quota]) -> Send:
    async def telling(event: Event) -> None:
        if event["type"] == "http.response.start" and quotas:
            event["headers"] = list(event.get("headers", []))
            MutableHeaders(raw=event["headers"]).update(rate_headers(quotas))
        await send(event)

    return telling


def rate_headers(quotas: Iterable[Quota]) -> dict[str, str]:
    """The headers for what is left (draft-ietf-httpapi-ratelimit-headers, as three fields)."""
    quota = min(quotas, key=lambda each: each.remaining / each.limit)
    return {
        "RateLimit-Limit": str(quota.limit),
        "RateLimit-Remaining": str(quota.remaining),
        "RateLimit-Reset": str(ceil(quota.reset_seconds)),
    }
