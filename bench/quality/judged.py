"""The judge's share of a run: what it is asked, and its verdicts, kept as they come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from backend.bootstrap.language_model import build_model
from backend.settings import Settings
from bench.quality.dataset import MarkedConversation
from bench.quality.evidence import Answered
from bench.quality.judge_run import JudgeItem, Progress, run_judge
from bench.quality.judge_summary import Judged
from bench.quality.parts import Part, Parts

RECALLED_FOR_ANSWERS = 10
_ITEMS = TypeAdapter(list[JudgeItem])
_JUDGED = TypeAdapter(Judged)


def with_judge_items(part: Part, marked: MarkedConversation, answered: Sequence[Answered]) -> Part:
    """The part with what the judge will be asked about it: every question that has an answer."""
    asked_at = marked.messages[-1].created_at + timedelta(days=1)
    items = [
        JudgeItem(
            each.unit_id,
            part.name,
            each.question.category,
            each.question.text,
            each.question.answer,
            tuple(
                f"{scored.memory.mention_time:%Y-%m-%d}: {scored.memory.content}"
                for scored in each.recollection.memories[:RECALLED_FOR_ANSWERS]
            ),
            asked_at,
        )
        for each in answered
        if each.question.answer
    ]
    return replace(part, extra={"items": _ITEMS.dump_python(items, mode="json")})


async def judge_parts(
    settings: Settings, parts: Parts, names: Sequence[str], seed: int, on_progress: Progress
) -> Mapping[str, Any]:
    """Let the model answer and judge; every verdict is kept at once, since it was paid for.

    Raises:
        ModelKeyRejected, ModelNotFound: no call can succeed.
    """
    items = [
        item
        for part in parts.in_order(names)
        for item in _ITEMS.validate_python(part.extra["items"])
    ]

    def keep(judged: Judged, done: int, total: int) -> None:
        name = f"judged {judged.role} {judged.item_id}"
        parts.add(Part(name, extra={"judged": _JUDGED.dump_python(judged, mode="json")}))
        on_progress(judged, done, total)

    kept = [part.extra["judged"] for part in parts.done.values() if "judged" in part.extra]
    # The stronger of the configured models, so not the one that forms memories.
    chosen = settings.model_copy(update={"groq_memory_model": settings.groq_model})
    model = build_model(chosen)
    summary = await run_judge(
        model,
        items,
        seed=seed,
        on_progress=keep,
        already=[_JUDGED.validate_python(each) for each in kept],
    )
    await model.close()
    return summary.as_json()
