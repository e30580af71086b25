"""`keepsake bench realtime`: Keepsake beside bare servers of the same libraries, in one run."""

import asyncio
import json
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from rich.console import Console
from rich.progress import Progress

from backend.errors import ConfigurationError, KeepsakeError
from bench.figures import write_json
from bench.realtime.crowd import Seat
from bench.realtime.load import Plan
from bench.realtime.seats import make_seats
from bench.realtime.table import compare, show_comparison
from bench.realtime.wires import WIRES
from bench.servers import RunningServer, running_keepsake, running_module

SPARE_FILES = 300  # what a server has open beside its connections
RUN_SECONDS = 1500.0
HOLD_SECONDS = 30.0

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure: connections and turns a second in ascending order, seconds for each rate.

    Raises:
        ConfigurationError: a transport that there isn't.
    """

    transports: Sequence[str]
    connections: Sequence[int]
    rates: Sequence[float]
    seconds: float

    def __post_init__(self) -> None:
        if unknown := set(self.transports) - set(WIRES):
            raise ConfigurationError(
                f"--transport: there is no {', '.join(unknown)}, but {' and '.join(WIRES)}."
            )


async def run_realtime_bench(
    console: Console, tables: Console, out: Path | None, wanted: Wanted, command: str
) -> None:
    """Measure each transport, print a table, write JSON. With the defaults it takes a quarter of an hour.

    Raises:
        ConfigurationError: so many connections can't be opened here.
    """
    allow_files(max(wanted.connections) + SPARE_FILES)
    found: dict[str, dict[str, list[Json]]] = {}
    with Progress(console=console) as progress:
        task = progress.add_task("", total=2 * len(wanted.transports))
        for transport in wanted.transports:
            found[transport] = {}
            for target in ("keepsake", "bare"):
                name = f"{WIRES[transport].name}, {target}"

                def tell(phase: str, name: str = name) -> None:
                    progress.update(task, description=f"{name}: {phase}")

                tell("starts")
                found[transport][target] = await _measure(transport, target, wanted, tell)
                progress.advance(task)
    rows = compare(found)
    show_comparison(tables, rows)
    if out:
        write_json(out, command, {"comparison": rows, "phases": found})
        console.print(f"Written to {out}.")


def allow_files(needed: int) -> None:
    """Let this process and its children have that many files open.

    Raises:
        ConfigurationError: the system allows fewer; says how many.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise ConfigurationError(
            f"So many connections need {needed} open files a process, and only {hard} are allowed "
            f"here. Raise the limit (ulimit -Hn {needed}, as root) or ask for fewer: --connections"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


async def _measure(
    transport: str, target: str, wanted: Wanted, tell: Callable[[str], None]
) -> list[Json]:
    with tempfile.TemporaryDirectory(prefix="keepsake-bench-") as folder:
        async with _server(target, Path(folder) / "data", max(wanted.connections)) as (
            server,
            seats,
        ):
            plan = Plan(
                transport,
                server.url,
                server.pid,
                seats,
                sorted(wanted.connections),
                list(wanted.rates),
                wanted.seconds,
                HOLD_SECONDS,
            )
            return await _carry_out(plan, tell)


@asynccontextmanager
async def _server(
    target: str, data_dir: Path, seats: int
) -> AsyncIterator[tuple[RunningServer, list[Seat]]]:
    if target == "bare":
        async with running_module("bench.realtime.echo") as server:
            yield server, [Seat("", f"room {number}") for number in range(seats)]
        return
    secret = token_hex(32)
    seated = await make_seats(data_dir, secret, seats)
    async with running_keepsake(data_dir, {"JWT_SECRET": secret}) as server:
        yield server, seated


async def _carry_out(plan: Plan, tell: Callable[[str], None]) -> list[Json]:
    found: list[Json] = []
    with tempfile.TemporaryFile() as errors:
        load = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bench.realtime.load"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        assert load.stdin
        assert load.stdout
        try:
            load.stdin.write(plan.write().encode())
            load.stdin.close()
            async with asyncio.timeout(RUN_SECONDS):
                async for line in load.stdout:
                    found.append(json.loads(line))
                    tell(found[-1]["phase"])
                status = await load.wait()
        finally:
            if load.returncode is None:
                load.kill()
                await load.wait()
        if status:
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
            raise KeepsakeError(f"The load generator failed: {' '.join(last)}")
    return found
