"""ETags: a GET of what hasn't changed answers 304, and nobody overwrites what somebody else changed.

The tag is a hash of the thing as it is shown, so it changes with everything that a client can see. The
way to use it, the same in every router:

- `return tagged(response, view)` gives the answer its `ETag`; a GET's `responses=TAGGED` says so;
- `NotModifiedMiddleware` makes a 304 of an answer that the client has already (`If-None-Match`);
- `unchanged: IfMatch` in a change's signature, and `unchanged.require(view)` inside its transaction,
  once the row is locked, end it with 412 `changed_meanwhile` before anything is written.

(RFC 9110, sections 8.8.3 and 13.)
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Response
from starlette.datastructures import Headers, MutableHeaders

from backend.errors import ChangedMeanwhile
from backend.gateway.views import View

Shown = TypeVar("Shown", bound=View)
Event = MutableMapping[str, Any]
Send = Callable[[Event], Awaitable[None]]

TAGGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is as in `If-None-Match`: nothing is sent again."}
}
ABOUT_CONTENT = ("content-length", "content-type", "content-encoding")


def etag_of(view: View) -> str:
    """The strong ETag of a thing as it is shown."""
    return etag_of_bytes(json.dumps(view.wire(), sort_keys=True).encode())


def etag_of_bytes(content: bytes) -> str:
    """The strong ETag of a file."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def tagged(response: Response, view: Shown) -> Shown:
    """The view, as an answer that carries its ETag."""
    response.headers["ETag"] = etag_of(view)
    return view


class Expectation:
    """What a request's `If-Match` says of the thing that it is about to change."""

    def __init__(self, header: str | None) -> None:
        self._header = header

    def __bool__(self) -> bool:
        """Whether anything is expected: what the check needs need not be read otherwise."""
        return self._header is not None

    def require(self, view: View) -> None:
        """Go on only if the thing is as the caller knows it. Called with the row locked.

        Raises:
            ChangedMeanwhile: it isn't.
        """
        if self._header is not None and not _matches(self._header, etag_of(view)):
            raise ChangedMeanwhile(
                "This was changed since you read it. Read it again; your change was not made."
            )


def _expectation(
    if_match: Annotated[
        str | None,
        Header(
            description="The `ETag` that you know; if the thing has another one by now, nothing is "
            "changed (412 `changed_meanwhile`).",
        ),
    ] = None,
) -> Expectation:
    return Expectation(if_match)


IfMatch = Annotated[Expectation, Depends(_expectation)]


class NotModifiedMiddleware:
    """Wraps the application: 304 for a GET whose answer has an ETag that the client has, too."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        known = None
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            known = Headers(scope=scope).get("if-none-match")
        await self._app(scope, receive, _Sparing(send, known).hear if known else send)


class _Sparing:
    """Sends an answer on, or 304 in its place."""

    def __init__(self, send: Send, known: str) -> None:
        self._send = send
        self._known = known
        self._spared = False

    async def hear(self, event: Event) -> None:
        """The application's `send`."""
        if event["type"] == "http.response.start" and event["status"] == 200:
            headers = MutableHeaders(raw=list(event["headers"]))
            tag = headers.get("etag")
            self._spared = tag is not None and _matches(self._known, tag, weakly=True)
            if self._spared:
                for name in ABOUT_CONTENT:
                    del headers[name]
                event = {**event, "status": 304, "headers": headers.raw}
        elif event["type"] == "http.response.body" and self._spared:
            if event.get("more_body"):
                return
            event = {"type": "http.response.body", "body": b""}
        await self._send(event)


def _matches(header: str, tag: str, *, weakly: bool = False) -> bool:
    """Whether a list of ETags, or `*`, holds this one; a weak tag only where `weakly` will do."""
    listed = [known.strip() for known in header.split(",")]
    if weakly:
        tag = tag.removeprefix("W/")
        listed = [known.removeprefix("W/") for known in listed]
    return listed == ["*"] or tag in listed
