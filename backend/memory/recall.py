"""Recall: from a question to the few memories worth telling the model.

The index proposes, Postgres decides: hits are re-read from the truth, so what was deleted or
superseded a moment ago is never used, whatever the index still holds.
"""

from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from uuid import UUID

from backend.errors import EncoderUnavailable
from backend.memory.freshness import newest_first, with_outdated
from backend.memory.query import RecallQuery, read_query
from backend.memory.reranking import rerank
from backend.memory.resources import MemoryResources
from backend.memory.scoring import RecallPolicy, ScoredMemory, score_candidates, shortlist
from backend.memory.selection import LeftOut, fill_up, select
from backend.models import KnownMemory, Outdated, Owner, utc_now
from backend.ports import IndexHits
from embeddings.base import EncoderError

DEFAULT_POLICY = RecallPolicy()


@dataclass(frozen=True, slots=True)
class RecallRequest:
    """What to recall. `floors` drops what has nothing to do with the text: right for a prompt,
    wrong for a search that asked for N results; it also fills a
    prompt up with what is known best. `token_budget` None: no cut by length. `seconds` is how
    long the caller waits; a second look takes no more of it than is left."""

    owner: Owner
    text: str
    user_name: str
    character_name: str
    limit: int = DEFAULT_POLICY.limit
    token_budget: int | None = DEFAULT_POLICY.token_budget
    kinds: tuple[str, ...] | None = None
    min_score: float = 0.0
    floors: bool = True
    in_window: frozenset[UUID] = frozenset()
    now: datetime = field(default_factory=utc_now)
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Recollection:
    """What came to mind, best first, what did not make it and why, milliseconds by step, and how the
    re-ranker did: `applied`, `late`, `unavailable`, or None where there is none."""

    memories: tuple[ScoredMemory, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    reranker: str | None = None


async def recall(
    resources: MemoryResources, request: RecallRequest, policy: RecallPolicy = DEFAULT_POLICY
) -> Recollection:
    """Find the memories of one owner that fit a text.

    Raises:
        EncoderUnavailable, IndexUnavailable, StoreUnavailable: that part is down.
    """
    if not request.text.strip():
        return Recollection()
    resources = resources.settled()
    clock = _Clock()
    query = read_query(
        request.text, user_name=request.user_name, character_name=request.character_name
    )
    hits = await _search(resources, request, query, policy, clock)
    ids = shortlist(hits, max(policy.shortlist, 2 * request.limit))
    memories, best_known, outdated = await _reread(resources, request, ids, policy)
    clock.lap("hydrate")
    ranked = score_candidates(memories, hits, query, now=request.now, policy=policy)
    ranked, second_look = await _look_again(resources, request, ranked, clock)
    chosen, left_out = select(
        ranked,
        limit=request.limit,
        token_budget=request.token_budget,
        min_score=request.min_score,
        near_only=policy if request.floors else None,
        in_window=request.in_window,
    )
    chosen = newest_first(with_outdated(chosen, outdated), query, policy)
    if best_known:
        chosen = fill_up(
            chosen,
            best_known,
            facts=policy.background_facts,
            limit=request.limit,
            token_budget=request.token_budget,
        )
        used = {item.memory.id for item in chosen}
        left_out = [item for item in left_out if item.memory_id not in used]
    clock.lap("rank")
    return Recollection(tuple(chosen), tuple(left_out), clock.laps, second_look)


async def _look_again(
    resources: MemoryResources,
    request: RecallRequest,
    ranked: list[ScoredMemory],
    clock: "_Clock",
) -> tuple[list[ScoredMemory], str | None]:
    if resources.reranker is None:
        return ranked, None
    clock.lap("rank")
    left = None if request.seconds is None else request.seconds - clock.seconds()
    looked_at = await rerank(resources.reranker, request.text, ranked, seconds_left=left)
    clock.lap("rerank")
    return looked_at


async def _search(
    resources: MemoryResources,
    request: RecallRequest,
    query: RecallQuery,
    policy: RecallPolicy,
    clock: "_Clock",
) -> IndexHits:
    try:
        dense = await resources.encoder.encode_query(query.dense_text)
    except EncoderError as error:
        raise EncoderUnavailable(str(error)) from error
    clock.lap("embed")
    hits = await resources.index.search(
        request.owner,
        dense,
        resources.keywords.encode_query(query.keyword_text),
        limit=max(policy.candidates_per_arm, request.limit),
        kinds=request.kinds,
    )
    clock.lap("search")
    return hits


async def _reread(
    resources: MemoryResources, request: RecallRequest, ids: list[UUID], policy: RecallPolicy
) -> tuple[list[KnownMemory], list[KnownMemory], list[Outdated]]:
    """What the index proposed, as it is now; what is known best, to fill a prompt up with; and what of the
    former holds no more."""
    fills_up = request.floors and (not request.kinds or "fact" in request.kinds)
    best = request.limit + policy.background_facts if fills_up and policy.background_facts else 0
    if not ids and not best:
        return [], [], []
    async with resources.store.transaction() as tx:
        named, best_known, outdated = await tx.memories.known(request.owner, ids, best=best)
    wanted = [memory for memory in named if not request.kinds or memory.kind in request.kinds]
    return wanted, best_known, outdated


class _Clock:
    """Milliseconds between laps; those of one name are added up."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._started = self._last = perf_counter()

    def seconds(self) -> float:
        """Since the first one began."""
        return perf_counter() - self._started

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = round(self.laps.get(name, 0.0) + (now - self._last) * 1000, 2)
        self._last = now
