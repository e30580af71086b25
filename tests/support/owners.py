"""Starts `embedded_owner` processes and ends them."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from backend.adapters.embedded.processes import running_in

ROOT = Path(__file__).parents[2]


@dataclass
class Owner:
    """A running owner: `facts` is what it told when it was up."""

    process: asyncio.subprocess.Process
    facts: dict[str, Any] = field(default_factory=dict)

    async def told(self) -> dict[str, Any]:
        """The next line it prints."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        if not line:
            raise AssertionError(f"the owner said nothing: {await self.complaint()}")
        facts: dict[str, Any] = json.loads(line)
        return facts

    async def complaint(self) -> str:
        """What it wrote to stderr until it ended."""
        assert self.process.stderr is not None
        return (await asyncio.wait_for(self.process.stderr.read(), 60)).decode().strip()

    async def ended(self) -> int:
        """Its exit status, once it has ended."""
        return await asyncio.wait_for(self.process.wait(), 60)

    async def kill(self) -> None:
        """`kill -9`: it can't clean up."""
        self.process.kill()
        await self.ended()

    def interrupt_group(self) -> None:
        """What Ctrl-C in a terminal does: SIGINT to every process of the group."""
        os.killpg(self.process.pid, signal.SIGINT)


def servers(data_dir: Path) -> list[psutil.Process]:
    """Every server process that works in the data directory."""
    return [
        *running_in(data_dir / "postgres", "postgres"),
        *running_in(data_dir / "valkey", "valkey-server"),
    ]


@asynccontextmanager
async def launched(
    data_dir: Path, *arguments: object, before: Sequence[str] = ()
) -> AsyncIterator[Owner]:
    """An owner that may still be starting, or fail. `before` is a command that runs it."""
    process = await asyncio.create_subprocess_exec(
        *before,
        *(sys.executable, "-m", "tests.support.embedded_owner", str(data_dir)),
        *map(str, arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Owner(process)
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 60)


@asynccontextmanager
async def owning(data_dir: Path, *arguments: object) -> AsyncIterator[Owner]:
    """An owner whose servers are up."""
    async with launched(data_dir, *arguments) as owner:
        owner.facts = await owner.told()
        yield owner
