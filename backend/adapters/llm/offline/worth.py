"""How likely it is that a clause is worth remembering, from what it is made of.

A logistic score over named features. The weights were set by hand from what lasts in a life, and
moved towards the development stories by logistic regression with these as its prior
(`docs/decisions/0013-*.md`).
"""

import re
from collections.abc import Iterator
from math import exp

from backend.adapters.llm.offline import lasting
from backend.adapters.llm.offline.retelling import Retold
from backend.adapters.llm.offline.subjects import Subject
from backend.adapters.llm.offline.verbs import DEEDS, LIVING, PASSING, TASTES

WEIGHTS: dict[str, float] = {
    "always": -0.3,
    "living": 0.9,
    "living present": 0.7,
    "deed": 0.4,
    "deed under way": 0.5,
    "deed passive": 0.3,
    "deed future": 0.3,
    "taste": 1.2,
    "taste present": 0.3,
    "having present": 0.3,
    "having past": -0.5,
    "being": 0.2,
    "is lasting": 2.0,
    "is origin": 2.0,
    "is person": 1.0,
    "is place": 0.6,
    "is other": -0.5,
    "passing": -0.9,
    "other": -0.4,
    "timed": 0.7,
    "often": 0.7,
    "span": 0.8,
    "name": 0.8,
    "number": 0.6,
    "kin": 0.3,
    "moment": -0.8,
    "exaggerates": -1,
    "says nothing more": -0.5,
    "long": -0.7,
    "indefinite": 0.4,
    "definite": -0.2,
    "negated": 0.2,
    "of a thing": -0.2,
}
_ONGOING = frozenset({"past", "perfect", "passive", "under way", "future", "will"})


def worth(told: Retold, subject: Subject, *, timed: bool) -> float:
    """How likely it is that the clause is worth keeping, 0-1."""
    score = WEIGHTS["always"] + sum(
        WEIGHTS.get(name, 0.0) for name in features(told, subject, timed)
    )
    return 1 / (1 + exp(-score))


def features(told: Retold, subject: Subject, timed: bool) -> Iterator[str]:
    """The names of what holds of a clause."""
    kind = _kind(told)
    yield kind
    yield f"{kind} {told.tense}"
    if kind == "being":
        yield f"is {lasting.state_of(told.said)}"
    if subject.is_thing:
        yield "of a thing"
    if timed:
        yield "timed"
    if told.negated:
        yield "negated"
    said = told.said
    for name, pattern in _SIGNS:
        if pattern.search(said):
            yield name
    count = len(said.split())
    yield "says nothing more" if not count else "long" if count > 9 else "of usual length"


def _kind(told: Retold) -> str:
    verb = set(told.verb)
    if told.verb == ("be",):
        return "being"
    if "have" in verb and told.tense in ("present", "past", "perfect"):
        return "having"
    if verb & TASTES:
        return "taste"
    if verb & DEEDS and told.tense in _ONGOING:
        return "deed"
    for name, group in (("living", LIVING), ("passing", PASSING), ("deed", DEEDS)):
        if verb & group:
            return name
    return "other"


_OF_THE_MOMENT = (
    r"\b(?:tonight|this (?:morning|afternoon|evening)|just now|still|yet|again|today|already)\b"
)
_EXAGGERATES = (
    r"\b(?:like an? |basically|practically|literally|so (?:much|many)|whole|entire|million|forever"
    r"|ever)\b"
)
_SIGNS = tuple(
    (name, re.compile(text, flags))
    for name, text, flags in (
        ("often", lasting.OFTEN, re.I),
        ("span", lasting.SPAN, re.I),
        ("name", r"(?:^|(?<=\S ))[A-ZÀ-Þ][\w'-]+", 0),
        ("number", lasting.NUMBER, re.I),
        ("moment", _OF_THE_MOMENT, re.I),
        ("exaggerates", _EXAGGERATES, re.I),
        ("kin", lasting.KINSHIP, re.I),
        ("indefinite", r"^(?:an?|two|three|four|five|\d+|another|their own) \w", re.I),
        ("possessed", r"^(?:their|the user's) \w", re.I),
        ("definite", r"^the \w", re.I),
    )
)  # fmt: skip
