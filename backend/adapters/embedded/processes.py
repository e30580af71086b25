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
import structlog

POLL_SECONDS = 0.02
REPORT_SECONDS = 10.0
LOG_LIMIT_BYTES = 5_000_000

# A signal (None: no signal, wait only) and the seconds it gets before the next, harder one.
StopLadder = Sequence[tuple[Signals | None, float]]

logger = structlog.get_logger(__name__)


def launch(
    command: Sequence[str], home: Path, log: Path, run_as: dict[str, Any] | None = None
) -> psutil.Popen:
    """Start a server in a session of its own, so that a Ctrl-C in our terminal, which goes to the
    whole process group, doesn't reach it before the application has drained.

    It works in `home`, by which `running_in` finds it again. Output is appended to `log`.
    `run_as` is `SystemUser.launch_options`; None is our own user.

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
            cwd=home,
            env=server_environment(),
            start_new_session=True,
            **(run_as or {}),
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
    started = time.monotonic()
    report_at = started + REPORT_SECONDS
    while process.poll() is None and time.monotonic() < started + timeout:
        if await ready():
            return True
        if time.monotonic() > report_at:
            # A database that recovers from a crash can take minutes.
            logger.info("embedded.still_starting", pid=process.pid, command=process.args[0])
            report_at += REPORT_SECONDS
        await asyncio.sleep(POLL_SECONDS)
    return False


async def wait_until_ended(process: psutil.Popen, timeout: float) -> bool:
    """True once the process has ended; False if `timeout` seconds passed."""
    return await end([process], ladder=((None, timeout),))


def running_in(directory: Path, *programs: str) -> list[psutil.Process]:
    """Live processes that work in `directory` and have one of these names.

    The working directory, not a pid file, says whose a process is: pids get reused, and a server
    that outlived its owner still sits in its data directory. Processes of other users, which we
    may not look into, are left out.
    """
    home = str(directory.resolve())
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] not in programs:
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
        if stop_signal is not None:
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
