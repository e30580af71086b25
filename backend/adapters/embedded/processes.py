"""Starts and ends the server processes that Keepsake brings along."""

import asyncio
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from signal import Signals
from typing import Any

import psutil

POLL_SECONDS = 0.02
LOG_LIMIT_BYTES = 5_000_000

# A signal and the seconds it gets to work before the next, harder one.
StopLadder = Sequence[tuple[Signals, float]]


def launch(command: Sequence[str], log: Path, run_as: dict[str, Any]) -> psutil.Popen:
    """Start a server in a session of its own, so that a Ctrl-C in our terminal, which goes to the
    whole process group, doesn't reach it before the application has drained.

    `run_as` is `SystemUser.launch_options`, or empty for our own user. Output is appended to `log`.

    Raises:
        OSError: the program or the log can't be opened.
    """
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_name(log.name + ".1"))
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return psutil.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            cwd="/",
            env=server_environment(),
            start_new_session=True,
            **run_as,
        )
    finally:
        os.close(handle)


def server_environment() -> dict[str, str]:
    """Our environment without what would change a server's behaviour: PGPORT, PGDATA, locale."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


async def wait_until_ready(
    process: psutil.Popen, ready: Callable[[], Awaitable[bool]], timeout: float
) -> bool:
    """True once `ready()` is; False if the process ended first or `timeout` seconds passed."""
    deadline = time.monotonic() + timeout
    while process.poll() is None and time.monotonic() < deadline:
        if await ready():
            return True
        await asyncio.sleep(POLL_SECONDS)
    return False


def running_in(program: str, directory: Path) -> list[psutil.Process]:
    """Live processes named `program` that work in `directory`.

    The working directory, not a pid file, says whose a process is: pids get reused, and a server
    that outlived its owner still sits in its data directory. Processes of other users, which we
    may not look into, are left out.
    """
    home = str(directory.resolve())
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != program:
            continue
        try:
            if process.cwd() == home:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


async def end(processes: Iterable[psutil.Process | psutil.Popen], ladder: StopLadder) -> bool:
    """Send the ladder's signals, one after the other, until all have ended.

    Only the parents among them are signalled: a server ends its own children in order.
    Returns whether all are gone.
    """
    left = [process for process in processes if _alive(process)]
    for stop_signal, seconds in ladder:
        for process in _parents(left):
            _send(process, stop_signal)
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            left = [process for process in left if _alive(process)]
        if not left:
            break
    return not left


def _parents(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    pids = {process.pid for process in processes}
    return [process for process in processes if _parent_of(process) not in pids]


def _parent_of(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return None


def _send(process: psutil.Process, stop_signal: Signals) -> None:
    try:
        process.send_signal(stop_signal)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return


def _alive(process: psutil.Process | psutil.Popen) -> bool:
    if isinstance(process, psutil.Popen):
        return process.poll() is None
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
