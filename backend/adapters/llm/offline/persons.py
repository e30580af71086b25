"""Whom a sentence is about: the user, somebody of theirs ("my sister's husband"), or one known by name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backend.adapters.llm.offline.lexicon import KIN, NOT_NAMES, PETS, alternatives, kind_of
from backend.adapters.llm.offline.word_lists import words
from backend.adapters.llm.offline.words import kinds_of, stem

_RELATION = alternatives(set(KIN) | set(PETS))
_NO_RELATION = (
    r"to|of|with|and|near|in|on|at|for|is|am|are|was|were|has|have|had|about|or|from|by|an?|the|my|our"
    r"|their|than|who|name|names|birthday|favourite|favorite"
)
_THING = (
    r"walker|sitter|food|allergy|breed|bed|doctor|name tag|business|club|tree|tattoo|person|lover|flap"
    r"|groomer|reunion"
)
_STEP = re.compile(
    rf"(?:(?!(?:{_NO_RELATION}|{_RELATION})\b)[\w-]+ ){{0,2}}?(?P<kin>{_RELATION})(?:e?s)?\b(?!-)"
    rf"(?! (?:{_THING})\b)"
    r"(?:,? (?:called |named )?(?P<name>(?-i:[A-ZÀ-Þ][\w-]+))(?: (?-i:[A-ZÀ-Þ][\w-]+))*)?"
    r"(?P<owns>['’]s\s+)?",
    re.I,
)
_HAS = r"an?|no|two|three|four|five|six|\d|any"
_TOKEN = re.compile(
    r"(?P<owner>\b(?:the user['’]s|my|our|their|your)\s+)"
    rf"|(?P<some>\b(?:{_HAS})\s+)"
    r"|(?P<user>\bthe user\b(?!['’]s)|\b(?:I|we)\b)"
    r"|(?P<pronoun>\b(?:he|she|they|who|whose)\b)"
    r"|(?P<name>(?-i:\b[A-ZÀ-Þ][\w-]+))(?=['’]s\b| (?:no longer |never |also |just |still )?"
    r"(?:is|was|has|had|can|does|lives?|works?|used to|turned|[a-z]{2,}(?:s|ed))\b)",
    re.I,
)
_WITH_USER = re.compile(r"\b(?:the user|I|we) and $", re.I)
_BARE = re.compile(rf"\b(?P<kin>{_RELATION})(?:e?s)?\b(?!-)", re.I)
_OF_USER = re.compile(r"\b(?:I|we|im)\b", re.I)
_MINE = re.compile(r"\b(?:my|our|me|mine|myself|us)\b", re.I)
_OPEN = re.compile(r"\b(?:who|whose|anyone|anybody|someone|somebody|which of my)\b", re.I)
_WORD = re.compile(r"[^\W_]+")
_CALLED = re.compile(
    r"\bcalled (?P<names>(?-i:[A-ZÀ-Þ])[\w'-]+(?:(?:,| and|, and) (?-i:[A-ZÀ-Þ])[\w'-]+)*)", re.I
)
_NO_NAMES = NOT_NAMES | words("yesterday user once since later")
# Names that are common words too: in small letters they name nobody.
_ALSO_WORDS = words(
    "will may mark bill rob drew pat art grace hope rose joy sue april june august summer jack frank dawn"
)
_WIDER = frozenset({"partner", "pet", "child"})  # what may be meant more exactly in a question


@dataclass(frozen=True, slots=True)
class Person:
    """`kin` leads from the user to them: () is the user, ("sister", "husband") their sister's husband, None
    somebody of whom no relation is known; `name` is in small letters, or ""."""

    kin: tuple[str, ...] | None = ()
    name: str = ""

    @property
    def is_user(self) -> bool:
        return self.kin == ()


USER = Person()
SOMEBODY = Person(None)
Names = Mapping[str, frozenset[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a question is about, None where that is open, and the relations it speaks of besides."""

    person: Person | None
    also: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def may_be_answered(self, text: str, stems: Iterable[str], names: Names) -> bool:
        """Whether a sentence tells of them; `stems` are those that were asked for and found in it."""
        told = whose(text, stems)
        if self.person is None or told is None:
            return True
        if self.person.is_user:
            return told.is_user or self._speaks_of(told, names)
        if is_same(self.person, told, names):
            return True
        return told.is_user and any(is_same(self.person, each, names) for each in mentioned(text))

    def _speaks_of(self, told: Person, names: Names) -> bool:
        if told.name and told.name in self.names:
            return True
        kins = names.get(told.name, frozenset()) if told.kin is None else {told.kin}
        return any(
            len(kin) == 1 and any(_meets(each, kin[0]) for each in self.also) for kin in kins
        )


def asked_about(question: str, names: Names) -> Asked:
    """Whom a question is about; `names` are those known."""
    found = [(at, person) for at, person, owned in _persons(question) if owned and person.kin]
    named = names_in(question, names)
    also = frozenset(match["kin"].lower() for match in _BARE.finditer(question))
    user = _OF_USER.search(question)
    if user and (not found or user.start() < found[0][0]):
        person = None if _OPEN.search(question) else USER
    elif found:
        person = found[0][1]
    elif named:
        person = Person(None, named[0])
    else:
        person = USER if _MINE.search(question) and not _OPEN.search(question) else None
    return Asked(person, also, frozenset(named))


def names_in(text: str, names: Names) -> list[str]:
    """The known names that a text has, in small letters."""
    said = re.findall(r"[^\W_][\w-]*", re.sub(r"['’]s\b", "", text))
    return [
        word.lower()
        for word in said
        if word.lower() in names and (word[0].isupper() or word not in _ALSO_WORDS)
    ]


def known_names(texts: Iterable[str]) -> dict[str, frozenset[tuple[str, ...]]]:
    """Who is called what, by what is known: the relations of each name."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for text in texts:
        called = _CALLED.search(text)
        for name in re.findall(r"(?-i:[A-ZÀ-Þ])[\w'-]+", called["names"]) if called else ():
            persons = [each for each in mentioned(text[: called.start()]) if each.kin]  # type: ignore[union-attr]
            kin = {persons[-1].kin} if persons else set()
            found.setdefault(name.lower(), set()).update(each for each in kin if each)
        for person in mentioned(text):
            if person.name and person.name not in _NO_NAMES:
                found.setdefault(person.name, set()).update({person.kin} if person.kin else set())
    return {name: frozenset(kins) for name, kins in found.items()}


def mentioned(text: str) -> list[Person]:
    """Everybody that a text speaks of."""
    return [person for _, person, _ in _persons(text)]


def whose(text: str, stems: Iterable[str] = ()) -> Person | None:
    """Whom a sentence is about where it has one of the words, or at all; None where that can't be told."""
    tokens = [(at, person) for at, person, owned in _persons(text) if owned]
    if not tokens:
        return None
    wanted = set(stems)
    at = next((m.start() for m in _WORD.finditer(text) if stem(m[0].lower()) in wanted), 0)
    before = [person for start, person in tokens if start <= at]
    return before[-1] if before else tokens[0][1]


def is_same(asked: Person, told: Person, names: Names) -> bool:
    """Whether they can be one person, by relation and name."""
    if asked.name and told.name:
        return asked.name == told.name
    if asked.kin is not None and told.kin is not None:
        return _same_kin(asked.kin, told.kin)
    name, other = (asked.name, told) if asked.kin is None else (told.name, asked)
    kins = names.get(name, frozenset())
    if other.kin is None or not any(_same_kin(other.kin, kin) for kin in kins):
        return False
    # "My sister moved to York" tells nothing sure of Beth where another sister has a name too.
    rivals = [
        each for each, theirs in names.items() if any(_same_kin(other.kin, k) for k in theirs)
    ]
    return asked.kin is not None or len(rivals) == 1


def names_of(person: Person, names: Names) -> frozenset[str]:
    """The names of those who stand to the user as somebody does."""
    own = {person.name} if person.name else set()
    kin = person.kin
    theirs = {name for name, kins in names.items() if kin and any(_same_kin(kin, k) for k in kins)}
    return frozenset(own | theirs)


def _same_kin(asked: tuple[str, ...], told: tuple[str, ...]) -> bool:
    return len(asked) == len(told) and all(map(_meets, asked, told))


def _meets(asked: str, told: str) -> bool:
    """Whether a relation is that asked for: a beagle is a dog, a twin sister a sister, but no mother-in-law a
    mother."""
    one, other = _kind(asked), _kind(told)
    return (
        other in kinds_of(one)
        or asked in told.split()
        or (other in _WIDER and one in kinds_of(other))
    )


def _kind(relation: str) -> str:
    canonical = kind_of(relation)
    return canonical if "-" in canonical else stem(canonical.split()[-1])


def _persons(text: str) -> list[tuple[int, Person, bool]]:
    """Where each person begins, and whether what follows may be theirs; "a sister" is only mentioned."""
    found: list[tuple[int, Person, bool]] = []
    last, end = SOMEBODY, 0
    for token in _TOKEN.finditer(text):
        if token.start() < end:
            continue
        end = token.end()
        if token["owner"] or token["some"]:
            person, end = _chain(text, token.end())
            if token["some"] and person.kin and found and found[-1][1].kin:
                person = replace(person, kin=(*found[-1][1].kin, *person.kin))
            if _WITH_USER.search(text, 0, token.start()):  # "the user and their wife went"
                person = USER
            if token["owner"] or person.kin:
                found.append((token.start(), person, bool(token["owner"])))
            last = person if person.kin else last
        elif token["user"]:
            found.append((token.start(), USER, True))
        elif token["pronoun"]:
            found.append((token.start(), last, True))
        elif token["name"].lower() not in _NO_NAMES:
            last = Person(None, token["name"].lower())
            found.append((token.start(), last, True))
    return found


def _chain(text: str, start: int) -> tuple[Person, int]:
    kin: list[str] = []
    name, end = "", start
    while step := _STEP.match(text, end):
        kin.append(kind_of(step["kin"]) if step["kin"].lower() in KIN else step["kin"].lower())
        said = (step["name"] or "").lower()
        name = "" if said in _NO_NAMES else said
        end = step.end()
        if not step["owns"]:
            break
    return Person(tuple(kin), name), end
