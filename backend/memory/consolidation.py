"""Deciding what becomes of a candidate among what is known already. Pure functions.

The confidence rule: each independent mention closes half of the distance to certainty that the
mention itself is worth, `c ← c + (1 - c) · m / 2`, the noisy-or update (Pearl, "Probabilistic
Reasoning in Intelligent Systems", 1988, §4.3.2) damped by half, since a person repeating themselves is
not an independent witness.
"""

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
    return (memory.about, memory.about_name) == (candidate.about, candidate.about_name)


def _says_the_same(memory: Memory, candidate: Candidate) -> bool:
    """Near in meaning is not enough: names, numbers and negations must agree, or "likes tea" and
    "doesn't like tea", two numbers or two names, would be folded together."""
    return (
        _same_person(memory, candidate)
        and memory.attribute == candidate.attribute
        and _telling_words(memory.content) == _telling_words(candidate.content)
    )


_NEGATIONS = {"not", "no", "never", "doesn't", "don't", "isn't", "won't", "dislikes", "hates", "longer"}


def _telling_words(content: str) -> set[str]:
    words = content.replace("’", "'").rstrip(".!").split()
    return {
        word.strip(",.;:'\"()").lower()
        for word in words[1:]
        if word[:1].isupper() or any(c.isdigit() for c in word) or word.lower() in _NEGATIONS
    }


def fingerprint(candidate: Candidate) -> str:
    """The hash under which a candidate's content is unique for its owner."""
    return content_hash(candidate.content)
