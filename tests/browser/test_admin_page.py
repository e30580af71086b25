"""The admins' page, in a browser: who sits at the machine sees what was reported, and decides."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_biscuit_story import lines, pick_a_character, say, whole_reply
from tests.support.keepsake_client import signed_in

pytestmark = pytest.mark.browser


async def test_a_report_is_read_in_its_context_and_dismissed(page: Page, keepsake_url: str) -> None:
    async with signed_in(keepsake_url) as reader:
        conversation = await reader.converse()
        reply = await reader.say(conversation, "I had a quokka for breakfast.")
        filed = {"reason": "wrong_memory", "note": "It was beside my breakfast."}
        await reader.post(f"/messages/{reply['id']}/report", filed, 201)

    await page.goto(keepsake_url)
    await page.get_by_role("link", name="Administration").click()
    report = page.get_by_role("listitem").filter(has_text="beside my breakfast")
    await expect(report).to_contain_text("It remembers something wrong")
    await expect(report).to_contain_text("Ada reported")
    await expect(report).to_contain_text("Content policy looked at")
    await expect(report).not_to_contain_text("quokka for")
    await report.get_by_role("button", name="What was said around it").click()
    await expect(report).to_contain_text("quokka for")
    if folder := os.environ.get("KEEPSAKE_SCREENSHOT_ADMIN"):
        await page.screenshot(path=Path(folder) / "admin.png", full_page=True)
    await report.get_by_role("button", name="Dismiss").click()
    await expect(report).to_have_count(0)
    await page.get_by_role("button", name="dismissed").click()
    await expect(report).to_be_visible()


async def test_a_reply_is_reported_and_its_character_blocked_and_unblocked(
    page: Page, keepsake_url: str
) -> None:
    await page.goto(keepsake_url)
    name = await pick_a_character(page)
    await say(page, name, "Halibut is my favourite.")
    reply = await whole_reply(page, name)
    await reply.get_by_role("button", name="Report this message").click()
    dialog = page.get_by_role("dialog", name="Report this message")
    await dialog.get_by_label("What is wrong with it?").select_option("Spam")
    await dialog.get_by_label("A note").fill("It sold me a halibut.")
    await dialog.get_by_role("button", name="Report", exact=True).click()
    await page.get_by_role("dialog", name="Reported").get_by_role("button", name="Close").click()
    await expect(reply.get_by_role("button", name="Reported")).to_be_visible()
    room = page.url

    await page.goto(f"{keepsake_url}/#/admin")
    report = page.get_by_role("listitem").filter(has_text="It sold me a halibut.")
    # A ready-made character has no maker to block.
    await expect(report.get_by_role("button", name="Block")).to_have_text([f"Block {name}"])
    await report.get_by_label("What you decided").fill("No trade here.")
    page.once("dialog", lambda question: question.accept())
    await report.get_by_role("button", name=f"Block {name}").click()
    unblock = page.get_by_role("button", name=f"Unblock {name}")
    await expect(unblock).to_be_visible()

    await page.goto(room)
    await page.reload()
    blocked = f"{name} was blocked by an admin: No trade here."
    await expect(page.get_by_text(blocked)).to_be_visible()
    await expect(lines(page).get_by_text("Halibut is my")).to_be_visible()
    await expect(page.get_by_role("textbox", name=f"Message {name}")).to_have_count(0)
    await page.goto(f"{keepsake_url}/#/admin")
    await unblock.click()
    await expect(unblock).to_have_count(0)
    await page.goto(room)
    await page.reload()
    await expect(page.get_by_role("textbox", name=f"Message {name}")).to_be_visible()
