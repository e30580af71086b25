"""Longer training texts out of short ones: a sentence that matters between sentences that don't.

People bury what they mean in small talk, and a vector of the whole pales by it. Which sentences are
joined depends on the texts alone, so that training is repeatable.
"""

import hashlib
from collections.abc import Sequence

from bench.safety.dataset import Labelled

SHORT = 120  # characters
FILLERS = frozenset({"small talk", "prompts to an assistant"})


def lengthened(rows: Sequence[Labelled]) -> list[Labelled]:
    """For every second short English row, one with a harmless sentence before or after it."""
    fillers = [row.text for row in rows if row.scenario in FILLERS]
    short = [row for row in rows if len(row.text) <= SHORT and row.language == "en" and row.text]
    return [_longer(row, fillers) for row in short if fillers and _number(row.text) % 2]


def _longer(row: Labelled, fillers: Sequence[str]) -> Labelled:
    number = _number(row.text) // 2
    filler = fillers[number % len(fillers)]
    text = f"{filler} {row.text}" if number % 3 else f"{row.text} {filler}"
    return Labelled(f"{row.id}+", text, row.labels, row.kind, row.language, row.scenario)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
