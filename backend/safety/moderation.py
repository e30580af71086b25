"""A moderating model's view of one message."""

import asyncio
from dataclasses import replace
from time import monotonic

import structlog

from backend.errors import ModelError
from backend.ports import LanguageModel, StructuredRequest
from backend.safety.policy_text import LEVELS, POLICY, SCHEMA
from backend.safety.verdict import CATEGORIES, Category, Verdict

log = structlog.get_logger(__name__)

DEADLINE = 1.5  # seconds a turn waits for the model
REST = 10.0  # seconds in which a model that was too slow isn't asked
FLAGS_FROM = LEVELS["possible"]
MAX_ANSWER_TOKENS = 500  # the form takes 60, the rest is room for reasoning


class Moderation:
    """Asks a moderating model about messages; without one the local verdicts stand. A model that is
    too slow is left alone for a while, so that an outage doesn't hold up every turn."""

    def __init__(self, model: LanguageModel | None = None, *, deadline: float = DEADLINE) -> None:
        self._model = model
        self._deadline = deadline
        self._rests_until = 0.0
        self._failing = False

    async def consider(self, text: str, local: Verdict) -> Verdict:
        """The model's verdict in place of the local one; the local one if there is no model, or it
        fails or takes longer than the deadline. What the rules block stays blocked, and signs of
        self-harm that either sees count. Never raises."""
        if self._model is None or local.hard or monotonic() < self._rests_until:
            return local
        request = StructuredRequest(
            "moderation", SCHEMA, POLICY, _fenced(text), max_tokens=MAX_ANSWER_TOKENS
        )
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._model.structured(request)
        except (ModelError, TimeoutError) as error:
            if not self._failing:  # once, not with every message
                log.warning("moderation.model_failed", reason=type(error).__name__)
            if isinstance(error, TimeoutError):
                self._rests_until = monotonic() + REST
            self._failing = True
            return local
        self._failing = False
        return _merged(local, {each: LEVELS[answer.data[each]] for each in CATEGORIES})


def _merged(local: Verdict, scores: dict[Category, float]) -> Verdict:
    flagged = {each for each in CATEGORIES if scores[each] >= FLAGS_FROM}
    if "self_harm" in local.flagged:
        flagged.add("self_harm")
        scores["self_harm"] = max(scores["self_harm"], local.scores["self_harm"])
    if "sexual_minors" in flagged:
        flagged.add("sexual")
    return replace(
        local,
        scores=scores,
        flagged=frozenset(flagged),
        screener="model",
        explicit=local.explicit and "sexual" in flagged,
    )


def _fenced(text: str) -> str:
    """The message, unable to close its fence, and text whatever is in it."""
    text = text.encode(errors="replace").decode()
    return f"<message>\n{text.replace('<', '‹').replace('>', '›')}\n</message>"
