"""Waiting on a condition, where there is no event to wait for."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

POLL_SECONDS = 0.01
# Asking takes the asked server's time as well: from the second on, a tenth of the wait so far, at most this.
LONGEST_POLL_SECONDS = 0.05


async def eventually(
    condition: Callable[[], object] | Callable[[], Awaitable[object]], *, within: float = 20.0
) -> None:
    """Return as soon as `condition()` is true; fail after `within` seconds."""
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(within):
        while True:
            result = condition()
            if inspect.isawaitable(result):
                result = await result
            if result:
                return
            waited = asyncio.get_running_loop().time() - began
            await asyncio.sleep(min(max(waited / 10, POLL_SECONDS), LONGEST_POLL_SECONDS))
