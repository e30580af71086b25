"""What a ranked list of recalled items is worth, given the messages that hold the answer. Pure.

An item is one memory, message or passage. Items differ in size, so recall is measured over tokens
of text as well as over items: a system with long items can't win by them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.memory.selection import TOKENS_PER_CHARACTER
from bench.quality.results import Measure, Score

ITEMS = (5, 10, 20, 50)
TOKENS = (300, 700, 1000, 2000)
BY_TOKENS = frozenset({*(f"R@{budget}t" for budget in TOKENS), "all@1000t"})
UPDATES = frozenset({"knowledge_update"})  # categories whose evidence is an old and a new value

MEASURES: dict[str, Measure] = (
    {f"R@{count}": Measure(f"evidence within {count} items") for count in ITEMS}
    | {f"R@{budget}t": Measure(f"evidence within {budget:,} tokens") for budget in TOKENS}
    | {
        "all@10": Measure("all of the evidence within 10 items"),
        "all@1000t": Measure("all of the evidence within 1,000 tokens"),
        "MRR": Measure("mean reciprocal rank of the first evidence", unit="rank"),
        "newer first": Measure("newer value above the one it replaces"),
    }
)


@dataclass(frozen=True, slots=True)
class Item:
    """One recalled thing: the data's ids of the messages it stands for, and what it says."""

    message_ids: frozenset[str]
    text: str

    @property
    def tokens(self) -> float:
        """About how many tokens of a prompt it takes."""
        return len(self.text) * TOKENS_PER_CHARACTER


def measure_ranking(
    items: Sequence[Item],
    evidence: frozenset[str],
    category: str,
    said_at: Mapping[str, datetime],
) -> dict[str, Score]:
    """Every measure of one question; `items` best first, `evidence` not empty."""
    cited = [item.message_ids for item in items]
    fitting = {budget: _fitting(items, budget) for budget in TOKENS}
    shares = {f"R@{count}": _share(cited[:count], evidence) for count in ITEMS}
    shares |= {f"R@{budget}t": _share(cited[: fitting[budget]], evidence) for budget in TOKENS}
    shares["all@10"] = float(shares["R@10"] == 1)
    shares["all@1000t"] = float(shares["R@1000t"] == 1)
    first = _rank(cited, evidence)
    shares["MRR"] = 1 / first if first else 0.0
    if category in UPDATES and len(evidence) > 1:
        shares["newer first"] = float(newer_first(cited, evidence, said_at))
    return {name: Score(value, 1) for name, value in shares.items()}


def newer_first(
    cited: Sequence[frozenset[str]], evidence: frozenset[str], said_at: Mapping[str, datetime]
) -> bool:
    """Whether the last said of the evidence comes before the first said; one that isn't recalled
    comes last, and if neither is, that is a failure."""
    in_time = sorted(evidence, key=lambda name: said_at[name])
    newest = _rank(cited, frozenset(in_time[-1:]))
    oldest = _rank(cited, frozenset(in_time[:1]))
    return newest is not None and (oldest is None or newest < oldest)


def _rank(cited: Sequence[frozenset[str]], wanted: frozenset[str]) -> int | None:
    """Place of the first item that stands for any of the messages, from 1."""
    return next((place for place, ids in enumerate(cited, start=1) if ids & wanted), None)


def _share(cited: Sequence[frozenset[str]], evidence: frozenset[str]) -> float:
    return len(evidence & frozenset().union(*cited)) / len(evidence)


def _fitting(items: Sequence[Item], budget: int) -> int:
    """How many of the first items fit into a budget; the first that doesn't ends the list."""
    used = 0.0
    for count, item in enumerate(items):
        used += item.tokens
        if used > budget:
            return count
    return len(items)
