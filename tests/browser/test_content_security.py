"""The page and /docs work under their content security policy, and load nothing from elsewhere."""

from typing import Any

import pytest
from playwright.async_api import Browser

pytestmark = pytest.mark.browser

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/", "#root *"), ("/docs", "#docs .opblock-tag")],
)
async def test_nothing_is_blocked_and_nothing_comes_from_elsewhere(
    browser: Browser, keepsake_url: str, path: str, shown: str
) -> None:
    asked: list[str] = []
    complaints: list[Any] = []
    page = await browser.new_page()
    await page.add_init_script(WATCH)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(error))
    await page.goto(f"{keepsake_url}{path}")
    await page.locator(shown).first.wait_for()
    if path == "/docs":
        await page.locator(".opblock-tag").first.click()
        await page.locator(".opblock").first.click()
        await page.locator(".opblock-body").first.wait_for()
    assert await page.evaluate("window.violations") == []
    assert complaints == []
    assert [url for url in asked if not url.startswith((keepsake_url, "data:"))] == []
