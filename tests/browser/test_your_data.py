"""In a browser: what a person may do about their account: where it is, its password, a copy of all that is
held on it, and its end."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.support.keepsake_client import PASSWORD, Client, signed_in

pytestmark = pytest.mark.browser

SignIn = Callable[[Client, str], Awaitable[None]]

DANGER = "rgb(168, 50, 31)"  # the page's own, in light colours
RECEIPT = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


@pytest.fixture
def own_account(page: Page, keepsake_url: str) -> SignIn:
    """Opens the page as somebody with an account, at an address within it."""

    async def sign_in(user: Client, address: str) -> None:
        pair = {"token": user.token, "refreshToken": user.refresh_token, "isLocal": False}
        await page.goto(
            f"{keepsake_url}/healthz"
        )  # where no page signs in as somebody else meanwhile
        await page.evaluate(
            "kept => sessionStorage.setItem('keepsake.session', JSON.stringify(kept))",
            pair | {"expiresAt": 4e12},
        )
        await page.goto(f"{keepsake_url}/{address}")

    return sign_in


async def test_a_user_downloads_everything_and_leaves(
    page: Page, keepsake_url: str, own_account: SignIn, tmp_path: Path
) -> None:
    async with signed_in(keepsake_url) as user:
        await user.say(await user.converse(), "My dog is called Biscuit.")
        await own_account(user, "")
        await page.get_by_role("link", name=f"{user.user['displayName']}: your account").click()

        async with page.expect_download() as begun:
            await page.get_by_role("button", name="Download my data").click()
        download = await begun.value
        assert re.fullmatch(r"keepsake-export-\d{4}-\d\d-\d\d\.zip", download.suggested_filename)
        await download.save_as(tmp_path / "data.zip")
        with ZipFile(tmp_path / "data.zip") as archive:
            pages = [name for name in archive.namelist() if name.startswith("conversations/")]
            assert b"Biscuit" in archive.read(pages[0])

        await page.get_by_role("button", name="Delete my account").click()
        dialog = page.get_by_role("dialog", name="Delete my account")
        await dialog.get_by_label("Your password").fill("a wrong one")
        erase = dialog.get_by_role("button", name="Erase everything")
        await expect(erase).to_have_css("background-color", DANGER)
        await erase.click()
        await expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
        await dialog.get_by_label("Your password").fill(PASSWORD)
        await erase.click()
        await expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
        await expect(page.get_by_text(RECEIPT)).to_be_visible()
        await expect(page.get_by_text("0 rows, 0 vectors, 0 keys, 0 jobs")).to_be_visible()
        answer = await user.http.get("/auth/me")
        assert answer.status_code == 401
        await page.get_by_role("button", name="Begin anew").click()
        await expect(page.get_by_role("heading", name="Who would you like")).to_be_visible()


async def test_somebody_blocked_is_told_why_and_keeps_what_is_theirs(
    page: Page, keepsake_url: str, own_account: SignIn
) -> None:
    async with signed_in(keepsake_url) as user, httpx.AsyncClient(base_url=keepsake_url) as http:
        await own_account(user, "#/account")
        await expect(page.get_by_text(user.user["email"])).to_be_visible()
        admin = (await http.post("/api/v1/auth/local")).json()["access_token"]
        block = await http.put(
            f"/api/v1/admin/users/{user.user['id']}/block",
            json={"reason": "Sold halibut."},
            headers={"Authorization": f"Bearer {admin}"},
        )
        assert block.status_code == 200
        await expect(page.get_by_role("heading", name="Your account is blocked")).to_be_visible()
        await expect(page.get_by_text("blocked by an admin: Sold halibut.")).to_be_visible()
        async with page.expect_download():
            await page.get_by_role("button", name="Download my data").click()
        await page.get_by_role("button", name="Delete my account").click()
        dialog = page.get_by_role("dialog", name="Delete my account")
        await dialog.get_by_label("Your password").fill(PASSWORD)
        await dialog.get_by_role("button", name="Erase everything").click()
        await expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()


async def test_a_new_password_leaves_the_page_signed_in(
    page: Page, keepsake_url: str, own_account: SignIn
) -> None:
    async with signed_in(keepsake_url) as user:
        await own_account(user, "#/account")
        form = page.get_by_role("region", name="Your password")
        await form.get_by_label("The one you have").fill(PASSWORD)
        await form.get_by_label("A new one").fill("quite another long one")
        await form.get_by_role("button", name="Change password").click()
        await expect(form.get_by_role("status")).to_contain_text("Changed.")
        assert (await user.http.get("/auth/me")).status_code == 401
        await page.reload()
        await expect(page.get_by_text(user.user["email"])).to_be_visible()


async def test_an_account_is_told_the_time_zone_once(
    page: Page, keepsake_url: str, own_account: SignIn
) -> None:
    async with signed_in(keepsake_url) as user:
        browser = await page.context.new_cdp_session(page)
        await browser.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Lisbon"})
        async with page.expect_response(lambda answer: answer.request.method == "PATCH") as told:
            await own_account(user, "#/account")
        assert (await told.value).ok
        assert (await user.get("/auth/me"))["timeZone"] == "Europe/Lisbon"
        await browser.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
        await page.reload()
        await expect(page.get_by_text(user.user["email"])).to_be_visible()
        assert (await user.get("/auth/me"))["timeZone"] == "Europe/Lisbon"
