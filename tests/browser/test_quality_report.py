"""The quality report in a browser: it fits small screens, and its list can be searched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bench.quality.html_report import render
from tests.support.quality_reports import made_up_recall

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """The report of 96 made-up questions. Fails if it raises an error or asks for anything else."""
    file = tmp_path / "report.html"
    file.write_text(render(made_up_recall(8)), encoding="utf-8")
    faults: list[str] = []
    asked: list[str] = []
    window = await browser.new_page(viewport={"width": 1280, "height": 900})
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda message: faults.append(message.text))
    window.on("request", lambda request: asked.append(request.url))
    await window.goto(file.as_uri())
    yield window
    assert faults == []
    assert asked == [file.as_uri()]


@pytest.mark.parametrize("width", [1280, 400, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_hangs_over_the_edge(page: Page, width: int, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": width, "height": 900})
    await page.get_by_role("button", name="Open all").click()
    await expect(page.get_by_role("button", name="Close all")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_search_shows_what_it_finds(page: Page) -> None:
    await expect(page.locator("#shown")).to_have_text("96 of 96 shown")
    await page.get_by_label("Search").fill("BEAM/conv-3/2-3")
    await expect(page.locator("#shown")).to_have_text("1 of 96 shown")
    await expect(page.locator("ol.units > li:visible")).to_have_count(1)
    await expect(page.get_by_text("beam/conv-3/2-3")).to_be_visible()


async def test_only_what_was_missed_can_be_shown_the_worst_first(page: Page) -> None:
    missed = await page.locator("li.missed").count()
    assert 0 < missed < 96
    await page.get_by_label("only with something missed").check()
    await expect(page.locator("#shown")).to_have_text(f"{missed} of 96 shown")
    await page.get_by_label("Order").select_option("worst first")
    for group in await page.locator("ol.units").all():
        scores = await group.locator("li").evaluate_all("all => all.map(one => +one.dataset.score)")
        assert scores == sorted(scores)
