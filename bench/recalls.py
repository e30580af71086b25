"""Recall over many memories: embed, search, hydrate, rank. Postgres, the index and the encoder are real."""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.progress import Progress

from backend.bootstrap.core import Core, open_core
from backend.memory.recall import RecallRequest, recall
from backend.models import Owner
from backend.settings import Settings
from bench.figures import Figure
from bench.filling import fill, make_owner, settle, some_words

OF_ONE_PAIR = 10_000  # memories that a pair has at most: some 5,000 turns
QUERIES = 200
WARM_UP = 20
BUDGET_P95 = 30.0


async def measure_recall(progress: Progress, sizes: Sequence[int]) -> list[Figure]:
    """Time recalls with each number of memories in all, in ascending order: the collection grows."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="keepsake-bench-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder) / "data", llm_provider="offline")
        async with open_core(settings) as core:
            await core.memory.encoder.load()
            crowd = Crowd(core)
            random = np.random.default_rng(11)
            for size in sorted(sizes):
                await crowd.grow(size, progress)
                samples = await _ask(core, crowd.owners, random, progress)
                figures += _figures(f"recall, {size:,} memories", samples)
    return figures


class Crowd:
    """Pairs with memories, each full before the next one comes."""

    def __init__(self, core: Core) -> None:
        self.owners: list[Owner] = []
        self._core = core
        self._memories = 0

    async def grow(self, size: int, progress: Progress) -> None:
        """Have `size` memories in all."""
        task = progress.add_task(f"{size:,} memories", total=size, completed=self._memories)
        while self._memories < size:
            held = self._memories % OF_ONE_PAIR
            if held == 0:
                self.owners.append(await make_owner(self._core, f"bench-{self._memories}"))
            count = min(OF_ONE_PAIR - held, size - self._memories)
            await fill(self._core, self.owners[-1], count)
            self._memories += count
            progress.advance(task, count)
        await settle(self._core)


def _figures(name: str, samples: dict[str, list[float]]) -> list[Figure]:
    whole = Figure.of(name, samples.pop("all"), budget_p95=BUDGET_P95)
    return [whole, *(Figure.of(f"  {step}", taken) for step, taken in samples.items())]


async def _ask(
    core: Core, owners: Sequence[Owner], random: np.random.Generator, progress: Progress
) -> dict[str, list[float]]:
    samples: dict[str, list[float]] = defaultdict(list)
    task = progress.add_task("Recalls", total=QUERIES + WARM_UP)
    for number in range(QUERIES + WARM_UP):
        [words] = some_words(random, 1, 4)
        text = f"What did I say about the {words[0]} and the {words[1]} {words[2]} {words[3]}?"
        owner = owners[int(random.integers(len(owners)))]
        request = RecallRequest(owner, text, user_name="Sam", character_name="Mara")
        started = perf_counter()
        found = await recall(core.memory, request)
        if number >= WARM_UP:
            samples["all"].append((perf_counter() - started) * 1000)
            for step, taken in found.timings.items():
                samples[step].append(taken)
        progress.advance(task)
    return samples
