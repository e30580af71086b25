"""The newer word first: what became of something stands in front of what it was. Pure functions.

Similarity doesn't tell the value of today from that of last year; both are recalled, with their
dates, and the one that the question is after should be read first.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from backend.memory.query import RecallQuery
from backend.memory.scoring import RecallPolicy, ScoredMemory
from backend.memory.selection import telling_stems
from backend.models import Outdated, Recallable

FIRST = 10  # how many of the best are put in order; behind them order says little

_CHANGE = re.compile(
    r"\b(?:now|no longer|not anymore|any ?more|chang(?:e|ed|ing)|switch(?:ed|ing)?|mov(?:ed|ing)|instead"
    r"|updat(?:ed?|es|ing)|increas(?:ed?|es|ing)|decreas(?:ed?|es|ing)|improv(?:ed|ing)|reduced|grown|grew"
    r"|risen|raised|dropped|rescheduled|postponed|extended|adjust(?:ed|ing)|recent(?:ly)?|new|latest"
    r"|already|finally|currently|since then|used to|stopped|quit|left|replaced|renamed|upgraded"
    r"|(?:up|down) from|rather than)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"([$€£]?)(\d[\d,.]*)\s*(%|[^\W\d_]{2,})?")


def with_outdated(
    chosen: Sequence[ScoredMemory], outdated: Sequence[Outdated]
) -> list[ScoredMemory]:
    """The same, the user's messages with what they say and no longer holds."""
    return [
        replace(item, outdated=tuple(each for each in outdated if _says(item.memory, each)))
        if outdated
        else item
        for item in chosen
    ]


def _says(memory: Recallable, outdated: Outdated) -> bool:
    return (
        memory.kind == "episode"
        and memory.about == "user"
        and not set(memory.source_message_ids).isdisjoint(outdated.source_message_ids)
    )


def newest_first(
    chosen: Sequence[ScoredMemory], query: RecallQuery, policy: RecallPolicy
) -> list[ScoredMemory]:
    """Best first, but what brings an older memory up to date takes its place and score, and stands before a
    fact drawn from it, unless the question is about the past."""
    if query.asks_of_past:
        return list(chosen)
    ordered: list[ScoredMemory] = []
    for item in chosen[:FIRST]:
        place = _place(item, ordered, chosen[:FIRST], policy)
        if place < len(ordered):
            item = replace(item, score=ordered[place].score)
        ordered.insert(place, item)
    return [*ordered, *chosen[FIRST:]]


def _place(
    item: ScoredMemory,
    ordered: Sequence[ScoredMemory],
    first: Sequence[ScoredMemory],
    policy: RecallPolicy,
) -> int:
    renewed = [other.memory for other in first if renews(item.memory, other.memory, policy)]
    for place, earlier in enumerate(ordered):
        if any(old.instead and old.instead.id == item.memory.id for old in earlier.outdated):
            return place
        near = item.score >= policy.update_score_share * earlier.score
        if near and any(_is_said_in(earlier.memory, other) for other in renewed):
            return place
    return len(ordered)


def _is_said_in(memory: Recallable, other: Recallable) -> bool:
    """Whether one is the other, or a fact drawn from the other's message."""
    return memory.id == other.id or (
        memory.kind == "fact"
        and other.kind == "episode"
        and not set(memory.source_message_ids).isdisjoint(other.source_message_ids)
    )


def renews(memory: Recallable, other: Recallable, policy: RecallPolicy) -> bool:
    """Whether a memory is the newer word on the same thing from the same side: it announces a change
    or gives another figure for the same measure."""
    return (
        memory.mention_time > other.mention_time
        and memory.about == other.about
        and (_announces_change(memory.content) or _other_figure(memory.content, other.content))
        and _overlap(memory.content, other.content) >= policy.update_overlap
    )


def _announces_change(text: str) -> bool:
    return bool(_CHANGE.search(text))


def _other_figure(text: str, other: str) -> bool:
    mine, theirs = _figures(text), _figures(other)
    return any(mine[unit] - theirs[unit] for unit in mine.keys() & theirs.keys())


def _figures(text: str) -> dict[str, set[str]]:
    """Numbers by their measure: "$500" and "3 interviews" give {"$": {"500"}, "interv": {"3"}}."""
    figures: dict[str, set[str]] = {}
    for currency, number, noun in _FIGURE.findall(text):
        if measure := currency or noun.lower()[:6]:
            figures.setdefault(measure, set()).add(number.rstrip(".,").replace(",", ""))
    return figures


def _overlap(text: str, other: str) -> float:
    mine, theirs = telling_stems(text), telling_stems(other)
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))
