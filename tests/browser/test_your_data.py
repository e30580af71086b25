"""In a browser: a copy of one's data, and the end of the account."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.async_api import Page, expect

from tests.support.keepsake_client import PASSWORD, signed_in

pytestmark = pytest.mark.browser


async def test_a_user_downloads_everything_and_leaves(
    page: Page, keepsake_url: str, tmp_path: Path
) -> None:
    async with signed_in(keepsake_url) as user:
        await user.say(await user.converse(), "My dog is called Biscuit.")
        pair = {"token": user.token, "refreshToken": user.refresh_token, "isLocal": False}
        await page.goto(keepsake_url)
        await page.evaluate(
            "kept => sessionStorage.setItem('keepsake.session', JSON.stringify(kept))",
            pair | {"expiresAt": 4e12},
        )
        await page.reload()

        async with page.expect_download() as begun:
            await page.get_by_role("button", name="Download my data").click()
        download = await begun.value
        await download.save_as(tmp_path / "data.zip")
        with ZipFile(tmp_path / "data.zip") as archive:
            pages = [name for name in archive.namelist() if name.startswith("conversations/")]
            assert b"Biscuit" in archive.read(pages[0])

        await page.get_by_role("button", name="Delete my account").click()
        dialog = page.get_by_role("dialog", name="Delete my account")
        await dialog.get_by_label("Your password").fill("a wrong one")
        await dialog.get_by_role("button", name="Erase everything").click()
        await expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
        await dialog.get_by_label("Your password").fill(PASSWORD)
        await dialog.get_by_role("button", name="Erase everything").click()
        await expect(dialog).to_have_count(0)
        answer = await user.http.get("/auth/me")
        assert answer.status_code == 401
