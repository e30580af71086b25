"""`keepsake rotate-keys`: brings what is stored under the first key of ENCRYPTION_KEYS."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from backend.bootstrap.stores import reach_store
from backend.errors import ConfigurationError, StoreUnavailable
from backend.safety.encryption import MAKE_A_KEY, Scope
from backend.settings import Settings
from backend.store import Store, Unsettled

BATCH = 500  # rows of one transaction: a fraction of a second
PAUSE_SECONDS = 0.5  # before what is locked is looked at again
LONGEST_WAIT_SECONDS = 30.0


async def rotate_keys(
    settings: Settings, console: Console, *, dry_run: bool = False, open_all: bool = False
) -> str:
    """Seal every row that ENCRYPTION_SCOPE covers under the first key, and open every other; with
    `open_all`, open every row. Says what came of it.

    Safe beside a running server and beside another of its kind, which shares the work. Each batch is
    kept: killed half-way, the next call goes on.

    Raises:
        ConfigurationError: there are no keys, one that rows are sealed under is missing, or the first
            was never used by a server or worker.
    """
    if settings.keyring is None:
        raise ConfigurationError(
            "ENCRYPTION_KEYS: not set, so there is nothing to seal with."
            f" Example: ENCRYPTION_KEYS=2026:<output of: {MAKE_A_KEY}>"
        )
    scope = Scope.NONE if open_all else Scope(settings.encryption_scope)
    async with reach_store(settings, scope=scope) as (store, _stores):
        await _require_begun(store, settings.keyring.first)
        waiting = await unsettled(store)
        if dry_run:
            console.print(_table(waiting))
            return f"{sum(each.rows for each in waiting)} rows would be written anew."
        with _progress(console) as progress:
            bar = progress.add_task("", total=sum(each.rows for each in waiting))
            async for rows in settle(store):
                progress.advance(bar, rows)
            done = int(progress.tasks[bar].completed)
        async with store.transaction() as tx:
            await tx.audit.record("cli.rotate_keys", rows=done)
        return f"{done} rows are written anew. {await _advice(store, open_all)}"


async def unsettled(store: Store) -> Sequence[Unsettled]:
    """What isn't stored as the settings say, by table."""
    async with store.transaction() as tx:
        return await tx.resealing.unsettled()


async def settle(store: Store, *, batch: int = BATCH) -> AsyncIterator[int]:
    """Bring every row to what it is to be, batch by batch; gives how many were. What somebody was
    changing is come back to.

    Raises:
        StoreUnavailable: somebody holds rows for long; what was done is kept.
    """
    waited = 0.0
    while waiting := [each.table for each in await unsettled(store) if each.rows]:
        done = 0
        for table in waiting:
            async for rows in _walk(store, table, batch):
                done += rows
                yield rows
        waited = 0.0 if done else waited + PAUSE_SECONDS
        if waited > LONGEST_WAIT_SECONDS:
            raise StoreUnavailable(
                f"Rows of {', '.join(waiting)} are being changed all the time. Run it again."
            )
        if not done:
            await asyncio.sleep(PAUSE_SECONDS)


async def _walk(store: Store, table: str, batch: int) -> AsyncIterator[int]:
    place: Any = None
    while True:
        async with store.transaction() as tx:
            rows, place = await tx.resealing.settle(table, place, limit=batch)
        yield rows
        if place is None:
            return


async def _require_begun(store: Store, name: str) -> None:
    """Else a running server couldn't read what is sealed here."""
    async with store.transaction() as tx:
        first = await tx.resealing.first_key()
    if first != name:
        raise ConfigurationError(
            f"ENCRYPTION_KEYS: no Keepsake was started with the key {name} in the first place yet."
            " Restart every process with it, then run this again."
        )


async def _advice(store: Store, open_all: bool) -> str:
    """What can be done now."""
    if open_all:
        return "Nothing is sealed: take ENCRYPTION_KEYS out before the next start."
    async with store.transaction() as tx:
        unused = await tx.resealing.unused_keys()
    if not unused:
        return "Every sealed row is under the first key."
    return (
        f"Nothing is sealed under {', '.join(unused)} any more: once every process has"
        " been restarted with the first key, take it out of ENCRYPTION_KEYS. Keep it as long as you"
        " keep backups made with it."
    )


def _progress(console: Console) -> Progress:
    columns = [
        TextColumn("Writing anew"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    ]
    return Progress(*columns, console=console)


def _table(waiting: Sequence[Unsettled]) -> Table:
    table = Table("table", "to seal", "under another key", "to open")
    for each in waiting:
        table.add_row(each.table, str(each.to_seal), str(each.to_reseal), str(each.to_open))
    return table
