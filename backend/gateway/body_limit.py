"""How large a request's body may be and how long it may take: counted as it comes, before anything reads
it, whatever its headers say."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers

from backend.errors import BodyTooLarge, BodyTooSlow, KeepsakeError
from backend.gateway.error_mapping import problem_of
from backend.gateway.limits import SIGN_IN

log = structlog.get_logger(__name__)

MEGABYTE = 1024 * 1024
USUAL_BYTES = MEGABYTE
STRANGERS_BYTES = 64 * 1024  # of who shows no good token: a registration, a sign-in
# What people bring along. An import of 20,000 messages has room for 3,300 bytes each.
LARGE_BODIES = {
    "/api/v1/conversations/import": 64 * MEGABYTE,
    "/api/v1/characters/import": 17 * MEGABYTE,  # a card of 16, and its form
}
USUAL_SECONDS = 30.0
# Who sends too much is read on for so long, without keeping it: a connection that is closed while the
# client writes takes the answer with it.
LINGER_BYTES = 32 * MEGABYTE
LINGER_SECONDS = 5.0

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
BytesAllowed = Callable[[Mapping[str, Any]], int]


def bytes_allowed(scope: Mapping[str, Any]) -> int:
    """How large the body of a REST request may be."""
    if SIGN_IN not in scope:
        return STRANGERS_BYTES
    return LARGE_BODIES.get(scope["path"], USUAL_BYTES)


class BodyLimit:
    """Refuses a body that is too large (413) or too slow (408), and closes its connection."""

    def __init__(
        self, app: Any, allowed: BytesAllowed, *, usual_seconds: float = USUAL_SECONDS
    ) -> None:
        """`allowed` says how many bytes a request may have, by its scope. A body of the usual size may
        take `usual_seconds`, a larger one ten times as long."""
        self._app = app
        self._allowed = allowed
        self._seconds = usual_seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._allowed(scope)
        seconds = self._seconds * (10 if most > USUAL_BYTES else 1)
        body = _Body(scope, receive, send, most, seconds)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > body.most:
            await body.refuse(_too_large(body.most))
            return
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            if not body.refused:
                raise


class _Body:
    """One request's body, on its way in."""

    def __init__(self, scope: Any, receive: Receive, send: Send, most: int, seconds: float) -> None:
        self.most = most
        self.refused = False
        self._scope = scope
        self._receive = receive
        self._send = send
        self._read = 0
        self._complete = False
        self._deadline = asyncio.get_running_loop().time() + seconds

    async def receive(self) -> Event:
        """The application's `receive`.

        Raises:
            BodyTooLarge, BodyTooSlow: the client has been told so.
        """
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                event = await self._receive()
        except TimeoutError:
            raise await self.refuse(BodyTooSlow("The request's body took too long.")) from None
        self._read += len(event.get("body", b""))
        self._complete = not event.get("more_body", False)
        if self._read > self.most:
            raise await self.refuse(_too_large(self.most))
        return event

    async def send(self, event: Event) -> None:
        """The application's `send`: what it says to a refused request, nobody hears."""
        if not self.refused:
            await self._send(event)

    async def refuse(self, error: KeepsakeError) -> KeepsakeError:
        """Tell the client, and read on for a while."""
        self.refused = True
        answer = problem_of(error)
        answer.headers["Connection"] = "close"
        await self._send(
            {"type": "http.response.start", "status": error.status, "headers": answer.raw_headers}
        )
        await self._send({"type": "http.response.body", "body": answer.body, "more_body": True})
        if isinstance(error, BodyTooLarge):
            await self._linger()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        return error

    async def _linger(self) -> None:
        left = LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self._complete:
                    event = await self._receive()
                    left -= len(event.get("body", b""))
                    self._complete = not event.get("more_body", False)
        except TimeoutError:
            log.debug("body.still_coming")


def _too_large(most: int) -> BodyTooLarge:
    size = f"{most // MEGABYTE} MB" if most >= MEGABYTE else f"{most // 1024} KB"
    return BodyTooLarge(f"The request's body is larger than {size}.")
