"""Names told in passing: "our dog Biscuit", "my wife Ana and I", "my daughters Mia and Eva"."""

import re
from collections.abc import Iterator

from backend.adapters.llm.offline.lexicon import KIN, NOT_NAMES, PETS, SINGLE_KIN, alternatives
from backend.adapters.llm.offline.rule import Finding, Rule
from backend.adapters.llm.offline.subjects import person

_RELATION = rf"{alternatives(KIN)}|{alternatives(PETS)}"
_NAME = r"(?-i:[A-ZÀ-Þ][a-zà-ÿ'-]+(?: [A-ZÀ-Þ][a-zà-ÿ'-]+)?)"
_ONE = re.compile(
    rf"\b(?:my|our) (?P<qualifier>(?:(?:older|younger|little|big|eldest|oldest"
    rf"|youngest|twin|late|new|other|best|half|dear|lovely) )*)"
    rf"(?P<kin>{_RELATION})(?:, |,? (?:called |named )?| \()(?P<name>{_NAME})\b(?!'s? (?:name))",
    re.I,
)
_SEVERAL = re.compile(
    rf"\b(?:my|our) (?:(?:two|three|four) )?(?P<several>dogs|cats|kids|children"
    rf"|sons|daughters|sisters|brothers|rabbits|parents|twins|horses|hens|boys"
    rf"|girls),? "
    rf"(?:called |named )?(?P<names>{_NAME}(?:, {_NAME})*,? and {_NAME})",
    re.I,
)
_PASSING = Rule(
    "told in passing",
    re.compile(""),
    "",
    category="relationship",
    importance=8,
    confidence=0.88,
    tie=True,
)


def find_mentions(text: str, casual: bool) -> Iterator[Finding]:
    """Findings for every name told in passing; none where capitals can't tell a name."""
    if casual:
        return
    for found in _SEVERAL.finditer(text):
        yield Finding(
            f"The user's {found['several'].lower()} are called {found['names']}.",
            _PASSING,
            person(found["several"]),
        )
    for found in _ONE.finditer(text):
        if found["name"].split()[0].lower() in NOT_NAMES:
            continue
        subject = person(found["kin"], found["qualifier"])
        if subject.plural:
            continue
        single = subject.kin in SINGLE_KIN or found["kin"].lower() in PETS
        attribute = (
            f"{subject.key}name" if single and "other" not in found["qualifier"].lower() else None
        )
        yield Finding(
            f"{subject.label} is called {found['name']}.",
            _PASSING,
            person(found["kin"], found["qualifier"], found["name"]),
            attribute,
        )
