"""`keepsake export-user`: writes all that is held on a user into a zip archive."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backend.bootstrap.stores import reach_store
from backend.commands.account import user_called
from backend.privacy.lots import Source
from backend.privacy.making import Note
from backend.privacy.part_file import open_part_file
from backend.settings import Settings

SHOWN = ("messages", "memories")  # what there is most of


async def export_user(settings: Settings, called: str, out: Path, console: Console) -> str:
    """Write the archive of the user with this address or id, or of the `local` one, into `out`. Killed
    half-way, the same command goes on where it was, for an hour. Says what was written.

    Raises:
        NotFound: there is no such user.
        FileExistsError: there is such a file.
    """
    async with reach_store(settings) as (store, _stores):
        user_id = await user_called(store, called)
        part = open_part_file(out, Source(store, user_id))
        async with store.transaction() as tx:
            counts = await tx.holdings.counts(user_id)
            await tx.audit.record("cli.export_user", target=("user", user_id))
        columns = (
            TextColumn("Exporting messages and memories"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=sum(counts[theme] for theme in SHOWN))
            async for note in part.write():
                progress.advance(bar, _shown(note))
    files = sum(len(note.entries) for note in part.notes)
    return f"{out}: {files} files, {part.notes[-1].end:,} bytes."


def _shown(note: Note) -> int:
    """How many of the records in a piece the bar counts."""
    return sum(
        entry.records or 0
        for entry in note.entries
        if entry.path.startswith(tuple(f"data/{theme}/" for theme in SHOWN))
    )
