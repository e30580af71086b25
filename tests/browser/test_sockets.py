"""Sockets as a real browser sees them: the codes that /ws closes with, and a page whose token runs out."""

import asyncio
import json
import re
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from backend.gateway.flood import BURST
from backend.gateway.services import GatewayOptions
from tests.support.eventually import eventually
from tests.support.keepsake_client import signed_in
from tests.support.keepsake_process import ROOT, KeepsakeProcess, keepsake
from tests.support.tokens import soon, token_of

pytestmark = pytest.mark.browser

MOST = GatewayOptions().most_connections

# Opens a socket, sends some frames and gives what its close event says.
CLOSE_OF = """({url, frames}) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => frames.forEach((frame) => socket.send(frame));
    socket.onclose = ({code, reason}) => resolve([code, reason]);
})"""
# Opens one and waits for the ack of its frame; `window.closing` will be what its close event says.
STAYS_OPEN = """async ({url, frame}) => {
    const socket = new WebSocket(url);
    window.closing = new Promise((resolve) => {
        socket.onclose = ({code, reason}) => resolve([code, reason]);
    });
    socket.onopen = () => socket.send(frame);
    const acknowledged = new Promise((resolve) => { socket.onmessage = resolve; });
    await Promise.race([acknowledged, window.closing]);
}"""
# The same with many, one after the other; gives how the first one was closed.
FIRST_CLOSE_OF = f"""async (asked) => {{
    const open = {STAYS_OPEN};
    await open(asked);
    const first = window.closing;
    for (let others = asked.many - 1; others > 0; others--) await open(asked);
    return first;
}}"""


@pytest.fixture(scope="module")
def sites() -> Iterator[tuple[str, str]]:
    """The origins of two other web sites with a page each, real ones: Chromium lets no made-up page
    reach this machine."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        (Path(folder) / "index.html").write_text("<!doctype html><title>A page</title>")
        handler = partial(QuietHandler, directory=folder)
        servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        allowed, foreign = [f"http://127.0.0.1:{server.server_port}" for server in servers]
        yield allowed, foreign


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Not to the tests' output."""


@pytest_asyncio.fixture(scope="module")
async def server(sites: tuple[str, str]) -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake of this module's own, since a test stops it, for the pages of the first site."""
    async with keepsake(EMBEDDING_MODEL="hashing", CORS_ORIGINS=sites[0]) as server:
        yield server


def frame(event: str, **data: Any) -> str:
    """A frame that wants an ack."""
    return json.dumps({"event": event, "data": data, "id": 1})


async def test_a_page_whose_token_runs_out_goes_on_unnoticed(
    browser: Browser, server: KeepsakeProcess
) -> None:
    if not (ROOT / "web" / "dist" / "index.html").is_file():
        pytest.fail("The page isn't built: run `npm ci && npm run build` in web/.")
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        pair = (await http.post("/api/v1/auth/local")).json()
    local = jwt.decode(pair["access_token"], options={"verify_signature": False})["sub"]
    page = await browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(server.url)
    await page.get_by_role("link", name=re.compile("^Talk to ")).first.click()
    box = page.get_by_role("textbox", name=re.compile("^Message "))
    await expect(box).to_be_visible()
    refused = server.log().count("token_expired")
    kept = {
        "token": token_of(server, sub=local, exp=soon(4)),
        "refreshToken": pair["refresh_token"],
        "expiresAt": 9e12,  # a clock that is far behind: the page doesn't see it come
        "isLocal": False,
    }
    await page.evaluate("kept => sessionStorage['keepsake.session'] = JSON.stringify(kept)", kept)
    await page.reload()
    await expect(box).to_be_visible()
    await box.fill("Half a")
    await box.evaluate("box => box.isTheSame = true")

    await eventually(lambda: server.log().count("token_expired") > refused)

    assert await box.evaluate("box => box.isTheSame")  # nothing was drawn anew
    await box.press_sequentially(" word")
    await box.press("Enter")
    said = page.get_by_role("log").get_by_role("article")
    await expect(said.filter(has_text="Half a word")).to_be_visible()
    await expect(said).to_have_count(2)  # and the reply
    await expect(page.get_by_role("alert").locator("*")).to_have_count(0)
    assert problems == []


async def test_a_page_reads_why_its_socket_was_closed(
    browser: Browser, server: KeepsakeProcess, sites: tuple[str, str]
) -> None:
    url = server.url.replace("http", "ws") + "/ws"
    own, allowed, foreign = pages = [await browser.new_page() for _ in range(3)]
    may_connect = f"{server.url}/docs/nothing"  # unlike /healthz, whose policy forbids all
    for page, address in zip(pages, (may_connect, *sites), strict=True):
        await page.goto(address)

    async def told(page: Page, *frames: str, query: str = "") -> Any:
        return await page.evaluate(CLOSE_OF, {"url": url + query, "frames": frames})

    async with signed_in(server.url) as ada, signed_in(server.url) as bo:
        auth = frame("auth", token=ada.token)
        short = token_of(server, sub=ada.user["id"], exp=soon(1))
        flood = [frame("conversation:leave", conversationId=ada.user["id"])] * (BURST * 4)
        asked = {
            "bad frame": told(own, "hello"),
            "bad token": told(allowed, frame("auth", token="garbage")),
            "bad ticket": told(own, query="?ticket=garbage"),
            "expired": told(allowed, frame("auth", token=short)),
            "foreign origin": told(foreign, auth),
            "silent": told(allowed),
            "too fast": told(own, auth, *flood),
            "replaced": own.evaluate(
                FIRST_CLOSE_OF,
                {"url": url, "frame": frame("auth", token=bo.token), "many": MOST + 1},
            ),
        }
        codes = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
    assert {name: code for name, (code, _) in codes.items()} == {
        "bad frame": 4400,
        "bad token": 4401,
        "bad ticket": 4401,
        "expired": 4401,
        "foreign origin": 4403,
        "silent": 4408,
        "too fast": 4429,
        "replaced": 4409,
    }
    assert all(reason for _, reason in codes.values())
    assert (codes["expired"][1], codes["replaced"][1]) == ("token_expired", "replaced")

    await own.evaluate(STAYS_OPEN, {"url": url, "frame": auth})
    server.terminate()
    code, _ = await own.evaluate("window.closing")
    assert code == 1012
