"""Deciding what becomes of a candidate among what is known already. Pure functions.

**Confidence.** A fact is doubted as often as every mention of it was wrong: the noisy-or (Pearl,
"Probabilistic Reasoning in Intelligent Systems", 1988, §4.3.2), which multiplies the doubts,

    1 - c' = (1 - c) · (1 - w · m)

with `c` the confidence so far, `m` the mention's own, and `w` how far the mention is a witness of its
own. The rule assumes independent witnesses, and one person repeating themselves is not one: w is 1/2,
and 0 for the same message read again or the same conversation within ten minutes.

**Conflict.** A claim that contradicts a fact takes its place, unless the fact is well known (mentioned
twice, pinned or written by hand) and surer than the claim by `QUESTION_MARGIN`: then the fact stands,
and the claim becomes a question. Whichever is mentioned next decides it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from backend.memory.denials import denies, leaves_alone
from backend.memory.endings import ends, is_older_age
from backend.memory.episodes import content_hash
from backend.memory.people import Acquaintances
from backend.memory.wording import content_words, is_negated, telling_words
from backend.models import Memory
from backend.models.candidate import Candidate

SAME_THING_SIMILARITY = 0.92  # cosine above which two facts of one category say the same
INDEPENDENCE = 0.5
ONE_SITTING = timedelta(minutes=10)
QUESTION_MARGIN = 0.2
WELL_KNOWN_MENTIONS = 2


class Action(StrEnum):
    """What to do with a candidate."""

    ADD = "add"
    REINFORCE = "reinforce"
    SUPERSEDE = "supersede"
    QUESTION = "question"
    CONFIRM = "confirm"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Decision:
    """An action and the stored memories it concerns: none for `add`, the claim for `confirm`."""

    action: Action
    targets: tuple[Memory, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A message that says something, and where and when it was said."""

    message_id: UUID
    conversation_id: UUID
    said_at: datetime


def independence(mention: Mention, earlier: Iterable[Mention]) -> float:
    """The weight of a mention beside earlier ones: 0, or `INDEPENDENCE`."""
    for other in earlier:
        if other.message_id == mention.message_id:
            return 0.0
        near = abs(mention.said_at - other.said_at) < ONE_SITTING
        if near and other.conversation_id == mention.conversation_id:
            return 0.0
    return INDEPENDENCE


def reinforced_confidence(current: float, mention: float, weight: float = INDEPENDENCE) -> float:
    """Confidence after one more mention; all in 0-1, the result never below `current`."""
    return current + (1 - current) * weight * mention


def decide(
    candidate: Candidate,
    *,
    same_content: Memory | None,
    same_attribute: Sequence[Memory],
    near: Sequence[tuple[Memory, float]],
    claims: Sequence[Memory] = (),
    people: Acquaintances | None = None,
) -> Decision:
    """Choose what to do.

    `same_content` says exactly this, `same_attribute` are active facts about the same single-valued
    thing ("home") of the same person, `near` are similar facts with their cosine, nearest first,
    `claims` are the open ones, which put a fact into question; `people` are the user's by name.
    """
    if same_content:
        return _unless_read_before(candidate, same_content, Action.REINFORCE)
    for claim in claims:
        if _same_value(claim, candidate):
            return _unless_read_before(candidate, claim, Action.CONFIRM)
    rivals = _rivals(candidate, same_attribute)
    for memory, similarity in near:
        if similarity >= SAME_THING_SIMILARITY and _says_the_same(memory, candidate):
            return _unless_read_before(candidate, memory, Action.REINFORCE)
        if _contradicts(memory, candidate, people):
            rivals.append(memory)
    ended = [memory for memory, _ in near if _is_over(memory, candidate, people)]
    rivals += ended + [memory for memory, _ in near if _was_of_the_job(memory, ended)]
    for memory in rivals:
        if _same_value(memory, candidate):
            return _unless_read_before(candidate, memory, Action.REINFORCE)
    if not rivals:
        return Decision(Action.IGNORE if candidate.denial else Action.ADD)
    unsure = any(is_doubtful(candidate.confidence, memory) for memory in rivals)
    return Decision(Action.QUESTION if unsure else Action.SUPERSEDE, _each_once(rivals))


def is_doubtful(confidence: float, held: Memory) -> bool:
    """Whether a claim of this confidence is too weak to take a fact's place."""
    well_known = (
        held.reinforcement_count >= WELL_KNOWN_MENTIONS or held.pinned or held.origin == "manual"
    )
    return well_known and held.confidence - confidence >= QUESTION_MARGIN


def _rivals(candidate: Candidate, same_attribute: Sequence[Memory]) -> list[Memory]:
    if not candidate.attribute:
        return []
    return [
        memory
        for memory in same_attribute
        if _same_person(memory, candidate) and not leaves_alone(candidate.content, memory.content)
    ]


def _each_once(memories: Iterable[Memory]) -> tuple[Memory, ...]:
    return tuple({memory.id: memory for memory in memories}.values())


def _unless_read_before(candidate: Candidate, memory: Memory, action: Action) -> Decision:
    """The same message read twice is not a second mention."""
    if set(candidate.source_message_ids) <= set(memory.source_message_ids):
        return Decision(Action.IGNORE, (memory,))
    return Decision(action, (memory,))


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
        and telling_words(memory.content) == telling_words(candidate.content)
    )


def _same_value(memory: Memory, candidate: Candidate) -> bool:
    """The same thing in the same words, in any order: "Biscuit is the user's dog" names no other
    dog than "The user's dog is called Biscuit"."""
    if memory.content_hash == fingerprint(candidate):
        return True
    return (
        _same_person(memory, candidate)
        and memory.attribute == candidate.attribute is not None
        and is_negated(memory.content) == is_negated(candidate.content)
        and sorted(content_words(memory.content)) == sorted(content_words(candidate.content))
    )


def _contradicts(memory: Memory, candidate: Candidate, people: Acquaintances | None) -> bool:
    """One denies the other, whoever of the user's it is about: both name that in their words."""
    return memory.realm == candidate.realm and (
        denies(candidate.content, memory.content, memory.attribute, people)
        or denies(memory.content, candidate.content, candidate.attribute, people)
    )


def _is_over(memory: Memory, candidate: Candidate, people: Acquaintances | None) -> bool:
    """Whether the candidate puts an end to what held; not to what the same message tells of as well."""
    return (
        memory.realm == candidate.realm
        and set(memory.source_message_ids).isdisjoint(candidate.source_message_ids)
        and (
            ends(candidate.content, memory.content, memory.attribute, people)
            or is_older_age(candidate.content, memory.content, people)
        )
    )


def _was_of_the_job(memory: Memory, ended: Iterable[Memory]) -> bool:
    """Whether a fact says where the user did a job that is over, as they told of both at once."""
    return memory.attribute == "employer" and any(
        job.attribute == "job" and set(job.source_message_ids) & set(memory.source_message_ids)
        for job in ended
    )


def fingerprint(candidate: Candidate) -> str:
    """The hash under which a candidate's content is unique for its owner. What is so in a story is not
    what is so in life, in the same words."""
    if candidate.realm == "fiction":
        return content_hash(f"{candidate.realm}: {candidate.content}")
    return content_hash(candidate.content)
