"""`keepsake eval`: run, show progress, go on after an interruption, write the report."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backend.errors import InvalidRequest
from backend.settings import Provider, Settings
from bench.figures import Figure, changes, commit
from bench.quality import measures, story_scores
from bench.quality.ablation import VARIANTS
from bench.quality.converters import files_of
from bench.quality.data_digest import Data, data_digest
from bench.quality.dataset import MarkedConversation, read_data
from bench.quality.evidence import measure_conversation
from bench.quality.html_report import render
from bench.quality.judge_summary import Judged
from bench.quality.judged import judge_parts, with_judge_items
from bench.quality.lab import Lab, open_lab
from bench.quality.operations import calibrated, measure_story
from bench.quality.out_files import OutFiles
from bench.quality.parts import Parts
from bench.quality.peers import Peer, check_peer, open_peer
from bench.quality.results import (
    DATA_WARNINGS,
    Kind,
    Latency,
    Measure,
    Report,
    new_report,
    without_texts,
    write_report,
    write_whole,
)
from bench.quality.scenarios import Story


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation: the command that started it, its settings, where its report goes and what it
    draws random numbers from. `out` is the JSON file; the page and the unfinished results lie
    beside it. `console` shows progress and notes. Without `texts` the report holds ids and scores
    alone, so that it can be shown where the data can't."""

    command: str
    settings: Settings
    out: Path
    seed: int
    console: Console
    texts: bool = True

    @property
    def files(self) -> OutFiles:
        """Where it writes."""
        return OutFiles(self.out)

    @property
    def described(self) -> dict[str, Any]:
        """The settings that change results."""
        chosen = self.settings
        models = {Provider.GROQ: chosen.groq_memory_model, Provider.OPENAI: chosen.llm_model}
        return {
            "embeddingModel": chosen.embedding_model,
            "extractor": chosen.provider.value,
            "memoryModel": models.get(chosen.provider),
            "threshold": chosen.fact_extraction_threshold,
        }

    def parts(self, kind: Kind, data: Data, *options: object) -> Parts:
        """The results so far, if the same was begun before on the same data and code."""
        return Parts(
            self.files.parts,
            {
                "kind": kind,
                "data": data_digest(data),
                "options": options,
                "code": [commit(), changes()],
                **self.described,
            },
        )

    def say_where(self, done: int, total: int) -> None:
        """Tell that an earlier run's results are taken over, if any are."""
        if done:
            self.console.print(f"Going on: {done} of {total} done.")


async def run_recall(
    run: Run,
    paths: Sequence[Path],
    *,
    baselines: bool = True,
    ablate: bool = False,
    peer: str | None = None,
    judge: bool = False,
) -> Report:
    """Measure evidence recall on the conversations of some files and write the report.

    Raises:
        InvalidRequest: the files, `run.out` or the options are no good; before anything starts.
    """
    if peer is not None:
        check_peer(peer)
    conversations = read_data(paths)
    if judge:
        _check_answers(conversations)
    run.files.prepare(chain.from_iterable(map(files_of, paths)))
    judge_model = run.settings.groq_model if judge else None
    parts = run.parts("recall", conversations, baselines, ablate, peer, judge_model)
    names = [marked.name for marked in conversations]
    waiting = [marked for marked in conversations if marked.name not in parts.done]
    run.say_where(len(names) - len(waiting), len(names))
    with _progress(run.console) as progress:
        total = sum(len(marked.questions) for marked in conversations)
        left = sum(len(marked.questions) for marked in waiting)
        task = progress.add_task("starting", total=total, completed=total - left)
        async with open_lab(run.settings) as lab, _peer(lab, run, peer) as beside:
            for marked in waiting:
                progress.update(task, description=f"{marked.name}: import and formation")
                part, answered = await measure_conversation(
                    lab,
                    marked,
                    baselines=baselines,
                    variants=VARIANTS if ablate else {},
                    peer=beside,
                    on_question=partial(
                        progress.update, task, advance=1, description=f"{marked.name}: questions"
                    ),
                )
                parts.add(with_judge_items(part, marked, answered) if judge else part)
            extra = _told(paths, conversations)
            if beside:
                extra[beside.name] = beside.settings
            if judge:
                extra["judge"] = await _judge(run, parts, names, progress)
    return _finish(run, "recall", measures.MEASURES, parts, names, extra)


async def run_scenarios(run: Run, stories: Sequence[Story], files: Sequence[Path] = ()) -> Report:
    """Measure memory's operations on stories, which were read from `files`; write the report.

    Raises:
        InvalidRequest: `run.out` is no good; before anything starts.
    """
    run.files.prepare(files)
    parts = run.parts("scenarios", stories)
    names = [story.id for story in stories]
    waiting = [story for story in stories if story.id not in parts.done]
    done = len(names) - len(waiting)
    run.say_where(done, len(names))
    with _progress(run.console) as progress:
        task = progress.add_task("starting", total=len(stories), completed=done)
        async with open_lab(run.settings) as lab:
            progress.update(task, description="calibrating the matcher")
            matcher, calibration = await calibrated(lab)
            for story in waiting:
                progress.update(task, description=story.id)
                parts.add(await measure_story(lab, story, matcher))
                progress.advance(task)
    extra = {"matcher": calibration, "data": _source(files, stories)}
    return _finish(run, "scenarios", story_scores.MEASURES, parts, names, extra)


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
    if not run.texts:
        report = without_texts(report)
    write_report(run.out, report)
    write_whole(run.files.page, render(report))
    parts.discard()
    run.console.print(f"Written to {run.out} and {run.files.page}.")
    return report


def _source(files: Sequence[Path], data: Data) -> dict[str, Any]:
    """For a report: which files were read, and a hash of what was in them."""
    return {"files": [file.name for file in files], "sha256": data_digest(data)}


def _told(paths: Sequence[Path], conversations: Sequence[MarkedConversation]) -> dict[str, Any]:
    """What the data itself has to say: questions that can't be measured, repairs."""
    told: dict[str, Any] = {
        "data": _source(paths, conversations),
        "questions left out": sum(c.left_out for c in conversations),
    }
    if warnings := [f"{c.name}: {line}" for c in conversations for line in c.warnings]:
        told[DATA_WARNINGS] = warnings
    return told


def _check_answers(conversations: Sequence[MarkedConversation]) -> None:
    if not any(question.answer for marked in conversations for question in marked.questions):
        raise InvalidRequest(
            "--judge compares answers, and no question of the data has an `answer`."
        )


async def _judge(
    run: Run, parts: Parts, names: Sequence[str], progress: Progress
) -> Mapping[str, Any]:
    task = progress.add_task("judging", total=None)

    def show(_: Judged, done: int, total: int) -> None:
        progress.update(task, completed=done, total=total)

    return await judge_parts(run.settings, parts, names, run.seed, show)


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
