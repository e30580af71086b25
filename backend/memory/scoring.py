"""Ranking recall candidates. Pure functions; every weight is in `RecallPolicy`.

Score fusion: each arm is normalised over the candidates of this query, then summed with weights
(Bruch et al., "An Analysis of Fusion Functions for Hybrid Retrieval", 2023: a convex combination
of normalised scores beats reciprocal rank fusion). Recency, importance and reinforcement follow
Park et al., "Generative Agents" (2023), as small additions that settle near ties.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import inf
from typing import NamedTuple
from uuid import UUID

from backend.memory.answer_kinds import says_name, says_time
from backend.memory.query import RecallQuery
from backend.models import Outdated, Recallable
from backend.ports import IndexHits

TALK_BEST, TALK_SECOND = 0.75, 0.25  # what the two best matches of a talk count for it
HALF_AS_BRIEF = 200  # characters


@dataclass(frozen=True, slots=True)
class RecallPolicy:
    """How candidates are found and weighed. Weights are relative; scores end up in 0-1.

    `shortlist`: how many of the index's candidates are re-read and ranked, at least; by dense and
    keyword score alone, so it must be wide enough for the other weights to change the order. There
    the two count the same, since meaning comes in through other parts as well.
    `similarity_floor`, `keyword_floor`: a memory enters a prompt only above one of the two.

    `update_overlap`, `update_score_share`: a newer memory is told before the older one that it brings
    up to date when it shares so many of the shorter one's telling words and reaches so much of its
    score.

    `background_facts`: a prompt that recalls fewer facts is filled up to this many with what is
    best known of the user, for "what do you know about me?" resembles nothing in particular.

    `same_talk`, `same_talk_dense`: what a memory gets for the best matches of the same conversation
    and day by keywords and by meaning, for an answer often stands a few messages from the word that
    was asked for. `speaker_dense`: meaning counts more in the words of the person asked about.
    `time`, `name`: where the text asks when, and the memory says a time; where it asks who, where or
    which, and the memory says a name. `brevity`: of two that fit as well, the shorter leaves more
    room for others.

    The weights of what the query says were learnt on the development conversations of two public
    sets, one conversation left out at a time, and rounded in the middle of a flat region: half or
    one and a half times any of them changes recall by a point (decision 8).
    """

    candidates_per_arm: int = 100
    shortlist: int = 60
    dense: float = 0.3
    keyword: float = 0.65
    speaker: float = 0.3
    speaker_dense: float = 0.45
    same_talk: float = 0.7
    same_talk_dense: float = 0.2
    time: float = 0.3
    name: float = 0.3
    brevity: float = 0.1
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
            + self.name
            + self.brevity
            + self.recency
            + self.importance
            + self.reinforcement
        )


@dataclass(frozen=True, slots=True)
class ScoredMemory:
    """A candidate with its final score and the parts it came from, all in 0-1, higher is better.

    `scores["dense"]` is the cosine similarity, `scores["keyword"]` BM25 over the query's best. `outdated` is
    what the memory says and no longer holds.
    """

    memory: Recallable
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)
    outdated: tuple[Outdated, ...] = ()


def shortlist(hits: IndexHits, count: int) -> list[UUID]:
    """The `count` best candidates by dense and keyword score, which count the same, best first:
    reading and ranking every candidate of both arms costs more than it finds."""
    dense, keyword = _min_max(hits.dense), _over_best(hits.keyword)
    # Ids are slow to hash, so each is looked up as seldom as can be.
    fused = {key: dense.of(score) for key, score in hits.dense.items()}
    for key, score in hits.keyword.items():
        fused[key] = fused.get(key, 0.0) + keyword.of(score)
    ranked = sorted(fused.items(), key=lambda item: (-item[1], item[0]))
    return [key for key, _ in ranked[:count]]


def score_candidates(
    memories: Iterable[Recallable],
    hits: IndexHits,
    query: RecallQuery,
    *,
    now: datetime,
    policy: RecallPolicy,
) -> list[ScoredMemory]:
    """Score every candidate; best first, newer first among equals."""
    candidates = list(memories)
    dense, keyword = _min_max(hits.dense), _over_best(hits.keyword)
    cosines = [hits.dense.get(memory.id) for memory in candidates]
    near = [dense.of(cosine) for cosine in cosines]
    named = [keyword.of(hits.keyword.get(memory.id)) for memory in candidates]
    same_talk, same_talk_dense = _by_talk(candidates, named, near)
    scored = [
        _score(
            memory,
            _Signals(
                dense=near[place],
                keyword=named[place],
                cosine=max(0.0, cosines[place] or 0.0),
                speaker=float(memory.about == query.asked_about),
                same_talk=same_talk[place],
                same_talk_dense=same_talk_dense[place],
                time=says_time(memory.content) if query.asks_when else 0.0,
                name=says_name(memory.content) if query.asks_name else 0.0,
            ),
            now,
            policy,
        )
        for place, memory in enumerate(candidates)
    ]
    return sorted(scored, key=lambda item: (-item.score, -item.memory.mention_time.timestamp()))


class _Signals(NamedTuple):
    """What the query says of one memory, each 0-1; `dense` and `keyword` relative to the other
    candidates, `cosine` absolute."""

    dense: float
    keyword: float
    cosine: float
    speaker: float
    same_talk: float
    same_talk_dense: float
    time: float
    name: float


def _by_talk(
    memories: Sequence[Recallable], keyword: Sequence[float], dense: Sequence[float]
) -> tuple[list[float], list[float]]:
    """How well the conversation and day of each memory matches, by keywords and by meaning, 0-1; 0 for
    what belongs to none. By the two best keyword scores, since one word may occur anywhere by
    chance, and by the nearest in meaning."""
    talks: dict[tuple[UUID, date], list[int]] = {}
    for place, memory in enumerate(memories):
        if memory.conversation_id is not None:
            talk = memory.conversation_id, memory.mention_time.date()
            talks.setdefault(talk, []).append(place)
    same_talk, same_talk_dense = [0.0] * len(memories), [0.0] * len(memories)
    for places in talks.values():
        best, second, *_ = [*sorted((keyword[place] for place in places), reverse=True), 0.0]
        nearest = max(dense[place] for place in places)
        for place in places:
            same_talk[place] = TALK_BEST * best + TALK_SECOND * second
            same_talk_dense[place] = nearest
    return same_talk, same_talk_dense


def _score(
    memory: Recallable, signals: _Signals, now: datetime, policy: RecallPolicy
) -> ScoredMemory:
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
        + policy.name * signals.name
        + policy.brevity * _brevity(memory)
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


def _brevity(memory: Recallable) -> float:
    """1 for the shortest; 0.5 at 200 characters, 0.1 at 1,800."""
    return HALF_AS_BRIEF / (HALF_AS_BRIEF + len(memory.content))


def _recency(memory: Recallable, now: datetime, policy: RecallPolicy) -> float:
    """1 for what was just said, halved every half-life."""
    age_days = max(0.0, (now - memory.last_reinforced).total_seconds() / 86_400)
    return float(0.5 ** (age_days / policy.recency_half_life_days))


def is_question(memory: Recallable) -> bool:
    """Whether an episode ends by asking: it wants to know more often than it tells, and asked
    twice, a question would otherwise recall itself first."""
    return memory.kind == "episode" and memory.content.rstrip().endswith("?")


@dataclass(frozen=True, slots=True)
class _Scale:
    """Puts an arm's scores into 0-1; what the arm didn't find is 0."""

    low: float
    span: float

    def of(self, score: float | None) -> float:
        if score is None:
            return 0.0
        return (score - self.low) / self.span if self.span else 1.0


def _min_max(scores: Mapping[UUID, float]) -> _Scale:
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return _Scale(low, high - low)


def _over_best(scores: Mapping[UUID, float]) -> _Scale:
    best = max(scores.values(), default=0.0)
    return _Scale(0.0, best if best > 0 else inf)
