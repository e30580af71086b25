"""The admins' page, in a browser: who sits at the machine sees what was reported, and decides."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

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
    await expect(report).to_contain_text("wrong memory")
    await expect(report).not_to_contain_text("quokka for")
    await report.get_by_role("button", name="What was said around it").click()
    await expect(report).to_contain_text("quokka for")
    if folder := os.environ.get("KEEPSAKE_SCREENSHOT_ADMIN"):
        await page.screenshot(path=Path(folder) / "admin.png", full_page=True)
    await report.get_by_role("button", name="Dismiss").click()
    await expect(report).to_have_count(0)
    await page.get_by_role("button", name="dismissed").click()
    await expect(report).to_be_visible()
