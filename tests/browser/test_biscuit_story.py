"""The product's promise, in a browser: what was told in one conversation is known in the next."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

pytestmark = pytest.mark.browser

SCREENSHOT = Path(__file__).parents[2] / "docs" / "images" / "page.png"
REPLY_MS = 30_000
MEMORIES_USED = re.compile(r"^\d+ memor(y|ies) used$")
ANY_MEMORIES = re.compile(r"memor(y|ies)\b", re.IGNORECASE)


async def test_a_new_conversation_knows_the_dog(page: Page, keepsake_url: str) -> None:
    await page.goto(keepsake_url)
    name = await pick_a_character(page)
    await say(page, name, "Hi! My dog is called Biscuit.")
    await whole_reply(page, name)

    first_address = page.url
    await page.get_by_role("button", name="New conversation").click()
    await expect(page).not_to_have_url(first_address)
    await expect(lines(page).get_by_text("My dog is called")).to_have_count(0)

    await say(page, name, "What is my dog called?")
    reply = await whole_reply(page, name)
    await expect(reply).to_contain_text("Biscuit")

    await reply.get_by_role("button", name=MEMORIES_USED).click()
    memories = reply.get_by_role("region", name="Memories used")
    await expect(memories.get_by_role("listitem").filter(has_text="Biscuit").first).to_be_visible()

    if os.environ.get("KEEPSAKE_SCREENSHOT") == "1":
        SCREENSHOT.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOT)


async def pick_a_character(page: Page) -> str:
    """Open the first character's room; returns their name."""
    link = page.get_by_role("link", name=re.compile("^Talk to ")).first
    label = await link.get_attribute("aria-label")
    assert label is not None
    await link.click()
    name = label.removeprefix("Talk to ")
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return name


async def say(page: Page, name: str, text: str) -> None:
    """Send a message by keyboard and wait until it stands last in the conversation."""
    box = page.get_by_role("textbox", name=f"Message {name}")
    await box.fill(text)
    await box.press("Enter")
    await expect(box).to_have_value("")
    await expect(lines(page).filter(has_text=text).last).to_be_visible()


async def whole_reply(page: Page, name: str) -> Locator:
    """Wait until the conversation ends in a reply, told to the end and stored; returns its line."""
    last = lines(page).last
    await expect(last).to_have_accessible_name(
        re.compile(f"^{re.escape(name)}, "), timeout=REPLY_MS
    )
    await expect(last.get_by_role("button", name=ANY_MEMORIES)).to_be_visible(timeout=REPLY_MS)
    return last


def lines(page: Page) -> Locator:
    """What was said, oldest first: each line is named after its speaker and time."""
    return page.get_by_role("log").get_by_role("article")
