"""What a fact rests on: the mentions in its history. Pure functions.

Every time something is said, the fact's history gets a line with the messages that say it. When a
message no longer says it, the line loses that message; a line of which nothing is left that says so by
itself no longer counts, and the fact is what the remaining lines make of it by the confidence rule of
`consolidation`.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from backend.memory.consolidation import (
    INDEPENDENCE,
    Mention,
    independence,
    reinforced_confidence,
)
from backend.memory.wording import is_bare_answer
from backend.models import Memory, MemoryRevision, Message

WITHDRAWN = "withdrawn"  # marks a line whose messages all say something else now
_BY_HAND = ("added", "edited")  # lines that count without a message: a person wrote them


def withdraw_from(
    line: MemoryRevision,
    message_ids: Collection[UUID],
    messages: Mapping[UUID, Message],
    about: str,
) -> list[UUID]:
    """Take messages out of a line of history, in place. Returns those that the line had beside them and
    can't stand on alone: "Yes." without its question, or the character's question without the yes, of
    which `about` says whose fact it is."""
    named = line.source_message_ids
    left = [key for key in named if key not in message_ids]
    if len(left) == len(named):
        return []
    if left and _says_so(named, left, messages, "character" if about == "character" else "user"):
        line.source_message_ids = left
        return []
    line.source_message_ids = []
    line.details = {**line.details, WITHDRAWN: True}
    return left


def _says_so(
    named: Sequence[UUID], left: Sequence[UUID], messages: Mapping[UUID, Message], speaker: str
) -> bool:
    """Whether what is left of an exchange still says what all of it did. A fact is its speaker's to
    say, and a bare yes or no says nothing without the other's words that it answers."""
    known = [messages[key] for key in named if key in messages]
    own = [each for each in known if each.sender_type == speaker and each.id in left]
    answered = {each.id for each in known if each.sender_type != speaker}
    return any(answered <= set(left) or not is_bare_answer(each.content) for each in own)


def mentions(history: Sequence[MemoryRevision]) -> list[MemoryRevision]:
    """The lines that a fact rests on, oldest first; none: nothing supports it any more."""
    return [
        line
        for line in history
        if not line.details.get(WITHDRAWN) and ("mention" in line.details or _is_by_hand(line))
    ]


def saying(history: Sequence[MemoryRevision]) -> set[UUID]:
    """The messages that say a fact to this day."""
    return {key for line in mentions(history) for key in line.source_message_ids}


def _is_by_hand(line: MemoryRevision) -> bool:
    return line.action in _BY_HAND and not line.source_message_ids


def recount(
    memory: Memory, resting_on: Sequence[MemoryRevision], messages: Mapping[UUID, Message]
) -> None:
    """Set confidence, count and times of a fact to what these mentions make of it, in place.
    `messages` are those that the mentions name. A confidence that a person has seen to stays."""
    said = [_said(line, messages) for line in resting_on]
    times = [mention.said_at for each in said for mention in each] or [
        line.created_at for line in resting_on
    ]
    if memory.mention_time == memory.first_mentioned:
        memory.mention_time = min(times)
    if memory.valid_from == memory.first_mentioned:
        memory.valid_from = min(times)
    memory.first_mentioned, memory.last_reinforced = min(times), max(times)
    if any(line.action == "edited" for line in resting_on):
        return
    memory.confidence, memory.reinforcement_count = _weighed(resting_on, said)


def _said(line: MemoryRevision, messages: Mapping[UUID, Message]) -> list[Mention]:
    known = [messages[key] for key in line.source_message_ids if key in messages]
    return [Mention(each.id, each.conversation_id, each.created_at) for each in known]


def _weighed(
    resting_on: Sequence[MemoryRevision], said: Sequence[Sequence[Mention]]
) -> tuple[float, int]:
    confidence, count = _worth(resting_on[0]), 1
    earlier = list(said[0])
    for line, mentioned in zip(resting_on[1:], said[1:], strict=True):
        weight = independence(mentioned[-1], earlier) if mentioned else INDEPENDENCE
        if weight:
            count += 1
            confidence = reinforced_confidence(confidence, _worth(line), weight)
        earlier += mentioned
    return confidence, count


def _worth(line: MemoryRevision) -> float:
    return float(line.details.get("mention", 1.0))
