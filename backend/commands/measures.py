"""The commands that measure: `keepsake bench …` for speed, `keepsake eval …` for quality."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from backend.commands.terminal import (
    QUIET,
    console,
    one_line_errors,
    resumable,
    settings_for,
    tables,
    typed,
)
from backend.errors import ConfigurationError
from backend.monitoring.logs import configure_logging
from backend.settings import Provider

benches = typer.Typer(invoke_without_command=True)
evaluations = typer.Typer(
    help="Measure the quality of memory and of content screening.", no_args_is_help=True
)


@benches.callback()
@one_line_errors
def bench(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="Write the figures as JSON to this file.")
    ] = Path("data/bench.json"),
    turns: Annotated[int, typer.Option(min=0, help="How many turns to time; 0 for none.")] = 100,
    memories: Annotated[
        list[int],
        typer.Option(
            min=0, help="Time recall with this many memories in all; may be given several times."
        ),
    ] = [10_000],  # noqa: B006 - Typer copies it
) -> None:
    """Measure a turn and recall on this machine; prints a table."""
    if context.invoked_subcommand:
        return
    from bench.run import run_bench

    sizes = [size for size in memories if size]
    asyncio.run(run_bench(console, out, turns=turns, memories=sizes))


@benches.command("realtime")
@one_line_errors
def bench_realtime(
    out: Annotated[
        Path | None, typer.Option(help="Write the figures as JSON to this file.")
    ] = Path("data/bench-realtime.json"),
    connections: Annotated[
        list[int],
        typer.Option(min=20, help="How many to open; may be given several times."),
    ] = [1000, 5000],  # noqa: B006 - Typer copies it
    rate: Annotated[
        list[float],
        typer.Option(min=0.1, help="Turns a second, with the fewest connections open."),
    ] = [50, 100],  # noqa: B006
    seconds: Annotated[float, typer.Option(min=1, help="How long for each rate.")] = 20,
    transport: Annotated[
        list[str] | None, typer.Option(help="websocket or socket.io; both if left out.")
    ] = None,
) -> None:
    """Measure connections, fan-out, resume and turns under load on both transports, beside bare
    servers of the same libraries; prints a table. Takes a quarter of an hour."""
    from bench.realtime.run import Wanted, run_realtime_bench

    configure_logging("console", QUIET)
    wanted = Wanted(
        transport or ["websocket", "socket.io"], sorted(connections), sorted(rate), seconds
    )
    asyncio.run(run_realtime_bench(console, tables, out, wanted, typed()))


@benches.command("endpoints")
@one_line_errors
def bench_endpoints(
    out: Annotated[
        Path | None, typer.Option(help="Write the figures as JSON to this file.")
    ] = Path("data/bench-endpoints.json"),
    messages: Annotated[int, typer.Option(min=500, help="In the database.")] = 100_000,
    memories: Annotated[int, typer.Option(min=1, help="In the database.")] = 50_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long for each endpoint.")] = 4,
) -> None:
    """Measure the ten commonest endpoints on a full database: requests a second, milliseconds, and
    queries; prints a table. Takes two minutes."""
    from bench.endpoints.run import run_endpoint_bench

    configure_logging("console", QUIET)
    asyncio.run(
        run_endpoint_bench(
            console, tables, out, typed(), messages=messages, memories=memories, seconds=seconds
        )
    )


ReportFile = Annotated[
    Path, typer.Option(help="The report as JSON; a page to look at (.html) is put beside it.")
]
Seed = Annotated[int, typer.Option(help="Of everything random: same seed, same numbers.")]
Texts = Annotated[
    bool, typer.Option(help="Keep what the data says in the report, or ids and scores alone.")
]


@evaluations.command("recall")
@one_line_errors
def evaluate_recall(
    data: Annotated[
        list[Path],
        typer.Option(
            exists=True,
            help="Conversations; may be given several times. Plain JSON"
            " lines, or LoCoMo, REALTALK or BEAM in their own layouts.",
        ),
    ],
    more: Annotated[list[Path] | None, typer.Argument(exists=True, help="Further files.")] = None,
    out: ReportFile = Path("data/eval/recall.json"),
    baselines: Annotated[bool, typer.Option(help="Measure plain retrieval beside it.")] = True,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Measure recall with each of its parts left out.")
    ] = False,
    peer: Annotated[str | None, typer.Option(help="Another memory system: mem0.")] = None,
    judge: Annotated[bool, typer.Option("--judge", help="Have a model answer and judge.")] = False,
    texts: Texts = True,
    seed: Seed = 0,
) -> None:
    """Measure how much of the evidence for a question recall brings back; no model judges unless
    asked to. A run that was cut off goes on where it was."""
    settings = settings_for(QUIET)
    if judge and settings.provider is Provider.OFFLINE:
        raise ConfigurationError(
            "--judge needs a language model: set GROQ_API_KEY, or LLM_BASE_URL and LLM_MODEL."
        )
    from bench.quality.run import Run, run_recall
    from bench.quality.table import show_report

    files = [*data, *(more or [])]
    run = Run(typed(), settings, out, seed, console, texts=texts)
    work = run_recall(run, files, baselines=baselines, ablate=ablate, peer=peer, judge=judge)
    with resumable():
        show_report(tables, asyncio.run(work))


@evaluations.command("scenarios")
@one_line_errors
def evaluate_scenarios(
    split: Annotated[str, typer.Option(help="dev, test or all; tuning looks at dev only.")] = "dev",
    folder: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Stories of your own.")
    ] = None,
    out: ReportFile = Path("data/eval/scenarios.json"),
    texts: Texts = True,
    seed: Seed = 0,
) -> None:
    """Play short stories with gold labels: what is extracted, updated, confused, forgotten. A run
    that was cut off goes on where it was."""
    settings = settings_for(QUIET)
    from bench.quality.run import Run, run_scenarios
    from bench.quality.scenarios import FOLDER, read_scenarios, story_files
    from bench.quality.table import show_report

    stories = read_scenarios(folder or FOLDER, split)
    run = Run(typed(), settings, out, seed, console, texts=texts)
    with resumable():
        report = asyncio.run(run_scenarios(run, stories, story_files(folder or FOLDER)))
        show_report(tables, report)


@evaluations.command("safety")
@one_line_errors
def evaluate_safety(
    xstest: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="XSTest's prompts, for over-blocking."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the figures as JSON to this file.")
    ] = None,
) -> None:
    """Measure the local content classifier on our labelled messages."""
    from bench.safety.evaluation import evaluate, write_report
    from bench.safety.table import show

    report = evaluate(xstest=xstest, command=typed())
    if out:
        write_report(report, out)
    show(tables, report)


@evaluations.command("compare")
@one_line_errors
def compare_evaluations(
    before: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    after: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    units: Annotated[
        bool, typer.Option("--units", help="Name the questions or stories that changed most.")
    ] = False,
) -> None:
    """Show how two reports differ, and whether by more than chance would."""
    from bench.quality.comparing import compare, show_comparison
    from bench.quality.results import read_report

    show_comparison(tables, compare(read_report(before), read_report(after)), units=units)
