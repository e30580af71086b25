"""A Keepsake as a newcomer starts it, and a browser to open it."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.keepsake_process import ROOT, KeepsakeProcess

expect.set_options(timeout=30_000)  # milliseconds, on a machine that may be busy with other things


@pytest.fixture(scope="session")
def keepsake_url(offline_server: KeepsakeProcess) -> str:
    """The address of a ready Keepsake with everything embedded, the built page and no key."""
    if not (ROOT / "web" / "dist" / "index.html").is_file():
        pytest.fail("The page isn't built: run `npm ci && npm run build` in web/.")
    return offline_server.url


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium, started once; tests take `browser`."""
    program = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if not program:
        pytest.fail("Chromium was not found: install it, or set CHROMIUM_PATH to its executable.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        await browser.close()


@pytest.fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Chromium without a window. Windows share nothing, and none outlives its test."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest.fixture
async def page(browser: Browser, keepsake_url: str) -> AsyncIterator[Page]:
    """A fresh window. Fails if the page raises an error or asks another host for anything."""
    faults: list[str] = []
    window = await browser.new_page(
        viewport={"width": 1280, "height": 800}, device_scale_factor=2, reduced_motion="reduce"
    )
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on(
        "request",
        lambda request: (
            None if request.url.startswith(keepsake_url) else faults.append(f"asked {request.url}")
        ),
    )
    yield window
    assert faults == []
