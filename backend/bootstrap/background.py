"""Loops behind the open port, ended with what opened them."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog

log = structlog.get_logger(__name__)


Loops = dict[str, Coroutine[Any, Any, None]]


def run_behind(stack: AsyncExitStack, loops: Loops) -> None:
    """Run loops until the stack closes. One that dies by itself is a defect, and is logged then."""
    for name, loop in loops.items():
        task = asyncio.create_task(loop, name=name)
        task.add_done_callback(_log_death)
        stack.push_async_callback(_end, task)


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do work until SIGTERM or SIGINT; it is cancelled then, and may take its time to end."""
    working = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    try:
        await asyncio.wait([working])
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    if not working.cancelled():
        working.result()


def _log_death(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("background.died", task=task.get_name(), exc_info=error)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
