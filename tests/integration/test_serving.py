"""Processes that serve, and those that started them."""

import asyncio
import sys
from pathlib import Path

import psutil
from uvicorn.config import STARTUP_FAILURE

from backend.workers import Start
from tests.support.eventually import eventually

CHILD = """
import time
from backend.workers import end_with_parent
end_with_parent()
print("up", flush=True)
time.sleep(60)
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


async def test_a_worker_ends_with_its_supervisor() -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"up\n"
    (child,) = psutil.Process(parent.pid).children()
    parent.kill()
    await parent.wait()
    await eventually(lambda: not child.is_running())


FAILING = """
import sys
from pathlib import Path
from backend.workers import Start
Start(Path(sys.argv[1])).fail(ValueError("no room"))
"""


async def test_a_worker_that_fails_before_any_has_started_leaves_its_reason(tmp_path: Path) -> None:
    assert await exit_status(FAILING, tmp_path) == 0  # how it ends is left to uvicorn
    assert Start(tmp_path).failure == "ValueError('no room')"


async def test_one_that_fails_later_ends_so_that_it_is_started_again(tmp_path: Path) -> None:
    Start(tmp_path).succeed()
    assert await exit_status(FAILING, tmp_path) == 1
    assert STARTUP_FAILURE != 1  # by which the supervisor would stop them all


async def exit_status(code: str, folder: Path) -> int | None:
    """How a Python process ends."""
    process = await asyncio.create_subprocess_exec(*(sys.executable, "-c", code, str(folder)))
    return await process.wait()
