"""Recall over many memories of one owner: embed, search, hydrate, rank.

Postgres, the index and the encoder are real. The memories' vectors are random unit vectors, since
the time doesn't depend on what they mean; their words are real enough for the keyword arm.
"""

import tempfile
from collections import defaultdict
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.progress import Progress

from backend.bootstrap.core import open_core
from backend.memory.episodes import content_hash
from backend.memory.indexing import index_memories
from backend.memory.recall import RecallRequest, recall
from backend.memory.resources import MemoryResources
from backend.models import Character, Memory, Owner, User
from backend.settings import Settings
from bench.figures import Figure

WORDS = (
    "garden river winter piano lighthouse sister market bread train letter holiday "
    "doctor bicycle harbour teacher coffee mountain painting kitchen football novel "
    "cousin island guitar puppy"
).split()
BATCH = 1000
QUERIES = 200
WARM_UP = 20


async def measure_recall(progress: Progress, memories: int) -> list[Figure]:
    """Fill one owner with `memories` facts, then time recalls."""
    with tempfile.TemporaryDirectory(prefix="keepsake-bench-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder) / "data", llm_provider="offline")
        async with open_core(settings) as core:
            await core.memory.encoder.load()
            owner = await _fill(core.memory, memories, progress)
            samples = await _ask(core.memory, owner, progress)
    name = f"recall over {memories:,} memories"
    budget = 30.0
    return [
        Figure.of(name, samples.pop("all"), budget_p95=budget),
        *(Figure.of(f"  {step}", taken) for step, taken in samples.items()),
    ]


async def _fill(resources: MemoryResources, memories: int, progress: Progress) -> Owner:
    user = User(email="bench@keepsake.localhost", display_name="Sam")
    character = Character(name="Mara")
    async with resources.store.transaction() as tx:
        await tx.users.add(user)
        await tx.characters.add(character)
    owner = Owner(character.id, user.id)
    random = np.random.default_rng(7)
    task = progress.add_task("Memories", total=memories)
    for start in range(0, memories, BATCH):
        batch = [
            _memory(owner, number, random) for number in range(start, min(memories, start + BATCH))
        ]
        vectors = random.standard_normal((len(batch), resources.encoder.dimension), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        async with resources.store.transaction() as tx:
            await tx.memories.add(batch)
        await index_memories(resources, batch, vectors)
        progress.advance(task, len(batch))
    return owner


def _memory(owner: Owner, number: int, random: np.random.Generator) -> Memory:
    content = f"{' '.join(random.choice(WORDS, 12))} {number}"
    return Memory(
        character_id=owner.character_id,
        user_id=owner.user_id,
        kind="fact",
        content=content,
        content_hash=content_hash(content),
        index_text=content,
    )


async def _ask(
    resources: MemoryResources, owner: Owner, progress: Progress
) -> dict[str, list[float]]:
    random = np.random.default_rng(11)
    samples: dict[str, list[float]] = defaultdict(list)
    task = progress.add_task("Recalls", total=QUERIES + WARM_UP)
    for number in range(QUERIES + WARM_UP):
        words = random.choice(WORDS, 4)
        text = f"What did I say about the {words[0]} and the {words[1]} {words[2]} {words[3]}?"
        started = perf_counter()
        found = await recall(
            resources, RecallRequest(owner, text, user_name="Sam", character_name="Mara")
        )
        if number >= WARM_UP:
            samples["all"].append((perf_counter() - started) * 1000)
            for step, taken in found.timings.items():
                samples[step].append(taken)
        progress.advance(task)
    return samples
