"""Deciding what becomes of a candidate among what is known already. Pure functions.

The confidence rule: each independent mention closes half of the distance to certainty that the
mention itself is worth, `c ← c + (1 - c) · m / 2`, the noisy-or update (Pearl, "Probabilistic
Reasoning in Intelligent Systems", 1988, §4.3.2) damped by half, since a person repeating themselves is
not an independent witness.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.memory.episodes import content_hash
from backend.models import Memory
from backend.models.candidate import Candidate

SAME_THING_SIMILARITY = 0.92  # cosine above which two facts of one category say the same


class Action(StrEnum):
    """What to do with a candidate."""

    ADD = "add"
    REINFORCE = "reinforce"
    SUPERSEDE = "supersede"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Decision:
    """An action and the stored memories it concerns (none for `add`)."""

    action: Action
    targets: tuple[Memory, ...] = ()


def reinforced_confidence(current: float, mention: float) -> float:
    """Confidence after one more mention; both in 0-1, the result never below `current`."""
    return current + (1 - current) * mention / 2


def decide(
    candidate: Candidate,
    *,
    same_content: Memory | None,
    same_attribute: Sequence[Memory],
    near: Sequence[tuple[Memory, float]],
) -> Decision:
    """Choose what to do.

    `same_content` says exactly this, `same_attribute` are active facts about the same single-valued
    thing ("home") of the same person, `near` are similar facts with their cosine, nearest first.
    """
    if same_content:
        return _reinforce_or_ignore(candidate, same_content)
    rivals = [memory for memory in same_attribute if _same_person(memory, candidate)]
    if candidate.attribute and rivals:
        return Decision(Action.SUPERSEDE, tuple(rivals))
    for memory, similarity in near:
        if similarity >= SAME_THING_SIMILARITY and _says_the_same(memory, candidate):
            return _reinforce_or_ignore(candidate, memory)
    return Decision(Action.ADD)


def _reinforce_or_ignore(candidate: Candidate, memory: Memory) -> Decision:
    """The same message read twice is not a second mention."""
    if set(candidate.source_message_ids) <= set(memory.source_message_ids):
        return Decision(Action.IGNORE, (memory,))
    return Decision(Action.REINFORCE, (memory,))


def _same_person(memory: Memory, candidate: Candidate) -> bool:
    """And in the same world: what holds in a story says nothing about the person."""
    return (memory.about, memory.about_name, memory.realm) == (
        candidate.about,
        candidate.about_name,
        candidate.realm,
    )


def _says_the_same(memory: Memory, candidate: Candidate) -> bool:
    """Near in meaning is not enough: names, numbers and negations must agree, or "likes tea" and
    "doesn't like tea", two numbers or two names, would be folded together."""
    return (
        _same_person(memory, candidate)
        and memory.attribute == candidate.attribute
        and _telling_words(memory.content) == _telling_words(candidate.content)
    )


_WORD = re.compile(r"\w+(?:['.,:-]\w+)*")
_TELLING = frozenset(
    (
        "not no never none nothing nobody nowhere neither nor without cannot hardly "
        "longer anymore dislike dislikes hate hates avoids refuses stopped quit former "
        "formerly zero one two three four five six seven eight nine ten eleven twelve "
        "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty "
        "forty fifty sixty seventy eighty ninety hundred thousand million dozen half once "
        "twice both single double first second third"
    ).split()
)


def _telling_words(content: str) -> list[str]:
    """The words that make another fact of a likely sentence, in order: "from Porto to Lisbon" is
    not "from Lisbon to Porto". Missing a likeness costs a duplicate; seeing one that isn't there, a
    memory: so every capital counts, and every word of a script without capitals."""
    words = [word.removesuffix("'s") for word in _WORD.findall(content.replace("’", "'"))]
    return [word.lower() for word in words if _is_telling(word)]


def _is_telling(word: str) -> bool:
    return (
        word[0].isupper()
        or word.lower() == word.upper()  # digits and scripts without capitals
        or any(character.isdigit() for character in word)
        or word.lower().endswith("n't")
        or word.lower() in _TELLING
    )


def fingerprint(candidate: Candidate) -> str:
    """The hash under which a candidate's content is unique for its owner."""
    return content_hash(candidate.content)
