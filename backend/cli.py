"""The command line: `keepsake`, also `python -m backend`."""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from backend.commands.measures import benches, evaluations
from backend.commands.terminal import QUIET, console, one_line_errors, resumable, settings_for
from backend.errors import ConfigurationError, InvalidRequest

app = typer.Typer(
    help="Keepsake: a chat backend for AI characters that remember.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(benches, name="bench")
app.add_typer(evaluations, name="eval")


def main() -> None:
    """Run the command line."""
    app()


@app.command()
@one_line_errors
def serve(
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer requests.")] = 1,
    worker: Annotated[
        bool, typer.Option(help="Do background work (memory formation) in here, too.")
    ] = True,
) -> None:
    """Serve the API, both sockets and the page."""
    settings = settings_for()
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
    settings = settings_for()
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
    settings = settings_for()
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
    settings = settings_for()
    from backend.commands.token import access_token

    typer.echo(asyncio.run(access_token(settings, email)))


PasswordFromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


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
    from_stdin: PasswordFromStdin = False,
) -> None:
    """Make an account with admin rights, or give them to one that exists."""
    settings = settings_for(QUIET)
    from backend.commands.create_admin import create_admin as make

    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    ask = partial(typer.prompt, "Password", hide_input=True, confirmation_prompt=True)
    done = asyncio.run(make(settings, email, password, ask))
    typer.echo(f"{email} is an admin.")
    typer.echo(f"({done})", err=True)


@app.command("set-password")
@one_line_errors
def set_password(
    email: Annotated[str, typer.Argument(help="The account's email address.")],
    from_stdin: PasswordFromStdin = False,
) -> None:
    """Give an account a new password, for somebody who has forgotten theirs. Signs it out everywhere."""
    settings = settings_for(QUIET)
    from backend.commands.set_password import set_password as set_it

    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    asyncio.run(set_it(settings, email, password))
    typer.echo(f"{email} has a new password, and is signed out everywhere.")


Email = Annotated[str | None, typer.Option(help="Whose; the local user's if left out.")]


@app.command("import-card")
@one_line_errors
def import_card(
    files: Annotated[list[Path], typer.Argument(help="JSON, PNG or CHARX.")],
    email: Email = None,
) -> None:
    """Make private characters from card files, with their pictures. Prints their ids."""
    settings = settings_for(QUIET)
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
    settings = settings_for(QUIET)
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
    settings = settings_for(QUIET)
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
    settings = settings_for()
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
    settings = settings_for(QUIET)
    from backend.commands.export_user import export_user as export

    with resumable():
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
    settings = settings_for(QUIET)
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
    settings = settings_for(QUIET)
    from backend.commands import rotate_keys as rotation

    work = rotation.rotate_keys(settings, console, dry_run=dry_run, open_all=open_all)
    typer.echo(asyncio.run(work))


@app.command()
@one_line_errors
def doctor() -> None:
    """Check every dependency and say what is wrong and what to do."""
    settings = settings_for()
    from backend.doctor import examine

    if not asyncio.run(examine(settings, console)):
        sys.exit(1)
