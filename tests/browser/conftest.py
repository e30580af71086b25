"""A Keepsake as a newcomer starts it, and a browser to open it."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

from tests.support.keepsake_process import ROOT, keepsake


@pytest_asyncio.fixture(scope="session")
async def keepsake_url() -> AsyncIterator[str]:
    """The address of a ready Keepsake with everything embedded, the built page and no key."""
    if not (ROOT / "web" / "dist" / "index.html").is_file():
        pytest.fail("The page isn't built: run `npm ci && npm run build` in web/.")
    async with keepsake() as server:
        yield server.url


@pytest.fixture
async def page(keepsake_url: str) -> AsyncIterator[Page]:
    """A fresh window. Fails if the page raises an error or asks another host for anything."""
    chromium = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if not chromium:
        pytest.fail("Chromium was not found: install it, or set CHROMIUM_PATH to its executable.")
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        window = await browser.new_page(
            viewport={"width": 1280, "height": 800}, device_scale_factor=2, reduced_motion="reduce"
        )
        window.on("pageerror", lambda error: faults.append(str(error)))
        window.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(keepsake_url)
                else faults.append(f"asked {request.url}")
            ),
        )
        yield window
        await browser.close()
    assert faults == []
