"""Requests that hold too much: refused early, and told so briefly."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from backend.errors import InvalidRequest
from backend.gateway.error_mapping import MOST_FAULTS, install_error_handlers
from backend.gateway.limits import SIGN_IN
from backend.gateway.rest.characters import CharacterDraft
from backend.gateway.rest.conversations import MAX_IMPORTED, MAX_IMPORTED_CHARACTERS
from backend.gateway.rest.me import _span
from backend.gateway.rest.memory import SearchRequest
from backend.gateway.rest.reading_imports import AT_ONCE, ReadApart, check_shape

Json = dict[str, Any]


class Chat(BaseModel):
    title: str
    messages: list[str] = []


class Importing:
    """An application with one address that reads apart. Each request of it waits until it is let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Queue[str]()
        self.go = asyncio.Event()
        router = APIRouter(route_class=ReadApart)

        @router.post("/import")
        async def take(wanted: Chat) -> Chat:
            self.begun.put_nowait(wanted.title)
            await self.go.wait()
            return wanted

        app = FastAPI()
        install_error_handlers(app)
        app.include_router(router, prefix="/chats")
        self._app = app

    async def post(
        self, content: bytes, *, user: Any = None, kind: str = "application/json"
    ) -> httpx.Response:
        async def signed_in(scope: Any, receive: Any, send: Any) -> None:
            scope[SIGN_IN] = SimpleNamespace(user_id=user or uuid4())
            await self._app(scope, receive, send)

        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=signed_in), base_url="http://here"
        ) as http:
            return await http.post("/chats/import", content=content, headers={"content-type": kind})


def chat(title: str) -> bytes:
    return json.dumps({"title": title, "messages": ["Hi"]}).encode()


async def test_a_user_brings_in_one_chat_at_a_time_and_a_process_two() -> None:
    here, ann = Importing(), uuid4()
    hers = asyncio.create_task(here.post(chat("hers"), user=ann))
    assert await here.begun.get() == "hers"
    refused = await here.post(chat("again"), user=ann)
    assert (refused.status_code, refused.json()["code"]) == (409, "request_in_progress")
    assert refused.headers["retry-after"]
    others = [asyncio.create_task(here.post(chat(f"chat {n}"))) for n in range(AT_ONCE)]
    await here.begun.get()
    assert here.begun.empty(), "the third waits"
    here.go.set()
    answers = await asyncio.gather(hers, *others)
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json() == {"title": "hers", "messages": ["Hi"]}
    assert (await here.post(chat("later"), user=ann)).status_code == 200


@pytest.mark.parametrize(
    ("content", "kind", "detail"),
    [
        (b'{"title": ', "application/json", "not JSON"),
        (b'{"title": "\\ud800"}', "application/json", "not JSON"),
        (b'{"messages": [1]}', "application/json", "title"),
        (b"[]", "application/json", ""),
        (b"", "application/json", ""),
        (b"title=x", "text/plain", ""),
        (b'{"title": "no end', "application/json", "has no end"),
        (b'{"title": "no end', "Application/vnd.chat+JSON; charset=utf-8", "has no end"),
        (b"[" * 500_000, "application/json", "more than any chat"),
    ],
)
async def test_what_is_no_chat_is_refused_and_another_may_come(
    content: bytes, kind: str, detail: str
) -> None:
    here, ann = Importing(), uuid4()
    here.go.set()
    for _ in range(2):
        refused = await here.post(content, user=ann, kind=kind)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
        assert detail in refused.json()["detail"]
        assert len(refused.content) < 3_000


async def test_few_of_many_faults_are_told() -> None:
    here = Importing()
    content = json.dumps({"title": "x", "messages": [1] * 5_000}).encode()
    assert len((await here.post(content)).json()["errors"]) == MOST_FAULTS


@pytest.mark.parametrize("indent", [None, 4])
def test_the_longest_chat_has_room(indent: int | None) -> None:
    message = {
        "clientMessageId": "a",
        "senderType": "user",
        "content": 'with "quotes", [brackets] and \\',
        "createdAt": "2026-01-01T00:00:00Z",
    }
    longest = {**message, "content": "\N{FOX FACE}" * MAX_IMPORTED_CHARACTERS}
    messages = [longest, *[message] * (MAX_IMPORTED - 1)]
    check_shape(json.dumps({"characterId": "x", "messages": messages}, indent=indent).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"[]," * 70_000,
        b'"",' * 300_000,
        b'""' * 500_000,
        b'"' + b"x" * 250_001 + b'"',
        b'"\\"' * 3,
    ],
    ids="lists texts nothing-between long no-end".split(),
)
def test_what_would_be_much_larger_once_read_is_not_read(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        check_shape(body)


@pytest.mark.parametrize(
    ("wanted", "span"),
    [("bytes=-1", (9, 9)), ("bytes=-99", (0, 9)), ("bytes=3-", (3, 9)), ("bytes=10-", (0, 9))],
)
def test_a_range_is_within_the_file(wanted: str, span: tuple[int, int]) -> None:
    assert _span(wanted, 10) == span


@pytest.mark.parametrize("wanted", ["bytes=-0", "bytes=-00"])
def test_the_last_no_bytes_are_no_range(wanted: str) -> None:
    with pytest.raises(HTTPException) as refused:
        _span(wanted, 10)
    assert refused.value.status_code == 416
    assert refused.value.headers == {"Content-Range": "bytes */10"}


def test_lists_end_early() -> None:
    """Whatever stands in them: one fault, not one of each entry."""
    many = [1] * 10_000
    for kind, body in (
        (SearchRequest, {"query": "a", "kinds": many}),
        (CharacterDraft, {"name": "x", "personality": {"traits": many}}),
        (CharacterDraft, {"name": "x", "personality": {"values": many}}),
        (CharacterDraft, {"name": "x", "personality": {"style": "x" * 50_001}}),
        (CharacterDraft, {"name": "x", "personality": {"unknown": many * 10}}),
    ):
        with pytest.raises(ValidationError) as refused:
            kind.model_validate(body)
        assert refused.value.error_count() <= 2_000, body.keys()
