"""The optional second stage of recall: a re-ranker reads the best candidates again, if there is time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from backend.memory.scoring import ScoredMemory
from embeddings.base import EncoderError, Reranker

log = structlog.get_logger(__name__)

CANDIDATES = 30  # of the first stage; those behind keep their order and follow
SECONDS = 0.15
RESERVE_SECONDS = 0.05  # of a caller's time, for what comes behind

APPLIED, LATE, UNAVAILABLE = "applied", "late", "unavailable"


async def rerank(
    reranker: Reranker, text: str, ranked: Sequence[ScoredMemory], *, seconds_left: float | None
) -> tuple[list[ScoredMemory], str]:
    """Put the best candidates in the re-ranker's order, within a deadline.

    Gives them and `applied`, or as they were and `late` (the deadline passed) or `unavailable` (the
    model can't be had). `seconds_left` is how long the caller still waits; None: as long as need be.
    """
    best = ranked[:CANDIDATES]
    seconds = SECONDS if seconds_left is None else min(SECONDS, seconds_left - RESERVE_SECONDS)
    if not best:
        return [], APPLIED
    if seconds <= 0:
        return list(ranked), LATE
    try:
        async with asyncio.timeout(seconds):
            fits = await reranker.score(text, [item.memory.content for item in best])
    except TimeoutError:
        log.info("rerank.late", candidates=len(best))
        return list(ranked), LATE
    except EncoderError as error:
        log.warning("rerank.unavailable", reason=str(error))
        return list(ranked), UNAVAILABLE
    return [*in_order(best, fits), *ranked[CANDIDATES:]], APPLIED


def in_order(items: Sequence[ScoredMemory], fits: Sequence[float]) -> list[ScoredMemory]:
    """Best fit first, equals as they were; each shows its fit beside its other scores. The score of
    the first stage stays."""
    told = [
        replace(item, scores={**item.scores, "reranker": round(fit, 4)})
        for item, fit in zip(items, fits, strict=True)
    ]
    return sorted(told, key=lambda item: -item.scores["reranker"])
