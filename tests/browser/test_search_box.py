"""Finding again what was said, in a browser."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_biscuit_story import lines, pick_a_character, say, whole_reply

pytestmark = pytest.mark.browser


async def test_what_was_said_is_found_and_opened_again(page: Page, keepsake_url: str) -> None:
    await page.goto(keepsake_url)
    name = await pick_a_character(page)
    await say(page, name, "We planted <b>tulips</b> 😀 behind the old mill.")
    await whole_reply(page, name)
    there = page.url
    await page.get_by_role("button", name="New conversation").click()
    await expect(page).not_to_have_url(there)
    await expect(lines(page).get_by_text("behind the old mill")).to_have_count(0)

    box = page.get_by_role("searchbox", name=f"Search what you and {name} said")
    await box.fill("tulip mill")
    found = page.get_by_role("region", name="Found messages").get_by_role("link")
    await expect(found.first).to_contain_text("<b>tulips</b> 😀 behind the old mill")
    assert await found.first.locator("mark").all_text_contents() == ["tulips", "mill"]
    if folder := os.environ.get("KEEPSAKE_SCREENSHOT_SEARCH"):
        await page.screenshot(path=Path(folder) / "search.png")
    await found.first.click()
    await expect(page).to_have_url(there)
    await expect(lines(page).get_by_text("behind the old mill").first).to_be_visible()

    await box.fill("zebra")
    await expect(page.get_by_text("Nobody said that.")).to_be_visible()
    await box.fill("")
    await expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()
