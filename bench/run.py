"""`keepsake bench`: measure, print, write."""

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bench.figures import show, write
from bench.recalls import measure_recall
from bench.turns import measure_turns

TURNS = 100
MEMORIES = 10_000


async def run_bench(console: Console, out: Path | None) -> None:
    """Measure an idle turn and recall over 10,000 memories; takes a minute or two."""
    with Progress(console=console) as progress:
        figures = await measure_turns(progress, TURNS)
        figures += await measure_recall(progress, MEMORIES)
    show(console, figures)
    if out:
        write(out, "keepsake bench", figures)
        console.print(f"Written to {out}.")
