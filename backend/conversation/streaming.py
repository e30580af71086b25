"""Reading a stream that can be stopped from outside."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")


async def until(stop: asyncio.Event, stream: AsyncIterator[Item]) -> AsyncGenerator[Item, None]:
    """Pass a stream on until it ends or `stop` is set; then close it, even in the middle of waiting."""
    stopping = asyncio.ensure_future(stop.wait())
    pulling: asyncio.Future[Item] | None = None
    try:
        while not stop.is_set():
            pulling = asyncio.ensure_future(anext(stream))
            await asyncio.wait({pulling, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not pulling.done():
                return
            try:
                item = pulling.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        stopping.cancel()
        if pulling is not None and not pulling.done():
            pulling.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await pulling
        if (close := getattr(stream, "aclose", None)) is not None:
            await close()
