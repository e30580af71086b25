"""Is a statement worth remembering, and whole enough to be understood later? A logistic regression
on its vector and on a few of its words.

`bench/worth/labelled.jsonl` and `python -m bench.worth.training` make `worth.json`; the same data
give the same weights (`docs/decisions/0013-*.md`).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.base import Vectors

WORD_SIZE = 0.3  # of a sign beside a vector of length 1
_SIGNS = {
    "number": r"\d",
    "name": r"(?<=\S )[A-Z]",
    "of theirs": r"^(?!The user\b(?!'s))",
    "under way": r"\b(?:is|are) [a-z]+ing\b",
    "past": r"^(?:\S+ ){1,4}\w+ed\b",
    "span": r"\b(?:since|for \w+ (?:years|months))\b",
    "habit": r"\b(?:every|always|usually|on \w+days)\b",
    "of the day": r"\b(?:today|tonight|this morning|just|again|yesterday)\b",
    "has one": r"\b(?:has|have) (?:a|an|two|three)\b",
    "is one": r"\b(?:user|user's \w+) is an? ",
    "short": r"^\S+(?: \S+){0,3}$",
    "long": r"^\S+(?: \S+){10,}$",
}
_PATTERNS = tuple(re.compile(pattern) for pattern in _SIGNS.values())
Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Worth:
    """`weights` float32[384 + signs] and `bias` for the vectors of `encoder`: no other's fit.

    What scores `bar` or above is worth keeping. `made` says from what and how.
    """

    encoder: str
    weights: Numbers
    bias: float
    bar: float
    made: Mapping[str, Any]

    def scores(self, contents: Sequence[str], vectors: Vectors) -> list[float]:
        """Probabilities of being worth keeping, 0-1; `vectors` float32[contents, 384]."""
        odds = inputs_of(contents, vectors) @ self.weights + self.bias
        return [float(each) for each in 1 / (1 + np.exp(-odds))]


def sign_names() -> tuple[str, ...]:
    """What is looked for in the words, in the order of the weights."""
    return tuple(_SIGNS)


def inputs_of(contents: Sequence[str], vectors: Vectors) -> Numbers:
    """float32[contents, 384 + signs]: the vectors, then the signs."""
    signs = [[bool(each.search(content)) for each in _PATTERNS] for content in contents]
    return np.hstack([vectors, np.array(signs, dtype=np.float32) * WORD_SIZE])


@cache
def worth() -> Worth:
    """The packaged weights, read once."""
    package = files("backend.adapters.llm.offline")
    return read_worth(package.joinpath("worth.json").read_text("utf-8"))


def read_worth(text: str) -> Worth:
    """From the JSON that training writes.

    Raises:
        ValueError: it was trained on other signs than this code looks for.
    """
    data = json.loads(text)
    if data["signs"] != list(sign_names()):
        raise ValueError("the weights were trained for other signs; train them again")
    return Worth(
        data["encoder"],
        np.array(data["weights"], dtype=np.float32),
        data["bias"],
        data["bar"],
        data["made"],
    )
