"""What every answer says to browsers: where its code may come from, who may frame it, what not to guess."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Event = MutableMapping[str, Any]
Send = Callable[[Event], Awaitable[None]]
Header = tuple[bytes, bytes]

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Built without inline scripts and styles. Its sockets are its own origin's.
PAGE = (
    f"{NOTHING}; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
    " connect-src 'self'"
)
# Swagger UI draws some of its icons from data: addresses and sets styles of its own.
DOCS = f"{PAGE}; style-src-attr 'unsafe-inline'"
YEAR_SECONDS = 365 * 24 * 3600

ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),  # for browsers that don't know frame-ancestors
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
)
HTTPS_ONLY: Header = (b"strict-transport-security", f"max-age={YEAR_SECONDS}".encode())
NOT_KEPT: Header = (b"cache-control", b"no-store")
# What pages of other origins, where they are allowed, may read beside the usual.
EXPOSED = [
    *("ETag", "Location", "Retry-After", "Idempotency-Replayed"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]
STARTS = {"http.response.start", "websocket.http.response.start"}


class SecurityHeaders:
    """Adds them to what has not got them already. Over https browsers are told to stay with it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        ours = headers_for(scope["path"], scope.get("scheme", "http"))

        async def adding(event: Event) -> None:
            if event["type"] in STARTS:
                theirs = list(event.get("headers", []))
                known = {name.lower() for name, _ in theirs}
                event["headers"] = theirs + [each for each in ours if each[0] not in known]
            await send(event)

        await self._app(scope, receive, adding)


def headers_for(path: str, scheme: str) -> list[Header]:
    """What an answer from this address says."""
    policy = NOTHING
    if path == "/" or path.startswith("/assets/"):
        policy = PAGE
    elif path == "/docs" or path.startswith("/docs/"):
        policy = DOCS
    headers = [*ALWAYS, (b"content-security-policy", policy.encode())]
    if scheme in {"https", "wss"}:
        headers.append(HTTPS_ONLY)
    if path.startswith("/api/"):
        headers.append(NOT_KEPT)
    return headers
