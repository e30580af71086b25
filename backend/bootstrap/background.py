"""Loops behind the open port, ended with what opened them."""

import asyncio
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


def _log_death(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("background.died", task=task.get_name(), exc_info=error)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
