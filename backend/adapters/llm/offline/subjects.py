"""Who a clause is about: the user, somebody of theirs, or a person named just before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backend.adapters.llm.offline.lexicon import (
    KIN,
    NOT_NAMES,
    PARTNERS,
    PETS,
    PLURALS,
    alternatives,
    kind_of,
    relation_word,
)
from backend.adapters.llm.offline.word_lists import words

QUALIFIER = (
    r"(?:older|younger|little|big|elder|eldest|oldest|youngest|middle|baby"
    r"|late|twin|half|step|other|new|first|second|"
    r"third|old|former|ex|best|closest|good|real|own|actual|foster|adopted|great|dear|lovely"
    r"|sweet|beautiful|elderly|two|three|four|both)"
)
_RELATION = rf"{alternatives(KIN)}|{alternatives(PETS)}"
_PERSON = re.compile(
    rf"(?:my|our) (?P<qualifier>(?:{QUALIFIER}[ -])*)(?P<kin>{_RELATION})\b(?!'s)"
    r"(?P<name>,? (?-i:[A-ZÀ-Þ][\w-]+)(?:'s?(?= name))?)?,?\s+(?P<rest>\S.*)$",
    re.I,
)
_USER = re.compile(
    rf"(?:I|we|(?:(?:my|our) )?(?:{QUALIFIER} )*(?P<with>{_RELATION})(?:,? "
    rf"(?-i:[A-ZÀ-Þ][\w'-]+),?)? and I"
    rf"|(?:me|myself) and (?:my|our) (?:{QUALIFIER} )*(?:{_RELATION})(?: (?-i:[A-ZÀ-Þ][\w'-]+))?"
    r"|me and (?-i:[A-ZÀ-Þ][\w'-]+)|(?-i:[A-ZÀ-Þ][a-zà-ÿ'-]+) and (?:I|me))"
    r"\s+(?P<rest>\S.*)$",
    re.I,
)
# "We met at university": it takes two, and the other was named before.
_THE_TWO = re.compile(
    r"we (?:first )?(?P<rest>(?:met(?! (?:up|with|a|the|my|some|our|(?-i:[A-Z]))\b)|fell out"
    r"|have known each other|grew up together)\b.*)$",
    re.I,
)
_TOGETHER = re.compile(r"\b(?:together|each other|one another)\b", re.I)
_MINE_BY_NAME = re.compile(
    r"(?:my|our) (?P<name>(?-i:[A-ZÀ-Þ][a-zà-ÿ-]+))\s+(?P<rest>(?:is|has|was|got|can|does"
    r"|\w+s|\w+ed)\b.*)$",
    re.I,
)
_PRONOUN = re.compile(r"(?P<pronoun>he|she|they|it|who)\s+(?P<rest>\S.*)$", re.I)
_ADVERB = (
    r"(?:also|just|currently|now|actually|really|still|only|recently|finally"
    r"|usually|always|often|mostly|"
    r"absolutely|totally|personally|both|already|even|kind of|sort of|do(?= (?:love|like"
    r"|enjoy|hate|live|work|have|play|speak)\b)"
    r"|honestly|simply|truly|all|"
    r"genuinely|quite|sometimes|definitely|especially|particularly|mainly"
    r"|happily|officially|literally|too|lately|"
    r"(?!(?:nearly|hardly|barely|rarely|scarcely|formerly|previously|supposedly|apply|applies"
    r"|reply|supply|fly|rely|multiply|only child|family|curly|early|elderly"
    r"|friendly|ugly|lonely|lovely|daily|weekly|monthly|silly|belly|jelly|bully|smelly|hilly"
    r"|assembly|butterfly|july|italy|lily|sally|emily|molly|holly|polly|billy|kelly)\b)[a-z]{3,}ly)"
)
_FILLERS = re.compile(rf"^(?:{_ADVERB}\s+)+", re.I)
_FILLERS_AFTER_VERB = re.compile(
    rf"^(am|is|are|have|has|was|were)\s+(?:(?!{_ADVERB}\s+child){_ADVERB}\s+)+", re.I
)


def _predicate(rest: str) -> str:
    """What is said, without the adverbs in front of it ("am really into" is "am into")."""
    said = _FILLERS_AFTER_VERB.sub(r"\1 ", _FILLERS.sub("", rest))
    return re.sub(
        r"^((?:do|does) not) (?:even|actually|ever|really(?! like| enjoy| care))\s+",
        r"\1 ",
        said,
        flags=re.I,
    )


_KEPT_QUALIFIERS = re.compile(
    r"older|younger|little|big|elder|eldest|oldest|youngest|middle|late|twin"
    r"|half|step|other|best|ex|former",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """`label` opens a sentence ("The user", "The user's sister"); `key` prefixes its attributes."""

    label: str = "The user"
    about: str = "user"
    about_name: str | None = None
    key: str = ""
    kin: str = ""
    plural: bool = False

    @property
    def is_user(self) -> bool:
        return self.about == "user"


USER = Subject()


def attribute_key(kin: str) -> str:
    """The relation as attributes name it: every kind of partner is "partner"."""
    canonical = kind_of(kin)
    return "partner" if canonical in PARTNERS else canonical


def person(kin: str, qualifier: str = "", named: str | None = None) -> Subject:
    """Somebody of the user's: `person("sister", "older")` is "The user's older sister"."""
    canonical = relation_word(kin)
    kept = " ".join(_KEPT_QUALIFIERS.findall(qualifier.lower()))
    relation = f"{kept} {canonical}".strip().replace("ex ", "ex-")
    label = f"The user's {relation}"
    key = f"{kept} {attribute_key(kin)}.".lstrip()
    if named:
        label, key = f"{label} {named}", f"{relation} {named.lower()}."
    return Subject(label, "other", named or relation, key, relation, canonical in PLURALS)


_BARE = re.compile(
    r"(?:the |little |big |our )?(?P<kin>mum|mom|mam|dad|nan|gran|grandma|grandpa|grandad"
    r"|granddad|wife|hubby"
    r"|husband|kids|twins|in-laws|sis|bro)\b(?!'s (?!is\b))(?:,? (?P<name>(?-i:[A-ZÀ-Þ][\w-]+)),?)?"
    r"\s+(?P<rest>\S.*)$",
    re.I,
)
_NAMED = re.compile(r"(?P<name>(?-i:[A-ZÀ-Þ][a-zà-ÿ-]+(?: [A-ZÀ-Þ][a-zà-ÿ-]+)?))\s+(?P<rest>\S.*)$")


def read_subject(
    clause: str, spoken_of: Subject | None, known: Mapping[str, Subject] | None = None
) -> tuple[Subject, str] | None:
    """Split a clause into its subject and what is said of it; None where the subject is unknown.

    `spoken_of` is whom "he", "she" or "they" stands for; `known` are people by name, small letters.
    """
    if found := _THE_TWO.match(clause):
        if spoken_of is None or not spoken_of.about_name or spoken_of.plural:
            return None
        theirs = spoken_of.label.replace("The user's", "their")
        return Subject(f"The user and {theirs}", plural=True), _predicate(found["rest"])
    if found := _USER.match(clause):
        both = found["with"] and _TOGETHER.search(found["rest"])
        subject = (
            Subject(f"The user and their {relation_word(found['with'])}", plural=True)
            if both
            else USER
        )
        return subject, _predicate(found["rest"])
    if found := _PERSON.match(clause):
        named = (found["name"] or "").strip(" ,") or None
        if named and named.lower() in NOT_NAMES:
            return None
        return person(found["kin"], found["qualifier"], named), _predicate(found["rest"])
    if found := _BARE.match(clause):
        return person(found["kin"], "", found["name"]), _predicate(found["rest"])
    found = _MINE_BY_NAME.match(clause)
    if found and found["name"].lower() not in NOT_NAMES:
        return Subject(
            found["name"], "other", found["name"], f"{found['name'].lower()}."
        ), _predicate(found["rest"])
    found = _NAMED.match(clause)
    if found and known and (named_one := known.get(found["name"].lower())):
        return named_one, _predicate(found["rest"])
    found = _PRONOUN.match(clause)
    if found and spoken_of and _may_mean(found["pronoun"].lower(), spoken_of):
        return spoken_of, _predicate(found["rest"])
    return None


def _may_mean(pronoun: str, spoken_of: Subject) -> bool:
    if pronoun == "who" or spoken_of.plural:
        return pronoun in ("who", "they")
    if not spoken_of.kin:
        return pronoun in ("he", "she")
    kin = spoken_of.kin.split()[-1]
    if kin in _WOMEN or kin in _MEN:
        return pronoun == ("she" if kin in _WOMEN else "he")
    return pronoun in ("he", "she", "it") if kin in PETS else pronoun in ("he", "she")


_WOMEN = words(
    "wife fiancée girlfriend mother sister daughter grandmother aunt niece stepmother "
    "stepdaughter granddaughter goddaughter mother-in-law sister-in-law "
)
_MEN = words(
    "husband fiancé boyfriend father brother son grandfather uncle nephew stepfather "
    "stepson grandson godson father-in-law brother-in-law "
)


_WHOM = re.compile(
    r"\b(?:(?P<her>her|him)(?= (?:every|each|at|on|in|to|for|when|once|twice|about|a|an|the|my)\b|$)"
    r"|(?P<hers>her|his)(?= [a-z]))",
    re.I,
)


def name_whom(clause: str, spoken_of: Subject | None) -> str:
    """ "I call her every day" with the relation that "her" stands for: "I call my mother …"."""
    if spoken_of is None or spoken_of.is_user or not re.match(r"(?:I|we) ", clause):
        return clause
    if not spoken_of.kin or spoken_of.kin in PETS or spoken_of.plural or _MENTION.search(clause):
        return clause
    if not all(_may_mean(_NOMINATIVE[p.lower()], spoken_of) for p in _WHOSE.findall(clause)):
        return clause
    own = f"my {spoken_of.kin}"
    return _WHOM.sub(lambda m: own if m["her"] else f"{own}'s", clause)


_WHOSE = re.compile(r"\b(?:her|him|his)\b", re.I)
_NOMINATIVE = {"her": "she", "him": "he", "his": "he"}


_POSSESSED = re.compile(r"\b(?:(?P<mine>my|our)|his|her|their|your|[\w-]+'s)(?: [\w-]+)? ?$", re.I)
_HELD = re.compile(
    r"\b(?:has|have|had|got|with|is|are|was|were|lives?|came|brought|raised|adopted|keeps?|owns?)\b",
    re.I,
)
_BY_USER = re.compile(r"\W*(?:(?!(?:my|our|the|his|her)\b)[\w']+\W+){0,4}?(?:I|we|me|just)\b", re.I)
_BY_ANOTHER = re.compile(
    r"\b(?:my|our|the|an?) (?:[\w'-]+ ){1,3}(?:has|have|had|got|with|who|lives?|keeps?)\b", re.I
)


def is_of_user(before: str) -> bool:
    """Whether what is named behind these words of a sentence is the user's: "I have", "my", nothing; not
    "my sister has", "her"."""
    part = re.split(r"[.;!?]|,? (?=(?:he|she|they|who)\b)", before)[-1]
    if owner := _POSSESSED.search(part):
        return bool(owner["mine"])
    if not _HELD.search(part):
        return True
    return bool(_BY_USER.match(part)) and not _BY_ANOTHER.search(part)


def find_spoken_of(clause: str) -> Subject | None:
    """The person or pet that a following "she" or "it" would stand for, if there is just one."""
    found = [
        each
        for each in _MENTION.finditer(clause)
        if not re.match(r"an?\b|another\b", each.group(0), re.I)
        or is_of_user(clause[: each.start()])
    ]
    if len({match["kin"].lower() for match in found}) != 1:
        return None
    named = (found[0]["name"] or "").strip(" ,") or None
    if named and named.lower() in NOT_NAMES:
        named = None
    return person(found[0]["kin"], found[0]["qualifier"] or "", named)


_MENTION = re.compile(
    r"(?:\b(?:my|our|a|an|another) |(?<![\w'])(?<!his )(?<!her )(?<!your )(?<!their )(?<!the "
    r")(?<! a )(?=(?:nan|mum|mom|dad|gran|grandma|grandad|grandpa)\b))"
    rf"(?P<qualifier>(?:{QUALIFIER}[ -])*)(?P<kin>{_RELATION})\b"
    r"(?!'s (?!name|in\b|birthday|house|place|job|operation|surgery|car\b))"
    r"(?P<name>(?:,? (?:called |named )?(?-i:[A-ZÀ-Þ][\w-]+)))?",
    re.I,
)
