"""Tells a clause in the third person: "I adopted my puppy", "The user adopted their puppy."."""

import re
from dataclasses import dataclass

from backend.adapters.llm.offline.subjects import Subject
from backend.adapters.llm.offline.thoughts import trim
from backend.adapters.llm.offline.verbs import (
    LIKE_THE_PRESENT,
    PARTICIPLES,
    bases,
    is_past,
    third_person,
)
from backend.adapters.llm.offline.word_lists import words

_THEIRS = {
    "my": "their", "our": "their", "me": "them", "us": "them", "i": "they", "we": "they",
    "mine": "theirs", "ours": "theirs", "myself": "themselves", "ourselves": "themselves",
    "am": "are",
}  # fmt: skip
_THE_USERS = {
    "my": "the user's", "our": "the user's", "me": "the user", "us": "the user", "i": "the user",
    "we": "the user", "mine": "the user's", "ours": "the user's", "am": "is",
}  # fmt: skip
_WORD = re.compile(r"(?<![\w'])[A-Za-z]+(?![\w'])")
_MODALS = words("can could will would might must should may shall")
_NO_VERB = words(
    "a an the my our your his her their its this that these those and or but not no so as at in on "
    "of to for from with by about like than then too very just me him us them you it what who how "
    "why when where which all both each every some any many much more most one two three if "
    "because "
    "though i we he she they up down out off over"
)
_NO_ACTION = words("something nothing anything everything morning evening sibling ceiling king")
_OFTEN = re.compile(r"\b(?:every|always|usually|often|sometimes)\b", re.I)
_AGE_TO_COME = re.compile(
    r"(?:am|is|are) (?P<age>\d{1,2}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[\w-]*"
    r"|thirteen|sixteen|eighteen) (?=next|on|in|tomorrow|this)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Retold:
    """A clause in the third person.

    `verb` holds what the verb may be in its base form; `tense` is one of present, past, perfect,
    passive, under way, future, be, was, or the modal verb; `said` is what follows the verb.
    """

    content: str
    verb: tuple[str, ...]
    tense: str
    negated: bool
    said: str


@dataclass(frozen=True, slots=True)
class _Group:
    """A verb with its auxiliaries in the third person; `used`: how many words it took."""

    text: str
    verb: tuple[str, ...]
    tense: str
    negated: bool
    used: int


def retell(subject: Subject, predicate: str, when: str = "") -> Retold | None:
    """What is said of a subject as one sentence, `when` behind it; None where no verb leads it."""
    rest = trim(predicate)
    if when and when.lower() not in rest.lower():
        rest = f"{rest} {when}"
    rest = _AGE_TO_COME.sub(lambda m: f"{_third('turn', subject)} {m['age']} ", rest)
    tokens = rest.split()
    group = _verb_group(tokens, subject)
    if group is None:
        return None
    said = _turned(" ".join(tokens[group.used :]), subject)
    content = " ".join(f"{subject.label} {group.text} {said}".split()).rstrip(" ,;:-")
    return Retold(f"{content}.", group.verb, group.tense, group.negated, said)


def _turned(text: str, subject: Subject) -> str:
    speaker = subject.is_user and not subject.is_thing
    turned = _THEIRS if speaker else _THE_USERS
    text = _WORD.sub(lambda m: turned.get(m.group(0).lower(), m.group(0)), text)
    return re.sub(r"\b(they|them) was\b", "they were", text)


def _third(verb: str, subject: Subject) -> str:
    return verb if subject.plural else third_person(verb)


def _verb_group(tokens: list[str], subject: Subject) -> _Group | None:
    """The verb that leads the words, with what belongs to it."""
    low = [token.lower().rstrip(",") for token in tokens[:5]] + [""] * 5
    first, second = low[0], low[1]
    if first in ("am", "is", "are", "was", "were"):
        return _being(low, subject)
    if first in ("have", "has", "had"):
        return _having(low, subject)
    if first in ("do", "does", "did") and second == "not" and low[2]:
        do = "didn't" if first == "did" else "don't" if subject.plural else "doesn't"
        tense = "past" if first == "did" else "present"
        return _Group(f"{do} {low[2]}", bases(low[2]), tense, True, 3)
    if first in _MODALS:
        negated = second == "not"
        denied = {"can": "can't", "will": "won't"}.get(first, f"{first} not")
        verb = low[2] if negated else second
        modal = denied if negated else first
        return _Group(f"{modal} {verb}", bases(verb), first, negated, 2 + negated)
    if first == "used" and second == "to" and low[2]:
        return _Group(f"used to {low[2]}", bases(low[2]), "used to", False, 3)
    if first == "never" and second:
        inner = _verb_group(tokens[1:], subject)
        return inner and _Group(
            f"never {inner.text}", inner.verb, inner.tense, True, inner.used + 1
        )
    return _doing(first, tokens, subject)


def _being(low: list[str], subject: Subject) -> _Group:
    past = low[0] in ("was", "were")
    be = ("were" if past else "are") if subject.plural else ("was" if past else "is")
    negated = low[1] == "not"
    used = 2 if negated else 1
    be = f"{be} not" if negated else be
    word = low[used]
    if word == "going" and low[used + 1] == "to" and low[used + 2]:
        return _Group(
            f"{be} going to {low[used + 2]}", bases(low[used + 2]), "future", negated, used + 3
        )
    if word.endswith("ing") and len(word) > 4 and word not in _NO_ACTION:
        tense = "was doing" if past else "under way"
        return _Group(f"{be} {word}", bases(word), tense, negated, used + 1)
    if word in PARTICIPLES or (is_past(word) and word.endswith("ed")):
        return _Group(f"{be} {word}", bases(word), "passive", negated, used + 1)
    return _Group(be, ("be",), "was" if past else "be", negated, used)


def _having(low: list[str], subject: Subject) -> _Group:
    have = "had" if low[0] == "had" else _third("have", subject)
    negated = low[1] in ("not", "never")
    used = 2 if negated else 1
    lead = f"{have} {low[1]}" if negated else have
    word, after = low[used], low[used + 1]
    if word == "to" or (word == "got" and after == "to"):
        return _Group(f"{have} to", ("have",), "must", negated, used + (2 if word == "got" else 1))
    if word == "been":
        if after.endswith("ing") and len(after) > 4:
            return _Group(f"{lead} been {after}", bases(after), "perfect", negated, used + 2)
        return _Group(f"{lead} been", ("be",), "perfect", negated, used + 1)
    if word == "got" and low[0] != "had":
        return _Group(have, ("have",), "present", negated, used + 1)
    if word in PARTICIPLES or is_past(word):
        return _Group(f"{lead} {word}", bases(word), "perfect", negated, used + 1)
    return _Group(lead, ("have",), "past" if low[0] == "had" else "present", negated, used)


def _doing(first: str, tokens: list[str], subject: Subject) -> _Group | None:
    if first in _NO_VERB or not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", first):
        return None
    speaker = subject.is_user and not subject.is_thing
    once = speaker and first in LIKE_THE_PRESENT and first != "read"
    if is_past(first) or (once and not _OFTEN.search(" ".join(tokens))):
        return _Group(first, bases(first), "past", False, 1)
    if speaker:
        return _Group(_third(first, subject), (first,), "present", False, 1)
    if subject.plural:
        return _Group(first, (first,), "present", False, 1)
    said_of_one = first.endswith("s") and not first.endswith("ss")
    return _Group(first, bases(first), "present", False, 1) if said_of_one else None
