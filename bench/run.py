"""`keepsake bench`: measure, print, write."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bench.figures import Figure, show, write
from bench.recalls import measure_recall
from bench.turns import measure_turns


async def run_bench(
    console: Console, out: Path | None, *, turns: int, memories: Sequence[int]
) -> None:
    """Measure `turns` idle turns, and recall with each number of memories; 0 or none leaves that
    part out. With the defaults it takes a minute or two."""
    figures: list[Figure] = []
    tokens: dict[str, int] = {}
    with Progress(console=console) as progress:
        if turns:
            figures, tokens = await measure_turns(progress, turns)
        if memories:
            figures += await measure_recall(progress, memories)
    show(console, figures)
    if tokens:
        parts = ", ".join(f"{part} {count:,}" for part, count in tokens.items())
        console.print(f"Prompt tokens of 100 turns, estimated: {parts}.")
    if out:
        write(out, _command(turns, memories), figures, tokensPer100Turns=tokens)
        console.print(f"Written to {out}.")


def _command(turns: int, memories: Sequence[int]) -> str:
    sizes = "".join(f" --memories {size}" for size in memories or [0])
    return f"keepsake bench --turns {turns}{sizes}"
