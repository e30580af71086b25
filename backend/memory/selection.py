"""Cutting a ranking down to what a prompt gets, and saying why the rest is left out. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.memory.scoring import RecallPolicy, ScoredMemory
from backend.models import Recallable

UNSAID_SHARE = 0.25  # of a memory's words that another may leave unsaid and still repeat it
TOKENS_PER_CHARACTER = 0.25  # about 4 characters of English a token


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A candidate that did not make it, and why."""

    memory_id: UUID
    # below_threshold | only_asks | already_in_window | repeats_another | over_limit | token_budget
    reason: str
    score: float


def is_near(item: ScoredMemory, policy: RecallPolicy) -> bool:
    """Whether a memory has to do with the query at all: ranks alone would always fill ten places."""
    return (
        item.scores["dense"] >= policy.similarity_floor
        or item.scores["keyword"] >= policy.keyword_floor
    )


def select(
    ranked: Sequence[ScoredMemory],
    *,
    limit: int,
    token_budget: int | None,
    min_score: float = 0.0,
    near_only: RecallPolicy | None = None,
    in_window: frozenset[UUID] = frozenset(),
) -> tuple[list[ScoredMemory], list[LeftOut]]:
    """Cut a ranking down to what is used, and say why the rest is left out.

    `in_window` are messages and memories that the prompt shows anyway; `near_only` applies that
    policy's floors.
    """
    chosen: list[ScoredMemory] = []
    left_out: list[LeftOut] = []
    tokens = 0.0
    for item in ranked:
        cost = len(item.memory.content) * TOKENS_PER_CHARACTER
        reason = None
        if item.score < min_score or (near_only and not is_near(item, near_only)):
            reason = "below_threshold"
        elif near_only and is_bare_question(item.memory):
            reason = "only_asks"
        elif is_shown(item.memory, in_window):
            reason = "already_in_window"
        elif len(chosen) >= limit:
            reason = "over_limit"
        elif _repeats(item.memory, chosen):
            reason = "repeats_another"
        elif token_budget is not None and tokens + cost > token_budget:
            reason = "token_budget"
        if reason:
            left_out.append(LeftOut(item.memory.id, reason, item.score))
        else:
            chosen.append(item)
            tokens += cost
    return chosen, left_out


def fill_up(
    chosen: Sequence[ScoredMemory],
    best_known: Sequence[Recallable],
    *,
    facts: int,
    limit: int,
    token_budget: int | None,
) -> list[ScoredMemory]:
    """Add what is known best until there are so many facts, within the same limits; a score of 0 says
    that the text didn't call for it."""
    missing = facts - sum(item.memory.kind == "fact" for item in chosen)
    if missing <= 0:
        return list(chosen)
    filled, _ = select(
        [*chosen, *(ScoredMemory(memory, 0.0) for memory in best_known)],
        limit=min(limit, len(chosen) + missing),
        token_budget=token_budget,
    )
    return filled


def is_shown(memory: Recallable, in_window: frozenset[UUID]) -> bool:
    """Whether the prompt shows the memory, or the message that it is."""
    if not in_window:
        return False
    said = memory.source_message_ids
    is_in = memory.kind == "episode" and bool(said) and in_window.issuperset(said)
    return is_in or memory.id in in_window


def _repeats(memory: Recallable, chosen: Sequence[ScoredMemory]) -> bool:
    """Whether better items say the same: the very words, or a message and a fact drawn from it
    that leaves little of the other unsaid. What the message says beyond the fact counts."""
    text = memory.content.strip().lower()
    cited = set(memory.source_message_ids)
    for other in (item.memory for item in chosen):
        if other.content.strip().lower() == text:
            return True
        one_is_episode = (memory.kind == "episode") != (other.kind == "episode")
        if one_is_episode and not cited.isdisjoint(other.source_message_ids):
            words = telling_stems(memory.content)
            unsaid = words - telling_stems(other.content)
            if len(unsaid) <= len(words) * UNSAID_SHARE:
                return True
    return False


def telling_stems(text: str) -> frozenset[str]:
    """The telling words of a text, cut so that "works" and "work" agree. A short word tells
    something only as a name or a number: "Rex", "21"; "user" only says whose fact it is."""
    stems = set()
    opening = True  # the first word of a sentence is a capital's whatever it is
    for raw in text.replace("’", "'").split():
        word = raw.strip(".,!?;:'\"()")
        is_name = not opening and len(word) > 1 and word[0].isupper()
        if len(word) > 3 or word.isdigit() or is_name:
            stems.add(word[:4].lower())
        opening = raw.endswith((".", "!", "?"))
    return frozenset(stems - {"user"})


def is_bare_question(memory: Recallable) -> bool:
    """Whether an episode only asks. Asked twice, a question would otherwise recall itself first."""
    text = memory.content.strip()
    return (
        memory.kind == "episode"
        and text.endswith("?")
        and not any(mark in text[:-1] for mark in ".!?\n")
    )
