"""`Idempotency-Key`: a POST that comes again with the same key isn't carried out again.

The first answer is kept for a day and given again, marked `Idempotency-Replayed: true`. It is kept
sealed under the key, of which only a hash is stored: what has been forgotten since can be read by
nobody but the client that was told it. Failures aren't kept, so trying again tries again.

Exempt: `/auth/*`, whose answers are secrets, and `…/messages`, where the key stands in for the
message's `clientMessageId`, which holds for ever and for streams too; `/admin/*`, where who asks must be
an admin still. (After
draft-ietf-httpapi-idempotency-key-header.)
"""

import hashlib
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.responses import Response

from backend.errors import (
    BodyTooLarge,
    BodyTooSlow,
    IdempotencyKeyReused,
    InvalidRequest,
    KeepsakeError,
    NotAuthenticated,
    RequestInProgress,
)
from backend.gateway.authentication import account_of
from backend.gateway.error_mapping import problem_of
from backend.gateway.services import Services
from backend.models import KeptAnswer
from backend.store import Store

STALE_CLAIM = timedelta(minutes=5)
LONGEST_KEY = 200
RETRY_SECONDS = 1.0
KEPT_HEADERS = {"content-type", "location", "etag"}
NONCE_BYTES = 12  # random, before what is sealed: a key that comes a day later seals anew

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


class IdempotencyMiddleware:
    """Wraps the application; requests without the header pass untouched."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get("idempotency-key") if _concerned(scope) else None
        if key is None:
            await self._app(scope, receive, send)
            return
        services: Services = scope["app"].state.services
        body = await _whole_body(receive)
        if body is None:
            return
        try:
            _, token = get_authorization_scheme_param(Headers(scope=scope).get("authorization"))
            caller = await account_of(services.store, services.tokens.read(token))
            request = Request(caller.id, key, _hash(_line(scope), body))
            answer = await self._once(services.store, request, scope, body)
        except NotAuthenticated:
            await self._app(scope, _again(body), send)  # who says so in its own words
            return
        except KeepsakeError as error:
            answer = problem_of(error)
        await answer(scope, receive, send)

    async def _once(self, store: Store, request: "Request", scope: Any, body: bytes) -> Response:
        async with store.transaction() as tx:
            earlier = await tx.kept_answers.claim(request.claim(), stale_after=STALE_CLAIM)
        if earlier is not None:
            return request.replay(earlier)
        told = Told()
        try:
            await self._app(scope, _again(body), told.hear)
        finally:
            async with store.transaction() as tx:
                if 200 <= told.status < 300:
                    sealed = request.seal(told)
                    await tx.kept_answers.keep(request.user_id, request.key_hash, sealed)
                else:
                    await tx.kept_answers.release(request.user_id, request.key_hash)
        return told.response()


@dataclass(slots=True)
class Told:
    """An answer as the application gives it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def hear(self, event: Event) -> None:
        """The application's `send`."""
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.headers = dict(Headers(raw=event["headers"]))
        else:
            self.body += event.get("body", b"")

    def response(self) -> Response:
        """The answer, to be given as it is."""
        headers = {name: value for name, value in self.headers.items() if name != "content-length"}
        return Response(self.body, self.status, headers)


@dataclass(frozen=True, slots=True)
class Request:
    """One request under a key."""

    user_id: UUID
    key: str
    request_hash: bytes

    def __post_init__(self) -> None:
        if not (0 < len(self.key) <= LONGEST_KEY and self.key.isascii() and self.key.isprintable()):
            raise InvalidRequest(
                f"Idempotency-Key must be 1 to {LONGEST_KEY} printable characters, a UUID say."
            )

    @property
    def key_hash(self) -> bytes:
        """What is stored of the key."""
        return _hash(b"keepsake key", self.key.encode())

    def claim(self) -> KeptAnswer:
        """The row that takes the key."""
        return KeptAnswer(
            user_id=self.user_id, key_hash=self.key_hash, request_hash=self.request_hash
        )

    def seal(self, told: Told) -> bytes:
        """The answer, encrypted under the key."""
        headers = {name: told.headers[name] for name in KEPT_HEADERS & told.headers.keys()}
        about = json.dumps([told.status, headers]).encode()
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, about + b"\n" + told.body, self.request_hash)

    def replay(self, earlier: KeptAnswer) -> Response:
        """The answer that was given before.

        Raises:
            IdempotencyKeyReused: it was given to another request, or can't be read any more.
            RequestInProgress: the first is still being carried out.
        """
        if earlier.request_hash != self.request_hash:
            raise IdempotencyKeyReused(
                "This Idempotency-Key was used for another request. Use a new key for each."
            )
        if earlier.sealed is None:
            raise RequestInProgress(
                "The first request with this Idempotency-Key is still being carried out.",
                retry_after=RETRY_SECONDS,
            )
        about, _, body = self._open(earlier.sealed).partition(b"\n")
        status, headers = json.loads(about)
        return Response(body, status, {**headers, "Idempotency-Replayed": "true"})

    def _open(self, sealed: bytes) -> bytes:
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher().decrypt(nonce, rest, self.request_hash)
        except InvalidTag as error:  # sealed by an older Keepsake
            raise IdempotencyKeyReused(
                "What was answered to this Idempotency-Key can't be read any more. Use a new key."
            ) from error

    def _cipher(self) -> AESGCM:
        return AESGCM(
            _hash(b"keepsake seal", self.user_id.bytes, self.request_hash, self.key.encode())
        )


def _concerned(scope: Any) -> bool:
    return scope["type"] == "http" and takes_key(scope["method"], scope["path"])


def takes_key(method: str, path: str) -> bool:
    """Whether an `Idempotency-Key` is heeded here."""
    return (
        method == "POST"
        and path.startswith("/api/v1/")
        and not (path.startswith(("/api/v1/auth/", "/api/v1/admin/")) or path.endswith("/messages"))
    )


def _line(scope: Any) -> bytes:
    return b"%s?%s" % (scope["path"].encode(), scope.get("query_string", b""))


def _hash(*parts: bytes) -> bytes:
    """SHA-256 over the parts, each with its length, so that none runs into the next."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


async def _whole_body(receive: Receive) -> bytes | None:
    """None if it won't come: the client hung up, or was told that it is too large or too slow."""
    body = bytearray()
    while True:
        try:
            event = await receive()
        except (BodyTooLarge, BodyTooSlow):
            return None
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if not event.get("more_body"):
            return bytes(body)


def _again(body: bytes) -> Receive:
    """A `receive` that gives a body that was read already; then nothing more comes."""
    events: list[Event] = [{"type": "http.request", "body": body}]

    async def receive() -> Event:
        return events.pop() if events else {"type": "http.disconnect"}

    return receive
