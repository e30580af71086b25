"""What a text shows without a model: the classifier's lexical features, and the rules' evidence."""

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from backend.safety.ages import mentions_minor_age, says_minor
from backend.safety.lexicon import HARMS, Hit, lexicon
from backend.safety.spelling import Reading, read

Features = npt.NDArray[np.float32]
_FIRST = frozenset("i im ive ill id me my mine myself we us our".split())
_SECOND = frozenset("you youre youve youll u ur your yours yourself ya".split())
_THIRD = frozenset("he she they him her them his hers their theirs it its someone somebody".split())
_ACTION = re.compile(r"\*[^*\n]{3,}\*")
_QUOTED = re.compile(r"[\"“”«»][^\"“”«»]{3,}[\"“”«»]")
_BETWEEN = 3  # words a denial may stand before what it denies
_PAIRS = (
    ("minor", "sexual_explicit"),
    ("minor", "sexual_act"),
    ("minor_age", "sexual_explicit"),
    ("minor_age", "sexual_act"),
    ("child", "sexual_explicit"),
    ("child", "sexual_act"),
    ("teen", "sexual_explicit"),
    ("fiction", "sexual_explicit"),
    ("fiction", "gore"),
    ("medical", "sexual_explicit"),
    ("medical", "sexual_act"),
    ("medical", "self_injury"),
    ("study", "suicide"),
    ("study", "killing"),
    ("study", "crime"),
    ("study", "drug"),
    ("group", "dehumanise"),
    ("group", "killing"),
    ("group", "insult"),
    ("group", "profanity"),
    ("second", "insult"),
    ("second", "profanity"),
    ("second", "killing"),
    ("first", "suicide"),
    ("first", "self_injury"),
    ("first", "despair"),
    ("first", "killing"),
    ("instructions", "killing"),
    ("instructions", "weapon"),
    ("instructions", "drug"),
    ("instructions", "crime"),
    ("instructions", "bullying"),
    ("technical", "killing"),
    ("game", "killing"),
    ("victim", "sexual_act"),
    ("victim", "killing"),
    ("reported", "insult"),
    ("reported", "threat"),
    ("care", "suicide"),
    ("joking", "threat"),
)


@dataclass(frozen=True, slots=True)
class Signals:
    """A text read once. `groups` maps each group of words found to how often; `denied` holds the
    groups of harm whose every hit has a denial before it."""

    reading: Reading
    groups: dict[str, int]
    denied: frozenset[str]
    minor_age: bool
    writer_is_minor: bool

    def has(self, *groups: str) -> bool:
        """Any of these groups was found."""
        return any(group in self.groups for group in groups)


@lru_cache(maxsize=64)  # a message is read when it is stored, and again in its turn
def read_signals(text: str) -> Signals:
    """Read a text's words; `screen` gives a long one in pieces."""
    reading = read(text)
    hits = lexicon().hits(reading)
    groups: dict[str, int] = {}
    for hit in hits:
        groups[hit.group] = groups.get(hit.group, 0) + 1
    by_minor = says_minor(text)
    minor_age = by_minor or mentions_minor_age(text)
    return Signals(reading, groups, _denied(hits), minor_age, by_minor)


def _denied(hits: list[Hit]) -> frozenset[str]:
    denials = {hit.start for hit in hits if hit.group == "denial"}
    harms = [hit for hit in hits if hit.group in HARMS]
    standing = {
        hit.group for hit in harms if denials.isdisjoint(range(hit.start - _BETWEEN, hit.start))
    }
    return frozenset(hit.group for hit in harms) - standing


@cache
def feature_names() -> tuple[str, ...]:
    """Names of the features, in order; the stored weights carry them."""
    groups = lexicon().groups
    return (
        *groups,
        *(f"{group} more" for group in groups if group in HARMS),
        *(f"{group} denied" for group in groups if group in HARMS),
        *(f"{first} & {second}" for first, second in _PAIRS),
        *("first", "second", "third", "minor_age", "writer_is_minor"),
        *("length", "question", "exclaimed", "disguised", "action", "quoted", "shouted", "foreign"),
    )


def features(signals: Signals, text: str) -> Features:
    """`float32[len(feature_names())]`, each 0-1."""
    words = {form for word in signals.reading.words for form in word.forms[:1]}
    shape = {
        "first": bool(words & _FIRST),
        "second": bool(words & _SECOND),
        "third": bool(words & _THIRD),
        "minor_age": signals.minor_age,
        "writer_is_minor": signals.writer_is_minor,
    }
    present = {**dict.fromkeys(signals.groups, True), **shape}
    names = lexicon().groups
    harms = [group for group in names if group in HARMS]
    values = [
        *(present.get(group, False) for group in names),
        *(_more(signals.groups.get(group, 0)) for group in harms),
        *(group in signals.denied for group in harms),
        *(present.get(one, False) and present.get(other, False) for one, other in _PAIRS),
        *shape.values(),
        *_shape(signals, text),
    ]
    return np.array(values, dtype=np.float32)


def _more(count: int) -> float:
    """0 for one hit, rising to 1 for five."""
    return min(1.0, math.log2(max(1, count)) / math.log2(5))


def _shape(signals: Signals, text: str) -> tuple[float, ...]:
    letters = [c for c in text if c.isalpha()]
    return (
        min(1.0, len(signals.reading.words) / 100),
        float("?" in text),
        float("!" in text),
        min(1.0, signals.reading.disguised / 2),
        float(bool(_ACTION.search(text))),
        float(bool(_QUOTED.search(text))),
        float(len(letters) > 10 and sum(c.isupper() for c in letters) > 0.7 * len(letters)),
        sum(not c.isascii() for c in letters) / max(1, len(letters)),
    )
