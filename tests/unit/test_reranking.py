"""The second look at candidates: whose order counts, and what happens when time is up."""

import asyncio
from collections.abc import Sequence

from backend.memory.reranking import CANDIDATES, rerank
from backend.memory.scoring import ScoredMemory
from backend.models import Owner, new_id
from embeddings.base import EncoderError
from tests.support.records import a_memory

NOBODY = Owner(new_id(), new_id())


class LikesLongTexts:
    """A `Reranker` that needs no model. While `held`, it takes for ever."""

    name = "long texts"

    def __init__(self, *, held: bool = False, broken: bool = False) -> None:
        self.held = held
        self.broken = broken
        self.asked: list[str] = []

    async def load(self) -> None:
        """Nothing to load."""

    async def score(self, query: str, texts: Sequence[str]) -> list[float]:
        self.asked = list(texts)
        if self.held:
            await asyncio.Event().wait()
        if self.broken:
            raise EncoderError("The model's file is gone.")
        return [len(text) / 100 for text in texts]

    async def close(self) -> None:
        """Nothing to free."""


def candidates(*contents: str) -> list[ScoredMemory]:
    """In this order of the first stage."""
    return [
        ScoredMemory(a_memory(NOBODY, content), 1 - place / 100, {"dense": 0.5})
        for place, content in enumerate(contents)
    ]


def texts(items: Sequence[ScoredMemory]) -> list[str]:
    return [item.memory.content for item in items]


async def test_the_reranker_s_order_counts_and_is_shown() -> None:
    ranked = candidates("tea", "tea with milk", "no tea")
    again, outcome = await rerank(LikesLongTexts(), "tea?", ranked, seconds_left=None)
    assert outcome == "applied"
    assert texts(again) == ["tea with milk", "no tea", "tea"]
    assert [item.score for item in again] == [0.99, 0.98, 1.0]
    assert again[0].scores == {"dense": 0.5, "reranker": 0.13}


async def test_only_the_best_are_looked_at_and_equals_stay_in_order() -> None:
    ranked = candidates(*(f"{number:02}" for number in range(CANDIDATES + 5)))
    reranker = LikesLongTexts()
    again, _ = await rerank(reranker, "?", ranked, seconds_left=None)
    assert len(reranker.asked) == CANDIDATES
    assert texts(again) == texts(ranked)
    assert "reranker" not in again[-1].scores


async def test_without_time_the_first_stage_stands() -> None:
    ranked = candidates("tea", "tea with milk")
    for reranker, left, outcome in (
        (LikesLongTexts(held=True), None, "late"),
        (LikesLongTexts(), 0.04, "late"),
        (LikesLongTexts(broken=True), None, "unavailable"),
    ):
        assert await rerank(reranker, "tea?", ranked, seconds_left=left) == (ranked, outcome)


async def test_nothing_to_rank_is_no_work() -> None:
    assert await rerank(LikesLongTexts(held=True), "?", [], seconds_left=None) == ([], "applied")
