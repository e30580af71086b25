"""Waiting on a condition, where there is no event to wait for."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

POLL_SECONDS = 0.01


async def eventually(
    condition: Callable[[], object] | Callable[[], Awaitable[object]], *, within: float = 20.0
) -> None:
    """Return as soon as `condition()` is true; fail after `within` seconds."""
    async with asyncio.timeout(within):
        while True:
            result = condition()
            if inspect.isawaitable(result):
                result = await result
            if result:
                return
            await asyncio.sleep(POLL_SECONDS)
