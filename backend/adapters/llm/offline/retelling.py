"""Tells a clause in the third person: "I adopted my puppy", "The user adopted their puppy."."""

import re
from dataclasses import dataclass

from backend.adapters.llm.offline.plain_words import leads_on, own_words
from backend.adapters.llm.offline.subjects import Subject
from backend.adapters.llm.offline.verb_forms import (
    LIKE_THE_PRESENT,
    is_doing,
    is_participle,
    is_past,
)
from backend.adapters.llm.offline.verbs import third_person
from backend.adapters.llm.offline.word_lists import MONTHS, any_of, words

_MODALS = words("can could will would might must should may shall")
_NO_VERB = words(
    "a an the my our your his her their its this that these those and or but not no so as at in on "
    "of to for from with by about like than then too very just me him us them you it what who how "
    "why when where which all both each every some any many much more most one two three if "
    "because though i we he she they up down out off over yes ok okay oh please thanks sorry lol "
    "honestly maybe never always outside inside near behind above below across along around "
    "between during without within since until while also then perhaps again already half nearly"
)
_OFTEN = re.compile(r"\b(?:every|always|usually|often|sometimes)\b", re.I)
# "Was born there", "knows each other": what it means was said elsewhere.
_HANGS = re.compile(
    r"(?:I|we|he|she|they|it|that|there)\b"
    r"|(?:not )?(?:keen|fond|aware|able|likely|supposed|meant|used|sure|certain|due|willing|ready|glad)$"
    r"|(?:.*\b)?(?:there|that one|each other|together(?! (?:with|in))|when|where|how|what|who|one)"
    r"(?: (?:since|for|until|after|before|from|every|last|next)\b.*)?$",
    re.I,
)
_LIGHT = words("been done had did has have is are was were do does got")
# "Has been for years", "is six years", "has three": of what?
_OF_WHAT = re.compile(
    r"(?:(?:for|since|about|until|when|so|too|it|indeed)\b.*|born"
    r"|(?:at )?(?:\d|1[012]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"(?: (?:years|months|weeks|days|hours))?|\d+ (?:mcg|mg|ml|kg|quid|euros|dollars))?$",
    re.I,
)
_KEEPING = words("has have had owns own runs run keeps keep")
_THERE = re.compile(r"(?<=\w) (?:there|here)$", re.I)
_GOING = words("goes go went start starts started close closes")
_WHEN = re.compile(
    r"(?:(?:on|in|next|every|each|last|this|at) )?(?:(?:the|each|next|last) )?"
    rf"(?:\w+day|week|month|year|{any_of(MONTHS)})(?: \w+)?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Retold:
    """A clause in the third person; `tense` is one of present, past, perfect, doing, future, be,
    was, or the modal verb."""

    content: str
    tense: str

    @property
    def ahead(self) -> bool:
        """Whether an open date in it ("on Friday") is one to come."""
        return self.tense not in ("past", "perfect", "was", "used to")


@dataclass(frozen=True, slots=True)
class _Group:
    """A verb with its auxiliaries in the third person; `used`: how many words it took."""

    text: str
    tense: str
    used: int


def retell(subject: Subject, predicate: str, when: str = "") -> Retold | None:
    """What is said of a subject as one sentence, `when` behind it; None where no verb leads it, or
    what follows can't be understood alone."""
    tokens = predicate.split()
    group = _verb_group(tokens, subject)
    if group is None:
        return None
    rest = " ".join(tokens[group.used :])
    rest = rest if when.lower() in rest.lower() else f"{rest} {when}"
    verb = group.text.removesuffix(" not").split()[-1]
    if verb in _KEEPING:  # "still has a shop there": where is said elsewhere, what is had is not
        rest = _THERE.sub("", rest)
    said = own_words(rest, others=not subject.is_user) if rest else ""
    if said is None or not (said or group.tense in ("past", "perfect")):
        return None
    if subject.kin and said == f"the user's {subject.kin}":
        return None  # "Tom is my neighbour": he is called so already
    if leads_on(rest) or _HANGS.match(said) or _is_of_nothing(verb, said):
        return None
    content = " ".join(f"{subject.label} {group.text} {said}".split())
    return Retold(f"{content}.", group.tense)


def _is_of_nothing(verb: str, said: str) -> bool:
    """Whether verb and rest say that something is so and not what: "has three", "starts Monday"."""
    empty = _OF_WHAT if verb in _LIGHT else _WHEN if verb in _GOING else None
    return bool(empty and empty.match(said))


def _third(verb: str, subject: Subject) -> str:
    return verb if subject.plural else third_person(verb)


def _verb_group(tokens: list[str], subject: Subject) -> _Group | None:
    """The verb that leads the words, with what belongs to it."""
    low = [token.lower().strip(",.") for token in tokens[:5]] + [""] * 5
    first, second = low[0], low[1]
    if first in ("am", "is", "are", "was", "were"):
        return _being(low, subject)
    if first in ("have", "has", "had"):
        return _having(low, subject)
    if first in ("do", "does", "did") and second == "not" and low[2]:
        do = "didn't" if first == "did" else "don't" if subject.plural else "doesn't"
        return _Group(f"{do} {low[2]}", "past" if first == "did" else "present", 3)
    if first in _MODALS:
        negated = second == "not"
        denied = {"can": "can't", "will": "won't"}.get(first, f"{first} not")
        verb = low[2] if negated else second
        return _Group(f"{denied if negated else first} {verb}", first, 2 + negated)
    if first == "used" and second == "to" and low[2]:
        return _Group(f"used to {low[2]}", "used to", 3)
    if first in ("never", "always", "usually", "often", "still") and second:
        inner = _verb_group(tokens[1:], subject)
        return inner and _Group(f"{first} {inner.text}", inner.tense, inner.used + 1)
    return _doing(first, tokens, subject)


def _being(low: list[str], subject: Subject) -> _Group:
    past = low[0] in ("was", "were")
    be = ("were" if past else "are") if subject.plural else ("was" if past else "is")
    used = 2 if low[1] == "not" else 1
    be = f"{be} not" if used == 2 else be
    word = low[used]
    if word == "going" and low[used + 1] == "to" and low[used + 2]:
        return _Group(f"{be} going to {low[used + 2]}", "future", used + 3)
    if is_doing(word):
        return _Group(f"{be} {word}", "was" if past else "doing", used + 1)
    return _Group(be, "was" if past else "be", used)


def _having(low: list[str], subject: Subject) -> _Group:
    had = low[0] == "had"
    have = "had" if had else _third("have", subject)
    used = 2 if low[1] in ("not", "never") else 1
    lead = f"{have} {low[1]}" if used == 2 else have
    word, after = low[used], low[used + 1]
    if word == "to" or (word == "got" and after == "to"):
        return _Group(f"{have} to", "must", used + (2 if word == "got" else 1))
    if word == "been":
        doing = f" {after}" if is_doing(after) else ""
        return _Group(f"{lead} been{doing}", "perfect", used + 1 + bool(doing))
    if word == "got" and not had:
        return _Group(have, "present", used + 1)
    if is_participle(word):
        return _Group(f"{lead} {word}", "perfect", used + 1)
    return _Group(lead, "past" if had else "present", used)


def _doing(first: str, tokens: list[str], subject: Subject) -> _Group | None:
    if (
        first in _NO_VERB
        or first in ("be", "been", "being")
        or not re.fullmatch(r"[a-z]{2,}(?:-[a-z]+)*", first)
    ):
        return None
    once = subject.is_user and first in LIKE_THE_PRESENT
    if is_past(first) or (once and not _OFTEN.search(" ".join(tokens))):
        return _Group(first, "past", 1)
    if subject.is_user and subject.label == "The user":
        return _Group(_third(first, subject), "present", 1)
    if subject.plural:
        return _Group(first, "present", 1)
    said_of_one = first.endswith("s") and not first.endswith("ss")
    return _Group(first, "present", 1) if said_of_one else None
