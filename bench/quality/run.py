"""`keepsake eval`: run, show progress, go on after an interruption, write the report."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backend.bootstrap.language_model import build_model
from backend.settings import Settings
from bench.figures import Figure, stamp
from bench.quality import measures, story_scores
from bench.quality.ablation import VARIANTS
from bench.quality.dataset import MarkedConversation, read_conversations
from bench.quality.evidence import Answered, measure_conversation, part_name
from bench.quality.html_report import render
from bench.quality.judge_run import JudgeItem, run_judge
from bench.quality.judge_summary import Judged
from bench.quality.lab import Lab, open_lab
from bench.quality.operations import calibrated, measure_story
from bench.quality.parts import Part, Parts
from bench.quality.peers import Peer, open_peer
from bench.quality.results import (
    Kind,
    Latency,
    Measure,
    Report,
    new_report,
    write_report,
    write_whole,
)
from bench.quality.scenarios import Story
from bench.quality.table import show_report

RECALLED_FOR_ANSWERS = 10
_ITEMS = TypeAdapter(list[JudgeItem])
_JUDGED = TypeAdapter(Judged)


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation: what it is called, its settings, where its report goes and what it draws
    random numbers from. `out` is the JSON file; the HTML report and the unfinished results lie
    beside it."""

    command: str
    settings: Settings
    out: Path
    seed: int
    console: Console

    @property
    def described(self) -> dict[str, Any]:
        """The settings that change results."""
        chosen = self.settings
        return {
            "embeddingModel": chosen.embedding_model,
            "extractor": chosen.provider.value,
            "memoryModel": chosen.groq_memory_model if chosen.provider == "groq" else None,
            "threshold": chosen.fact_extraction_threshold,
        }

    def parts(self, kind: Kind, data: Any) -> Parts:
        """The results so far, if the same was begun before on the same data and code."""
        path = self.out.with_suffix(".parts.jsonl")
        digest = sha256(repr(data).encode()).hexdigest()
        return Parts(
            path,
            {"kind": kind, "data": digest, "commit": stamp("")["commit"], **self.described},
        )


async def run_recall(
    run: Run,
    paths: Sequence[Path],
    *,
    baselines: bool = True,
    ablate: bool = False,
    peer: str | None = None,
    judge: bool = False,
) -> Report:
    """Measure evidence recall on the conversations of some files; write and show the report."""
    conversations = list(chain.from_iterable(read_conversations(path) for path in paths))
    parts = run.parts("recall", (conversations, baselines, ablate, peer, judge))
    names = [part_name(marked) for marked in conversations]
    waiting = [c for c in conversations if part_name(c) not in parts.done]
    with _progress(run.console) as progress:
        total = sum(len(marked.questions) for marked in conversations)
        left = sum(len(marked.questions) for marked in waiting)
        task = progress.add_task("starting", total=total, completed=total - left)
        async with open_lab(run.settings) as lab, _peer(lab, run, peer) as beside:
            for marked in waiting:
                name = part_name(marked)
                progress.update(task, description=f"{name}: import and formation")
                part, answered = await measure_conversation(
                    lab,
                    marked,
                    baselines=baselines,
                    variants=VARIANTS if ablate else {},
                    peer=beside,
                    on_question=partial(
                        progress.update, task, advance=1, description=f"{name}: questions"
                    ),
                )
                parts.add(_with_judge_items(part, marked, answered) if judge else part)
            extra = _told(conversations)
            if beside:
                extra[beside.name] = beside.settings
            if judge:
                extra["judge"] = await _judge(run, parts, names, progress)
    return _finish(run, "recall", measures.MEASURES, parts, names, extra)


async def run_scenarios(run: Run, stories: Sequence[Story]) -> Report:
    """Measure memory's operations on stories; write and show the report."""
    parts = run.parts("scenarios", stories)
    names = [story.id for story in stories]
    waiting = [story for story in stories if story.id not in parts.done]
    with _progress(run.console) as progress:
        task = progress.add_task(
            "starting", total=len(stories), completed=len(stories) - len(waiting)
        )
        async with open_lab(run.settings) as lab:
            progress.update(task, description="calibrating the matcher")
            matcher, calibration = await calibrated(lab)
            for story in waiting:
                progress.update(task, description=story.id)
                parts.add(await measure_story(lab, story, matcher))
                progress.advance(task)
    return _finish(run, "scenarios", story_scores.MEASURES, parts, names, {"matcher": calibration})


def _finish(
    run: Run,
    kind: Kind,
    measured: Mapping[str, Measure],
    parts: Parts,
    names: Sequence[str],
    extra: Mapping[str, Any],
) -> Report:
    done = parts.in_order(names)
    timings = Figure.of("recall", [ms for part in done for ms in part.recall_ms] or [0.0])
    report = new_report(
        kind,
        run.command,
        seed=run.seed,
        settings=run.described,
        measures=measured,
        units=[unit for part in done for unit in part.units],
        latency={"recall": Latency(timings.count, timings.p50, timings.p95)},
        extra=extra,
    )
    write_report(run.out, report)
    page = run.out.with_suffix(".html")
    write_whole(page, render(report))
    parts.discard()
    show_report(run.console, report)
    run.console.print(f"Written to {run.out} and {page}.")
    return report


def _told(conversations: Sequence[MarkedConversation]) -> dict[str, Any]:
    """What the data itself has to say: questions that can't be measured, repairs."""
    told: dict[str, Any] = {"questions left out": sum(c.left_out for c in conversations)}
    if warnings := [f"{part_name(c)}: {line}" for c in conversations for line in c.warnings]:
        told["data warnings"] = warnings
    return told


def _with_judge_items(part: Part, marked: MarkedConversation, answered: Sequence[Answered]) -> Part:
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
    return Part(
        part.name, part.units, part.recall_ms, {"items": _ITEMS.dump_python(items, mode="json")}
    )


async def _judge(
    run: Run, parts: Parts, names: Sequence[str], progress: Progress
) -> dict[str, Any]:
    """Let the model answer and judge; every verdict is kept at once, since it was paid for."""
    items = [
        item
        for part in parts.in_order(names)
        for item in _ITEMS.validate_python(part.extra["items"])
    ]
    task = progress.add_task("judging", total=None)

    def keep(judged: Judged, done: int, total: int) -> None:
        name = f"judged {judged.role} {judged.item_id}"
        parts.add(Part(name, extra={"judged": _JUDGED.dump_python(judged, mode="json")}))
        progress.update(task, completed=done, total=total)

    kept = [part.extra["judged"] for part in parts.done.values() if "judged" in part.extra]
    # The stronger of the configured models, so not the one that forms memories.
    chosen = run.settings.model_copy(update={"groq_memory_model": run.settings.groq_model})
    model = build_model(chosen)
    summary = await run_judge(
        model,
        items,
        seed=run.seed,
        on_progress=keep,
        already=[_JUDGED.validate_python(each) for each in kept],
    )
    await model.close()
    return summary.as_json()


@asynccontextmanager
async def _peer(lab: Lab, run: Run, name: str | None) -> AsyncIterator[Peer | None]:
    if name is None:
        yield None
        return
    peer = open_peer(name, lab.core.memory.encoder, run.settings)
    try:
        yield peer
    finally:
        await peer.close()


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        yield progress
