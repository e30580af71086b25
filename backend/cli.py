"""The command line: `keepsake`, also `python -m backend`."""

import asyncio
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, ParamSpec
from uuid import UUID

import typer
from rich.console import Console

from backend.errors import ConfigurationError, InvalidRequest, KeepsakeError
from backend.monitoring.logs import configure_logging
from backend.settings import Provider, Settings, load_settings

app = typer.Typer(
    help="Keepsake: a chat backend for AI characters that remember.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
benches = typer.Typer(invoke_without_command=True)
app.add_typer(benches, name="bench")
evaluations = typer.Typer(
    help="Measure the quality of memory and of content screening.", no_args_is_help=True
)
app.add_typer(evaluations, name="eval")
console = Console(stderr=True)  # progress and notes
tables = Console()  # results
QUIET = "warning"  # the log of a command that shows its progress
Arguments = ParamSpec("Arguments")


def main() -> None:
    """Run the command line."""
    app()


def one_line_errors(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """End a command that fails with one line and a status of 1, never a traceback."""

    @wraps(command)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KeepsakeError as error:
            _fail(error.message)
        except OSError as error:
            _fail(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return wrapped


def _fail(reason: str) -> None:
    typer.echo(f"keepsake: {' '.join(reason.split())}", err=True)
    raise typer.Exit(1) from None


def _settings(level: str = "info") -> Settings:
    settings = load_settings()
    configure_logging(settings.log_format.value, level)
    return settings


@app.command()
@one_line_errors
def serve(
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer requests.")] = 1,
    worker: Annotated[
        bool, typer.Option(help="Do background work (memory formation) in here, too.")
    ] = True,
) -> None:
    """Serve the API, both sockets and the page."""
    settings = _settings()
    from backend.serving import serve_one  # takes a moment: not needed for --help
    from backend.workers import serve_many

    say = partial(typer.echo, err=True)
    say(f"Keepsake starts (replies: {settings.provider.value}) ...")
    if workers > 1:
        serve_many(settings, workers, with_worker=worker, say=say)
    else:
        serve_one(settings, with_worker=worker, say=say)


@app.command()
@one_line_errors
def worker() -> None:
    """Do background work in a process of its own."""
    settings = _settings()
    from backend.bootstrap.background import until_stopped
    from backend.bootstrap.worker import open_worker

    async def work() -> None:
        async with open_worker(settings) as working:
            await until_stopped(working)

    asyncio.run(work())


@app.command()
@one_line_errors
def migrate() -> None:
    """Bring the database's schema up to date."""
    settings = _settings()
    from backend.adapters.postgres.migrate import migrate as upgrade
    from backend.bootstrap.stores import open_stores

    async def run() -> None:
        async with open_stores(settings) as stores:
            await upgrade(stores.database_url)

    asyncio.run(run())
    typer.echo("The schema is up to date.")


@app.command()
@one_line_errors
def token(
    email: Annotated[
        str | None, typer.Option(help="Whose token; the local user's if left out.")
    ] = None,
) -> None:
    """Print a JWT for a local user."""
    settings = _settings()
    from backend.operations import print_token

    typer.echo(asyncio.run(print_token(settings, email)))


@app.command("create-admin")
@one_line_errors
def create_admin(
    email: Annotated[str, typer.Argument(help="The admin's email address.")],
    password: Annotated[
        str | None,
        typer.Option(
            envvar="KEEPSAKE_ADMIN_PASSWORD",
            help="Others on this machine can read it in the list of processes; better leave it out:"
            " then it is asked for where one is needed.",
        ),
    ] = None,
    from_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account with admin rights, or give them to one that exists."""
    settings = _settings(QUIET)
    from backend.commands.create_admin import create_admin as make

    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    ask = partial(typer.prompt, "Password", hide_input=True, confirmation_prompt=True)
    done = asyncio.run(make(settings, email, password, ask))
    typer.echo(f"{email} is an admin.")
    typer.echo(f"({done})", err=True)


Email = Annotated[str | None, typer.Option(help="Whose; the local user's if left out.")]


@app.command("import-card")
@one_line_errors
def import_card(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="JSON, PNG or CHARX.")
    ],
    email: Email = None,
) -> None:
    """Make private characters from card files, with their pictures. Prints their ids."""
    settings = _settings(QUIET)
    from backend.commands.import_card import import_cards

    asyncio.run(import_cards(settings, files, email, console, typer.echo))


@app.command("export-card")
@one_line_errors
def export_card(
    character: Annotated[str, typer.Argument(help="Its id, or its name.")],
    form: Annotated[str, typer.Option("--format", help="json, png or charx.")] = "png",
    out: Annotated[
        Path | None, typer.Option(help="The file; one of the character's name here if left out.")
    ] = None,
    email: Email = None,
) -> None:
    """Write a character's card into a file. Prints where it is."""
    settings = _settings(QUIET)
    from backend.commands.export_card import write_card

    typer.echo(asyncio.run(write_card(settings, character, form, out, email)))


@app.command("import-chat")
@one_line_errors
def import_chat(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, help="JSON lines of SillyTavern, or JSON as for the API."
        ),
    ],
    character: Annotated[
        str | None, typer.Option(help="With whom, by id or name; whom the file names if left out.")
    ] = None,
    title: Annotated[str, typer.Option(help="Of the conversations.")] = "",
    email: Email = None,
) -> None:
    """Bring talks in from other chat clients, with their own times. Memory is formed from them."""
    settings = _settings(QUIET)
    from backend.commands.import_chat import import_chats

    typer.echo(asyncio.run(import_chats(settings, files, character, title, email, console)))


@app.command()
@one_line_errors
def reindex(
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Go back to the index before the last rebuild.")
    ] = False,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Delete the index kept for going back.")
    ] = False,
) -> None:
    """Rebuild the vector index from Postgres by EMBEDDING_MODEL, beside the one that serves; then
    swap. Chat goes on. Killed half-way, it goes on where it was."""
    settings = _settings()
    from backend.reindex import drop_previous, rebuild_index, return_to_previous

    if rollback and drop_old:
        raise ConfigurationError("--rollback and --drop-old: one or the other.")
    if drop_old:
        typer.echo(asyncio.run(drop_previous(settings)))
        return
    work = return_to_previous if rollback else rebuild_index
    typer.echo(asyncio.run(work(settings, console)))


@app.command("export-user")
@one_line_errors
def export_user(
    user: Annotated[str, typer.Argument(help="The address or id, or `local`.")],
    out: Annotated[Path, typer.Option(help="The archive.", dir_okay=False)],
) -> None:
    """Write all that is held on a user into a zip archive of JSON and of pages to read. Killed half-way,
    the same command goes on where it was."""
    settings = _settings(QUIET)
    from backend.commands.export_user import export_user as export

    with _resumable():
        typer.echo(asyncio.run(export(settings, user, out, console)))


@app.command("erase-user")
@one_line_errors
def erase_user(
    user: Annotated[str | None, typer.Argument(help="The address or id, or `local`.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    receipt: Annotated[
        UUID | None, typer.Option(help="Show the receipt of an earlier erasure instead.")
    ] = None,
) -> None:
    """Erase a user with all that is held on them, for good. Prints a receipt."""
    settings = _settings(QUIET)
    from backend.commands.erase_user import erase_user as erase
    from backend.commands.erase_user import show_receipt

    if receipt:
        typer.echo(asyncio.run(show_receipt(settings, receipt)))
        return
    if user is None:
        raise InvalidRequest("Say whom: the address or id, or `local`.")
    if not yes:
        typer.confirm(f"Erase {user} with all that is held on them, for good?", abort=True)
    typer.echo(asyncio.run(erase(settings, user, console)))


@app.command("rotate-keys")
@one_line_errors
def rotate_keys(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be written anew.")
    ] = False,
    open_all: Annotated[
        bool, typer.Option("--open", help="Open every row, to do without encryption from then on.")
    ] = False,
) -> None:
    """Seal what ENCRYPTION_SCOPE covers under the first of ENCRYPTION_KEYS. Chat goes on. Killed
    half-way, the next call goes on where it was."""
    settings = _settings(QUIET)
    from backend.commands import rotate_keys as rotation

    work = rotation.rotate_keys(settings, console, dry_run=dry_run, open_all=open_all)
    typer.echo(asyncio.run(work))


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
    asyncio.run(run_realtime_bench(console, tables, out, wanted, _typed()))


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
            console, tables, out, _typed(), messages=messages, memories=memories, seconds=seconds
        )
    )


ReportFile = Annotated[
    Path, typer.Option(help="The report as JSON; a page to look at (.html) is put beside it.")
]
Seed = Annotated[int, typer.Option(help="Of everything random: same seed, same numbers.")]
Texts = Annotated[
    bool, typer.Option(help="Keep what the data says in the report, or ids and scores alone.")
]


@contextmanager
def _resumable() -> Iterator[None]:
    """End a run that Ctrl-C cuts off with a word on what to do."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Interrupted; the same command goes on from here.", err=True)
        raise typer.Exit(130) from None


def _typed() -> str:
    """The command as it was given, for a report."""
    return shlex.join(["keepsake", *sys.argv[1:]])


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
    settings = _settings(QUIET)
    if judge and settings.provider is Provider.OFFLINE:
        raise ConfigurationError(
            "--judge needs a language model: set GROQ_API_KEY, or LLM_BASE_URL and LLM_MODEL."
        )
    from bench.quality.run import Run, run_recall
    from bench.quality.table import show_report

    files = [*data, *(more or [])]
    run = Run(_typed(), settings, out, seed, console, texts=texts)
    work = run_recall(run, files, baselines=baselines, ablate=ablate, peer=peer, judge=judge)
    with _resumable():
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
    settings = _settings(QUIET)
    from bench.quality.run import Run, run_scenarios
    from bench.quality.scenarios import FOLDER, read_scenarios, story_files
    from bench.quality.table import show_report

    stories = read_scenarios(folder or FOLDER, split)
    run = Run(_typed(), settings, out, seed, console, texts=texts)
    with _resumable():
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

    report = evaluate(xstest=xstest, command=_typed())
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


@app.command()
@one_line_errors
def doctor() -> None:
    """Check every dependency and say what is wrong and what to do."""
    settings = _settings()
    from backend.doctor import examine

    if not asyncio.run(examine(settings, console)):
        sys.exit(1)
