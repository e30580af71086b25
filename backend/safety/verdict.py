"""What screening finds in a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Category = Literal[
    "sexual", "sexual_minors", "self_harm", "hate", "harassment", "violence", "illicit"
]
CATEGORIES: tuple[Category, ...] = (
    "sexual",
    "sexual_minors",
    "self_harm",
    "hate",
    "harassment",
    "violence",
    "illicit",
)
_SENSITIVE: frozenset[Category] = frozenset({"sexual", "self_harm", "sexual_minors"})
Screener = Literal["lexical", "classifier", "model"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`scores` are probabilities 0-1 by category, higher is worse; `flagged` those at or above
    their thresholds. `screener` is what gave them: words alone (the encoder is away), words and
    the sentence's vector, or a moderating model. `explicit`: names sexual acts or body parts.
    `hard`: sexual content with a minor by `sexual_with_minor`'s rules; no model lifts that.
    `writer_is_minor`: the writer says to be under 18.
    """

    scores: Mapping[Category, float]
    flagged: frozenset[Category]
    screener: Screener
    explicit: bool = False
    hard: bool = False
    writer_is_minor: bool = False

    @property
    def sensitive(self) -> bool:
        """Sexual, or about self-harm: what is sealed where keys are set."""
        return not _SENSITIVE.isdisjoint(self.flagged)


NOTHING = Verdict(dict.fromkeys(CATEGORIES, 0.0), frozenset(), "lexical")
