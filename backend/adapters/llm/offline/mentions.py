"""Names told in passing: "our dog Biscuit", "my wife Ana and I", "my daughters Mia and Eva"."""

import re
from collections.abc import Iterator

from backend.adapters.llm.offline.acquaintances import introduced_after
from backend.adapters.llm.offline.lexicon import KIN, NOT_NAMES, PETS, SINGLE_KIN, alternatives
from backend.adapters.llm.offline.rule import Finding, Rule
from backend.adapters.llm.offline.subjects import is_of_user, person

_RELATION = rf"{alternatives(KIN)}|{alternatives(PETS)}"
_NAME = r"(?:(?:mr|mrs|ms|miss|dr|prof)\.? )?(?-i:[A-ZÀ-Þ][a-zà-ÿ'-]+(?: [A-ZÀ-Þ][a-zà-ÿ'-]+)?)"
_ONE = re.compile(
    rf"\b(?:my|our) (?P<qualifier>(?:(?:older|younger|little|big|eldest|oldest"
    rf"|youngest|twin|late|new|other|best|half|dear|lovely) )*)"
    rf"(?P<kin>{_RELATION})(?:, |,? (?:called |named )?| \()(?P<name>{_NAME})\b(?!'s? (?:name))",
    re.I,
)
_SEVERAL = re.compile(
    rf"\b(?:my|our) (?P<several>(?:{alternatives(PETS)})s"
    rf"|kids|children|sons|daughters|sisters|brothers|rabbits|parents|twins|hens|boys|girls),? "
    rf"(?:called |named )?(?P<names>{_NAME}(?:, {_NAME})*,? and {_NAME})",
    re.I,
)
_LATE = re.compile(r" (?:passed|died|\(?RIP)\b", re.I)  # what they were called follows from that
_SO_MANY = re.compile(
    rf"\b(?P<count>two|three|four|five|[2-5]) (?P<several>(?:{alternatives(PETS)})s|kids"
    r"|children|sons|daughters|sisters|brothers"
    r"|boys|girls|hens|flatmates|grandkids|grandchildren)(?:,|:| -| called| named) "
    rf"(?P<names>{_NAME}(?:, {_NAME})*,? and {_NAME})",
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


def find_mentions(text: str) -> Iterator[Finding]:
    """Findings for every name told in passing."""
    for name, kin in introduced_after(text):
        subject = person(kin)
        yield Finding(
            f"{subject.label} is called {name}.",
            _PASSING,
            person(kin, "", name),
            f"{subject.key}name" if subject.kin in SINGLE_KIN else None,
        )
    for found in _SO_MANY.finditer(text):
        if not is_of_user(text[: found.start()]):
            continue
        yield Finding(
            f"The user has {found['count'].lower()} {found['several'].lower()} called "
            f"{found['names']}.",
            _PASSING,
            person(found["several"]),
        )
    for found in _SEVERAL.finditer(text):
        yield Finding(
            f"The user's {found['several'].lower()} are called {found['names']}.",
            _PASSING,
            person(found["several"]),
        )
    for found in _ONE.finditer(text):
        name = found["name"].removesuffix("'s")
        if name.split()[0].lower() in NOT_NAMES or _LATE.match(text[found.end() :]):
            continue
        subject = person(found["kin"], found["qualifier"])
        if subject.plural:
            continue
        single = subject.kin in SINGLE_KIN or found["kin"].lower() in PETS
        attribute = (
            f"{subject.key}name" if single and "other" not in found["qualifier"].lower() else None
        )
        yield Finding(
            f"{subject.label} is called {name}.",
            _PASSING,
            person(found["kin"], found["qualifier"], name),
            attribute,
        )
