"""What the server says to browsers, and what it takes from anybody, from outside."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.answers import problem
from tests.support.keepsake_client import Client, expect
from tests.support.keepsake_process import KeepsakeProcess

MEGABYTE = 1024 * 1024
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
AS_JSON = {"Content-Type": "application/json"}


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/docs", 200),
        ("/healthz", 200),
        ("/metrics", 200),
        ("/openapi.json", 200),
        ("/nothing", 404),
        ("/api/v1/auth/me", 401),
        ("/socket.io/?EIO=4&transport=polling", 200),
        ("/socket.io/?EIO=3", 400),
    ],
)
async def test_every_answer_tells_browsers_what_not_to_do(
    groq_keepsake: KeepsakeProcess, path: str, status: int
) -> None:
    async with httpx.AsyncClient(base_url=groq_keepsake.url, trust_env=False) as http:
        answer = await http.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'unsafe" not in policy
    assert "strict-transport-security" not in answer.headers
    if path.startswith("/api/"):
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src" not in policy
    assert "server" not in answer.headers


async def test_over_https_browsers_are_told_to_stay_with_it(groq_keepsake: KeepsakeProcess) -> None:
    async with httpx.AsyncClient(base_url=groq_keepsake.url, trust_env=False) as http:
        answer = await http.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_pages_of_other_origins_are_let_in_nowhere(groq_keepsake: KeepsakeProcess) -> None:
    asks = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "POST"}
    async with httpx.AsyncClient(base_url=groq_keepsake.url, trust_env=False) as http:
        for path in ("/api/v1/conversations", "/api/v1/auth/token", "/healthz"):
            for answer in (
                await http.options(path, headers=asks),
                await http.get(path, headers=asks),
            ):
                assert not [name for name in answer.headers if name.startswith("access-control")]
        polling = "/socket.io/?EIO=4&transport=polling"
        refused = await http.get(polling, headers=asks)
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers


async def test_the_documentation_needs_nothing_from_elsewhere(
    groq_keepsake: KeepsakeProcess,
) -> None:
    async with httpx.AsyncClient(base_url=groq_keepsake.url, trust_env=False) as http:
        page = (await http.get("/docs")).text
        assert "https://" not in page
        assert "//" not in page.replace("</", "").replace("/>", "")
        for part in (
            "/docs/start.js",
            "/docs/files/swagger-ui-bundle.js",
            "/docs/files/swagger-ui.css",
        ):
            assert part in page
            assert (await http.get(part)).status_code == 200
        assert (await http.get("/redoc")).status_code == 404


# --- bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "signed_in", "size", "status", "code"),
    [
        ("/characters", True, MEGABYTE, 422, "invalid_request"),
        ("/characters", True, MEGABYTE + 1, 413, "too_large"),
        ("/characters", True, 15 * MEGABYTE, 413, "too_large"),
        ("/characters", False, 64 * 1024, 422, "invalid_request"),
        ("/characters", False, 64 * 1024 + 1, 413, "too_large"),
        ("/auth/register", False, MEGABYTE, 413, "too_large"),
        ("/conversations/import", True, 8 * MEGABYTE, 422, "invalid_request"),
        ("/conversations/import", False, 8 * MEGABYTE, 413, "too_large"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
async def test_a_body_that_is_too_large_is_refused(
    someone: Client,
    path: str,
    signed_in: bool,
    size: int,
    status: int,
    code: str,
    chunked: bool,
) -> None:
    headers = {**AS_JSON, **({} if signed_in else {"Authorization": ""})}
    content: Any = b" " * size
    if chunked:
        content = parts(size)
    problem(await someone.http.post(path, content=content, headers=headers), status, code)
    expect(await someone.http.get("/auth/me"), 200)


async def parts(size: int) -> AsyncIterator[bytes]:
    """A body that doesn't say how long it will be."""
    for start in range(0, size, 65_536):
        yield b" " * min(65_536, size - start)


@pytest.mark.parametrize(
    ("size", "given"),
    [(64 * MEGABYTE, True), (64 * MEGABYTE + 1, False)],
    ids=["at the limit", "above it"],
)
async def test_an_import_may_be_large_but_not_endless(
    someone: Client, size: int, given: bool
) -> None:
    """Whoever sends on long after the refusal is hung up on, and may not get to read it."""
    try:
        answer = await someone.http.post(
            "/conversations/import", content=parts(size), headers=AS_JSON
        )
    except httpx.TransportError:
        assert not given
    else:
        status, code = (422, "invalid_request") if given else (413, "too_large")
        problem(answer, status, code)
    expect(await someone.http.get("/auth/me"), 200)


@pytest.mark.parametrize("keyed", [False, True], ids=["plain", "with a key"])
async def test_what_is_cut_off_is_not_carried_out(someone: Client, keyed: bool) -> None:
    """A complete order, and then more than may come."""
    before = (await someone.get("/characters", limit=200))["items"]
    order = json.dumps({"name": "Nobody"}).encode()

    async def body() -> AsyncIterator[bytes]:
        yield order
        async for piece in parts(2 * MEGABYTE):
            yield piece

    headers = {**AS_JSON, **({"Idempotency-Key": "cut off"} if keyed else {})}
    answer = await someone.http.post("/characters", content=body(), headers=headers)
    problem(answer, 413, "too_large")
    assert (await someone.get("/characters", limit=200))["items"] == before


async def test_what_is_hung_up_on_is_not_carried_out(
    someone: Client, groq_keepsake: KeepsakeProcess
) -> None:
    before = (await someone.get("/characters", limit=200))["items"]
    order = json.dumps({"name": "Nobody"}).encode()
    head = (
        f"POST /api/v1/characters HTTP/1.1\r\nHost: localhost:{groq_keepsake.port}\r\n"
        f"Authorization: Bearer {someone.token}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: hung up\r\nContent-Length: {len(order) + 5}\r\n\r\n"
    )
    _reader, writer = await asyncio.open_connection("127.0.0.1", groq_keepsake.port)
    writer.write(head.encode() + order)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    expect(await someone.http.get("/auth/me"), 200)
    assert (await someone.get("/characters", limit=200))["items"] == before


async def test_socketio_takes_no_endless_body_either(groq_keepsake: KeepsakeProcess) -> None:
    async with httpx.AsyncClient(base_url=groq_keepsake.url, trust_env=False) as http:
        path = "/socket.io/?EIO=4&transport=polling"
        opened = json.loads((await http.get(path)).text[1:])
        answer = await http.post(f"{path}&sid={opened['sid']}", content=parts(4 * MEGABYTE))
        problem(answer, 413, "too_large")


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEP + b"]" * DEEP,
        b'{"name":' * DEEP + b"1" + b"}" * DEEP,
        b'{"name": "A", "lorebook": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"name": "A", "lorebook": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"name": "A", "lorebook": [' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"]}",
        b'{"name": "A", "personality": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}",
        b'{"name": "A\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"name": "A", "lorebook": [{"\\ud800": "\\udfff"}]}',
        b'{"name": "A", "personality": {"\\ud800": 1}}',
        b'{"name": "A", "personality": {"traits": ["\\udc00"]}}',
        b'{"name": 1e999}',
        b'{"name": "A", "age": ' + b"9" * 5_000 + b"}",
        b'{"name": "A", "personality": {"a": ' + b"9" * 5_000 + b"}}",
        b'{"name": "A", "personality": {"a": 1e999}}',
        b'{"name": "A", "personality": {"a": NaN}}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"\x00",
        b"null",
        b'"text"',
        b"",
    ],
    ids=lambda body: repr(body[:40]),
)
async def test_json_that_no_client_writes_is_refused(someone: Client, body: bytes) -> None:
    answer = await someone.http.post("/characters", content=body, headers=AS_JSON)
    problem(answer, 422, "invalid_request")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/auth/token", b"username=%ED%A0%80&password=%ED%A0%80"),
        ("/auth/token", b"username=%00&password=%00"),
        ("/auth/token", b"username=" + b"a" * 300),
        ("/auth/token", b"username=a&password=" + b"b" * 300),
        ("/auth/token", b"&" * 60_000),
        ("/auth/token", b"a=1&" * 15_000),
        ("/auth/token", b"grant_type=password&grant_type=refresh_token"),
        ("/auth/token", b"grant_type=refresh_token&refresh_token=%00"),
        ("/auth/revoke", b"token=%ED%A0%80"),
        ("/auth/revoke", b""),
    ],
    ids=lambda value: repr(value[:40]),
)
async def test_a_form_that_no_client_sends_is_refused(
    someone: Client, path: str, form: bytes
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": ""}
    answer = await someone.http.post(path, content=form, headers=headers)
    assert answer.status_code in {200, 401, 422}, answer.text
    if answer.status_code != 200:
        problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "text/plain", "a/b", "", "\u00e9"],
)
async def test_a_body_of_another_kind_is_refused(someone: Client, content_type: str) -> None:
    for path in ("/auth/token", "/characters"):
        headers = {"Content-Type": content_type.encode("latin-1")}
        answer = await someone.http.post(path, content=b'{"name": 1}', headers=headers)  # type: ignore[arg-type]
        assert answer.status_code in {401, 415, 422}, answer.text
        problem(answer, answer.status_code, answer.json()["code"])
