"""Who is who among the user's people and animals, by what is known: "The user's sister is called Sofia".
Pure functions, of English sentences in the third person, as facts are kept.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
_BY_NAME = re.compile(
    r"The user's (?P<kin>[^\W\d_][\w-]*(?: [a-zà-ÿ][\w-]*){0,2}?)(?: called| named)?"
    r" (?P<name>[A-ZÀ-Þ][\w’-]*) (?P<rest>.+)$"
)
_BY_KIN = re.compile(r"The user's (?P<kin>[\w-]+) (?P<rest>.+)$")
_NAME_ALONE = re.compile(r"(?P<name>[A-ZÀ-Þ][\w’-]*) (?P<rest>.+)$")
_OF_THE_USER = re.compile(r"The user's (?P<whose>[\w-]+(?: [\w-]+){0,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Acquaintances:
    """Names of the user's people and animals, in small letters, and what each is to them: "sofia" is their
    "sister"."""

    kin_of: Mapping[str, str]
    unclear: frozenset[str] = field(default=frozenset())  # names of more than one of them

    @classmethod
    def of(cls, facts: Iterable[str]) -> "Acquaintances":
        """Those that the facts name. Who is called so twice over is nobody for certain."""
        kin_of: dict[str, str] = {}
        for fact in facts:
            if found := _CALLED.match(fact):
                name = found["name"].lower()
                kin = plain_kin(found["kin"] or found["had"])
                kin_of[name] = kin if kin_of.get(name, kin) == kin else ""
        unclear = frozenset(name for name, kin in kin_of.items() if not kin)
        return cls({name: kin for name, kin in kin_of.items() if kin}, unclear)

    def named(self, kin: str) -> list[str]:
        """What those are called who are this to the user."""
        return [name for name, known in self.kin_of.items() if known == plain_kin(kin)]

    def plainly(self, sentence: str) -> str:
        """A sentence that calls the only brother "the user's brother", whether it does that, or names him, or
        does both."""
        alone = _NAME_ALONE.match(sentence)
        if alone and (its := self.kin_of.get(alone["name"].lower())):
            sentence = f"The user's {its} {sentence}"
        if found := _BY_NAME.match(sentence):
            kin, name = plain_kin(found["kin"]), found["name"].lower()
            if " " not in found["kin"] or self.kin_of.get(name) == kin:
                is_only_one = set(self.named(kin)) <= {name}
                called = "" if is_only_one else f" {found['name']}"
                return f"The user's {kin}{called} {found['rest']}"
        if found := _BY_KIN.match(sentence):
            return f"The user's {plain_kin(found['kin'])} {found['rest']}"
        return sentence


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
