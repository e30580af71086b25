"""Who is who among the user's people and animals, by what is known: "The user's sister is called Sofia".
Pure functions, of English sentences in the third person, as facts are kept.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NAME = r"(?-i:[^\W\d_][\w'’-]*(?: [A-ZÀ-Þ][\w'’-]*)?)"
_CALLED = re.compile(
    rf"(?:The user's (?P<kin>[\w' -]+?)(?: is (?:called|named)|'s name is)"
    rf"|The user has an? (?P<had>[\w' -]+?)(?:,| called| named)) (?P<name>{_NAME})\.?$",
    re.IGNORECASE,
)
_SYNONYMS = {
    "mum": "mother",
    "mom": "mother",
    "mummy": "mother",
    "mam": "mother",
    "dad": "father",
    "daddy": "father",
    "grandma": "grandmother",
    "granny": "grandmother",
    "nan": "grandmother",
    "gran": "grandmother",
    "grandpa": "grandfather",
    "grandad": "grandfather",
    "granddad": "grandfather",
}
_OF_THE_USER = re.compile(r"The user's (?P<whose>[\w-]+(?: [\w-]+){0,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Acquaintances:
    """Names of the user's people and animals, in small letters, and what each is to them: "sofia" is their
    "sister"."""

    kin_of: Mapping[str, str]

    @classmethod
    def of(cls, facts: Iterable[str]) -> "Acquaintances":
        """Those that the facts name. Who is called so twice over is nobody for certain."""
        kin_of: dict[str, str] = {}
        for fact in facts:
            if found := _CALLED.match(fact):
                name = found["name"].lower()
                kin = plain_kin(found["kin"] or found["had"])
                kin_of[name] = kin if kin_of.get(name, kin) == kin else ""
        return cls({name: kin for name, kin in kin_of.items() if kin})

    def named(self, kin: str) -> list[str]:
        """What those are called who are this to the user."""
        return [name for name, known in self.kin_of.items() if known == plain_kin(kin)]


def plain_kin(kin: str) -> str:
    """The relation in one word for each: "mum" is "mother"."""
    lowered = kin.lower().strip()
    return _SYNONYMS.get(lowered, lowered)


def is_of_kin(fact: str, kin: str) -> bool:
    """Whether a fact is of somebody whom it calls by what they are to the user, not by name: "The user's
    sister is 13 months old"; not of the sister-in-law, nor of a sister Eva."""
    found = _OF_THE_USER.match(fact)
    if found is None:
        return False
    said, length = found["whose"].split(), len(kin.split())
    following = said[length : length + 1]
    named = bool(following) and following[0][0].isupper()
    return plain_kin(" ".join(said[:length])) == plain_kin(kin) and not named
