"""Ranking recall candidates. Pure functions; every weight is in `RecallPolicy`.

Score fusion: each arm is normalised over the candidates of this query, then summed with weights
(Bruch et al., "An Analysis of Fusion Functions for Hybrid Retrieval", 2023: a convex combination
of normalised scores beats reciprocal rank fusion). Recency, importance and reinforcement follow
Park et al., "Generative Agents" (2023), as small additions that settle near ties.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from backend.memory.query import RecallQuery
from backend.models import Memory
from backend.ports import IndexHits

TALK_BEST, TALK_SECOND = 0.75, 0.25  # what the two best matches of a talk count for it

_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|last|next|ago|weeks?|months?|years?|weekend|morning|recently|just"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|\d{4})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RecallPolicy:
    """How candidates are found and weighed. Weights are relative; scores end up in 0-1.

    `shortlist`: how many of the index's candidates are re-read and ranked, at least; by dense and
    keyword score alone, so it must be wide enough for the other weights to change the order.
    `similarity_floor`, `keyword_floor`: a memory enters a prompt only above one of the two.

    `update_overlap`, `update_score_share`: a newer memory is told before the older one that it brings
    up to date when it shares so many of the shorter one's telling words and reaches so much of its
    score.

    `background_facts`: a prompt that recalls fewer facts is filled up to this many with what is
    best known of the user, for "what do you know about me?" resembles nothing in particular.

    `same_talk`, `same_talk_dense`: what a memory gets for the best matches of the same conversation
    and day by keywords and by meaning, for an answer often stands a few messages from the word that
    was asked for. `speaker_dense`: meaning counts more in the words of the person asked about.
    `time`: where the text asks when, and the memory names a time.

    The weights of what the query says were learnt on the development conversations of two public
    sets, one conversation left out at a time, and rounded in the middle of a flat region: half or
    one and a half times any of them changes recall by a point (decision 8).
    """

    candidates_per_arm: int = 100
    shortlist: int = 60
    dense: float = 0.35
    keyword: float = 0.65
    speaker: float = 0.3
    speaker_dense: float = 0.45
    same_talk: float = 0.7
    same_talk_dense: float = 0.2
    time: float = 0.3
    recency: float = 0.03
    importance: float = 0.03
    reinforcement: float = 0.02
    recency_half_life_days: float = 30.0
    question_penalty: float = 0.1
    update_overlap: float = 0.15
    update_score_share: float = 0.5
    similarity_floor: float = 0.1
    keyword_floor: float = 0.2
    background_facts: int = 3
    token_budget: int = 700
    limit: int = 10

    @property
    def full_marks(self) -> float:
        """The greatest weighted sum that a memory can reach."""
        return (
            self.dense
            + self.keyword
            + self.speaker
            + self.speaker_dense
            + self.same_talk
            + self.same_talk_dense
            + self.time
            + self.recency
            + self.importance
            + self.reinforcement
        )


@dataclass(frozen=True, slots=True)
class ScoredMemory:
    """A candidate with its final score and the parts it came from, all in 0-1, higher is better.

    `scores["dense"]` is the cosine similarity, `scores["keyword"]` BM25 over the query's best.
    """

    memory: Memory
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)


def shortlist(hits: IndexHits, count: int, policy: RecallPolicy) -> list[UUID]:
    """The `count` best candidates by dense and keyword score, best first: reading and ranking
    every candidate of both arms costs more than it finds."""
    dense, keyword = _min_max(hits.dense), _over_best(hits.keyword)
    fused = {
        key: policy.dense * dense.get(key, 0.0) + policy.keyword * keyword.get(key, 0.0)
        for key in dense.keys() | keyword.keys()
    }
    return sorted(fused, key=lambda key: (-fused[key], key))[:count]


def score_candidates(
    memories: Iterable[Memory],
    hits: IndexHits,
    query: RecallQuery,
    *,
    now: datetime,
    policy: RecallPolicy,
) -> list[ScoredMemory]:
    """Score every candidate; best first, newer first among equals."""
    candidates = list(memories)
    dense = _min_max(hits.dense)
    keyword = _over_best(hits.keyword)
    talks, near_talks = _talks(candidates, keyword), _nearest_of_talks(candidates, dense)
    scored = [
        _score(
            memory,
            _Signals(
                dense=dense.get(memory.id, 0.0),
                keyword=keyword.get(memory.id, 0.0),
                cosine=max(0.0, hits.dense.get(memory.id, 0.0)),
                speaker=float(memory.about == query.asked_about),
                same_talk=talks.get(_talk(memory), 0.0),
                same_talk_dense=near_talks.get(_talk(memory), 0.0),
                time=float(query.asks_when and names_a_time(memory.content)),
            ),
            now,
            policy,
        )
        for memory in candidates
    ]
    return sorted(scored, key=lambda item: (-item.score, -item.memory.mention_time.timestamp()))


@dataclass(frozen=True, slots=True)
class _Signals:
    """What the query says of one memory, each 0-1; `dense` and `keyword` relative to the other
    candidates, `cosine` absolute."""

    dense: float
    keyword: float
    cosine: float
    speaker: float
    same_talk: float
    same_talk_dense: float
    time: float


def _talk(memory: Memory) -> tuple[UUID | None, date]:
    return memory.conversation_id, memory.mention_time.date()


def _talks(
    memories: Iterable[Memory], keyword: Mapping[UUID, float]
) -> dict[tuple[UUID | None, date], float]:
    """How well each conversation and day matches: by its two best keyword scores, since one word
    may occur anywhere by chance. 0-1."""
    strength = {}
    for talk, scores in _by_talk(memories, keyword).items():
        best, second, *_ = [*sorted(scores, reverse=True), 0.0]
        strength[talk] = TALK_BEST * best + TALK_SECOND * second
    return strength


def _nearest_of_talks(
    memories: Iterable[Memory], dense: Mapping[UUID, float]
) -> dict[tuple[UUID | None, date], float]:
    """The nearest in meaning of each conversation and day. 0-1."""
    return {talk: max(scores) for talk, scores in _by_talk(memories, dense).items()}


def _by_talk(
    memories: Iterable[Memory], scores: Mapping[UUID, float]
) -> dict[tuple[UUID | None, date], list[float]]:
    found: dict[tuple[UUID | None, date], list[float]] = {}
    for memory in memories:
        if memory.conversation_id is not None:
            found.setdefault(_talk(memory), []).append(scores.get(memory.id, 0.0))
    return found


def names_a_time(text: str) -> bool:
    """Whether a text says when: "last week", "on Friday", "in May", "2021"."""
    return bool(_TIME.search(text))


def _score(memory: Memory, signals: _Signals, now: datetime, policy: RecallPolicy) -> ScoredMemory:
    recency = _recency(memory, now, policy)
    importance = memory.importance / 10
    reinforcement = 1 - 1 / max(1, memory.reinforcement_count)
    total = (
        policy.dense * signals.dense
        + policy.keyword * signals.keyword
        + policy.speaker * signals.speaker
        + policy.speaker_dense * signals.speaker * signals.dense
        + policy.same_talk * signals.same_talk
        + policy.same_talk_dense * signals.same_talk_dense
        + policy.time * signals.time
        + policy.recency * recency
        + policy.importance * importance
        + policy.reinforcement * reinforcement
        - policy.question_penalty * is_question(memory)
    )
    scores = {
        "dense": round(min(1.0, signals.cosine), 4),
        "keyword": round(signals.keyword, 4),
        "recency": round(recency, 4),
        "importance": round(importance, 4),
        "reinforcement": round(reinforcement, 4),
    }
    return ScoredMemory(memory, round(max(0.0, total) / policy.full_marks, 4), scores)


def _recency(memory: Memory, now: datetime, policy: RecallPolicy) -> float:
    """1 for what was just said, halved every half-life."""
    age_days = max(0.0, (now - memory.last_reinforced).total_seconds() / 86_400)
    return float(0.5 ** (age_days / policy.recency_half_life_days))


def is_question(memory: Memory) -> bool:
    """Whether an episode ends by asking: it wants to know more often than it tells, and asked
    twice, a question would otherwise recall itself first."""
    return memory.kind == "episode" and memory.content.rstrip().endswith("?")


def _min_max(scores: Mapping[UUID, float]) -> dict[UUID, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {key: (value - low) / (high - low) for key, value in scores.items()}


def _over_best(scores: Mapping[UUID, float]) -> dict[UUID, float]:
    best = max(scores.values(), default=0.0)
    return {key: value / best for key, value in scores.items()} if best > 0 else {}
