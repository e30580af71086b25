"""The server that the browser looks at: what a newcomer starts, on data of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from backend.bootstrap import PAGE
from tests.support.keepsake_process import keepsake


@pytest_asyncio.fixture
async def keepsake_url() -> AsyncIterator[str]:
    """The address of a fresh, embedded, offline Keepsake with its page."""
    assert (PAGE / "index.html").is_file(), "The page isn't built; `make install` builds it."
    async with keepsake() as server:
        # By this name, as a person types it.
        yield server.url.replace("127.0.0.1", "localhost")
