"""Reading a chat that is brought in: the largest body that is taken, so it is read apart from the rest.

A body of 64 MB may hold a long chat or millions of empty lists. How much of it isn't text is counted first,
in small steps; then it is read in one go, in a thread. Each user may bring in one chat at a time; in each
process two are read and stored at once, and others wait.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from backend.errors import InvalidRequest, RequestInProgress
from backend.gateway.error_mapping import MOST_FAULTS
from backend.gateway.limits import SIGN_IN

AT_ONCE = 2  # in a process
MOST_PARTS = 400_000  # texts, and outside of them commas and brackets; a message counts for 18
PARTS_OF = {b",": 1, b"[": 5, b"{": 5}  # a list or an object takes more time and room than a text
LONGEST_TEXT = 250_000  # bytes with escapes; 20,000 characters have at most 240,000
RETRY_SECONDS = 5.0

Answer = Callable[[Request], Coroutine[Any, Any, Response]]

_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_places = asyncio.Semaphore(AT_ONCE)
_importing: set[UUID] = set()


class ReadApart(APIRoute):
    """A route with one JSON body, read as this module says."""

    def get_route_handler(self) -> Answer:
        """The route's handler, given what was read."""
        answer = super().get_route_handler()
        kind = self.body_field.field_info.annotation if self.body_field else None
        assert isinstance(kind, type), "it has a body"
        assert issubclass(kind, BaseModel), "of a model"

        async def handle(request: Request) -> Response:
            sign_in = request.scope.get(SIGN_IN)
            if sign_in is None or not _is_json(request):
                return await answer(request)  # which refuses it
            if sign_in.user_id in _importing:
                async for _ in request.stream():  # to its end, or the answer wouldn't arrive
                    pass
                raise RequestInProgress(
                    "Another chat of yours is being brought in.", retry_after=RETRY_SECONDS
                )
            _importing.add(sign_in.user_id)
            try:
                body = await request.body()
                async with _places:
                    found = await asyncio.to_thread(read, kind, body)
                    return await answer(_Read(request, found))
            finally:
                _importing.discard(sign_in.user_id)

        return handle


class _Read(Request):
    """A request whose body was read already."""

    def __init__(self, request: Request, found: BaseModel) -> None:
        super().__init__(request.scope, request.receive)
        self._found = found

    async def body(self) -> bytes:
        return b"{}"

    async def json(self) -> BaseModel:
        return self._found


def read(kind: type[BaseModel], body: bytes) -> BaseModel:
    """The body as one of this kind.

    Raises:
        InvalidRequest: it is no JSON, or holds more than any chat.
        RequestValidationError: it is another kind of thing.
    """
    check_shape(body)
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[:MOST_FAULTS]
        if found[0]["type"] == "json_invalid":
            why = found[0]["ctx"]["error"]
            raise InvalidRequest(f"The body is not JSON: {why}.") from None
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in found]
        ) from None


def check_shape(body: bytes) -> None:
    """Refuse what would take much more memory once read than it has bytes.

    Raises:
        InvalidRequest: too many parts, or a text that is too long.
    """
    parts = at = 0
    while at < len(body) and parts <= MOST_PARTS:
        quote = body.find(b'"', at)
        end = len(body) if quote < 0 else quote
        parts += sum(body.count(mark, at, end) * cost for mark, cost in PARTS_OF.items())
        text = _TEXT.match(body, quote, quote + LONGEST_TEXT) if quote >= 0 else None
        if quote >= 0 and text is None:
            raise InvalidRequest("A text in it is too long, or has no end.")
        parts += text is not None
        at = text.end() if text else end
    if parts > MOST_PARTS:
        raise InvalidRequest("It holds more than any chat that can be brought in.")


def _is_json(request: Request) -> bool:
    """As FastAPI tells it: what this lets through, that mustn't read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )
