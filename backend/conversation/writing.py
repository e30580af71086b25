"""The text of one reply: what content policy says instead, or what the model writes, watched."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import perf_counter

import structlog

from backend.conversation.assignment import Writing
from backend.conversation.context_builder import BuiltContext
from backend.conversation.ruling import ReplyWatch, Ruling, as_record, marks, rule_on_reply
from backend.conversation.streaming import until
from backend.errors import ModelError, ModelRefused
from backend.monitoring.metrics import CONTENT_DECISIONS
from backend.ports import LanguageModel, TextDelta
from backend.safety.policy import refused_by_provider
from backend.safety.wording import refusal

log = structlog.get_logger(__name__)


async def write(
    model: LanguageModel, context: BuiltContext, writing: Writing, stop: asyncio.Event
) -> AsyncGenerator[str, None]:
    """Yield the pieces of a reply, and fill in `writing`. No model is asked about a blocked message.

    What was shown can't be unsaid: a reply that turns out to be forbidden ends there, and `writing`
    then holds the refusal in its place.
    """
    _count(context.ruling, "message")
    if context.ruling.blocks:
        _refuse(writing, context.ruling)
        yield writing.text
        return
    async with aclosing(_watched(model, context, writing, stop)) as pieces:
        async for piece in pieces:
            yield piece
    if not writing.refused:
        ruling = rule_on_reply(writing.text, context.scene)
        writing.marks = marks(ruling.verdict)
        if ruling.blocks:
            _refuse_reply(context, writing, ruling)


async def _watched(
    model: LanguageModel, context: BuiltContext, writing: Writing, stop: asyncio.Event
) -> AsyncGenerator[str, None]:
    watch = ReplyWatch(context.scene)
    writing.prompted = perf_counter()
    try:
        async with aclosing(until(stop, model.stream(context.prompt))) as stream:
            async for piece in stream:
                if not isinstance(piece, TextDelta):
                    writing.completion = piece
                    continue
                if found := watch.objection(writing.text + piece.text, piece.text):
                    _refuse_reply(context, writing, found)
                    return
                if writing.first_delta is None:
                    writing.first_delta = perf_counter()
                writing.text += piece.text
                yield piece.text
    except ModelError as error:
        log.warning("turn.model_failed", code=error.code, message_id=str(writing.message_id))
        writing.state, writing.error = "failed", error
        if isinstance(error, ModelRefused):
            verdict = context.ruling.verdict
            _decide(context, Ruling(verdict, refused_by_provider(verdict)), "message")
        return
    if writing.completion is None:
        writing.state = "interrupted"


def _refuse_reply(context: BuiltContext, writing: Writing, ruling: Ruling) -> None:
    _decide(context, ruling, "reply")
    _refuse(writing, ruling)
    writing.rewritten = True


def _refuse(writing: Writing, ruling: Ruling) -> None:
    writing.text, writing.refused = refusal(ruling.decision), ruling.decision.reason
    writing.state, writing.error, writing.marks = "complete", None, {"isNSFW": False}


def _decide(context: BuiltContext, ruling: Ruling, about: str) -> None:
    """Content policy, or the provider, has the last word; the context keeps it."""
    context.record.decision = as_record(ruling, about)
    _count(ruling, about)


def _count(ruling: Ruling, about: str) -> None:
    decision = ruling.decision
    CONTENT_DECISIONS.labels(decision.action, decision.reason, about).inc()
