"""A Keepsake as a newcomer starts it, for the browser to open."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.keepsake_process import ROOT, keepsake


@pytest_asyncio.fixture(scope="session")
async def keepsake_url() -> AsyncIterator[str]:
    """The address of a ready Keepsake with everything embedded, the built page and no key."""
    if not (ROOT / "web" / "dist" / "index.html").is_file():
        pytest.fail("The page isn't built: run `npm ci && npm run build` in web/.")
    async with keepsake() as server:
        yield server.url
