"""Keepsake within the test's own process, for what can only be seen from inside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backend.gateway.application import Application


@asynccontextmanager
async def running(application: Application) -> AsyncIterator[None]:
    """Run an application's lifespan as an ASGI server does.

    Raises:
        AssertionError: it doesn't start.
    """
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    living = asyncio.create_task(application({"type": "lifespan"}, told.get, heard.put))
    await told.put({"type": "lifespan.startup"})
    started = await heard.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await living
