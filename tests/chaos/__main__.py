"""`make chaos`: prove the delivery contract by breaking everything around it.

python -m tests.chaos --seed 123 --turns 500 [--out chaos.json]

Simulated clients talk to two API processes through proxies that drop, delay, duplicate and reorder
frames and cut connections, while processes, Valkey and PostgreSQL are killed, paused and restarted.
Then everything is healed, and what clients were told is held against what PostgreSQL has.
"""

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.chaos.plan import Plan, make_plan
from tests.chaos.report import as_json, show, write
from tests.chaos.run import Outcome, carry_out

JOBS_SECONDS = 90.0


def main() -> int:
    """Run once; 1 where a guarantee was broken."""
    parser = argparse.ArgumentParser(prog="make chaos", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, help="repeats the plan of a run; chosen if not given")
    parser.add_argument("--turns", type=int, default=500, help="messages to be said in all")
    parser.add_argument(
        "--out", type=Path, default=Path("chaos.json"), help="where the report goes"
    )
    arguments = parser.parse_args()
    seed = secrets.randbelow(100_000) if arguments.seed is None else arguments.seed
    console = Console()
    console.print(
        f"Seed {seed}: `make chaos ARGS='--seed {seed} --turns {arguments.turns}'` repeats it."
    )
    outcome = asyncio.run(_watched(console, make_plan(seed, arguments.turns)))
    report = as_json(outcome)
    write(report, arguments.out)
    show(console, report)
    console.print(f"Written to {arguments.out}.")
    return 1 if outcome.violations else 0


async def _watched(console: Console, plan: Plan) -> Outcome:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("turns", total=plan.turns)

        def heard(what: str, said: int) -> None:
            progress.update(task, completed=said)
            if what:
                progress.console.print(f"{said:4} {what}")

        return await carry_out(plan, heard, jobs_seconds=JOBS_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
