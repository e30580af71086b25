"""`keepsake reindex`: asks for a new index, builds it or has the running server do it, and shows how far
it is."""

import asyncio
from contextlib import AsyncExitStack

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from backend.bootstrap.core import Core, open_core
from backend.bootstrap.stores import reach_store
from backend.errors import ConfigurationError, Conflict, DataDirInUse, IndexUnavailable
from backend.memory.index_wishes import ask_for_rebuild, ask_for_return, ask_to_drop_previous
from backend.memory.reindexing import BUILDER, build
from backend.models import IndexCollection
from backend.settings import Settings
from backend.store import Store

LOOK_SECONDS = 0.3
# How long nobody may be at work before we say so.
UNATTENDED_SECONDS = 10.0


async def rebuild_index(settings: Settings, console: Console) -> str:
    """Build a new index by EMBEDDING_MODEL beside the one that serves, and swap. Says what came of it.

    Killed half-way, the next call, or the next start of an embedded Keepsake, goes on.

    Raises:
        KeepsakeError: it can't be built; the old index goes on serving.
    """
    async with AsyncExitStack() as stack:
        store, core = await _reach(settings, stack)
        building = await ask_for_rebuild(store, settings.embedding_model)
        return await _see_through(store, core, building, console)


async def return_to_previous(settings: Settings, console: Console) -> str:
    """Go back to the index before, or give up a build that is under way. Says what came of it.

    Raises:
        Conflict: there is nothing to go back to.
        ConfigurationError: the index before was built with another model than is configured.
    """
    async with AsyncExitStack() as stack:
        store, core = await _reach(settings, stack)
        building = await ask_for_return(store, settings.embedding_model)
        if building is None:
            await _tidy(core)
            return "The rebuild is given up; the index that served goes on."
        return await _see_through(store, core, building, console)


async def drop_previous(settings: Settings) -> str:
    """Delete the index before. Says what came of it.

    Raises:
        Conflict: there is none.
    """
    async with AsyncExitStack() as stack:
        store, core = await _reach(settings, stack)
        await ask_to_drop_previous(store)
        await _tidy(core)
        return "The earlier index is deleted."


async def _reach(settings: Settings, stack: AsyncExitStack) -> tuple[Store, Core | None]:
    """The store, and all the rest unless a running Keepsake has the embedded index to itself."""
    try:
        core = await stack.enter_async_context(open_core(settings))
    except DataDirInUse:
        store, _stores = await stack.enter_async_context(reach_store(settings))
        return store, None
    return core.store, core


async def _tidy(core: Core | None) -> None:
    """A running server sees by itself what is to be deleted."""
    if core:
        await core.collections.refresh()


async def _see_through(
    store: Store, core: Core | None, building: IndexCollection, console: Console
) -> str:
    work = asyncio.create_task(_build(core) if core else _expect_builder(store))
    try:
        built = await _show_progress(store, building, work, console)
        if core:
            await work  # something is left to do once it serves
    finally:
        work.cancel()
        await asyncio.wait([work])
    await _tidy(core)
    return f"{built.done} memories are indexed by {built.model}."


async def _build(core: Core) -> None:
    """Build, or wait while another process does."""
    while True:
        if await build(core.memory, core.collections):
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _expect_builder(store: Store) -> None:
    """The running server should be at it.

    Raises:
        ConfigurationError: it isn't.
    """
    idle = 0.0
    while idle < UNATTENDED_SECONDS:
        async with store.only_one(BUILDER) as nobody_is_at_it:
            pass
        idle = idle + 1 if nobody_is_at_it else 0.0
        await asyncio.sleep(1)
    raise ConfigurationError(
        "The running Keepsake doesn't take the rebuild up: it was started with --no-worker, or is an"
        " older version. Restart it; it goes on by itself."
    )


async def _show_progress(
    store: Store, building: IndexCollection, work: "asyncio.Task[None]", console: Console
) -> IndexCollection:
    """Show the build until it serves; returns it."""
    columns = [
        TextColumn("Indexing memories"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", completed=building.done, total=building.total)
        while True:
            row = await _look(store, building)
            progress.update(bar, completed=row.done, total=max(row.total, row.done))
            if row.role != "building":
                return row
            if row.problem:
                raise IndexUnavailable(f"The index can't be rebuilt now: {row.problem}")
            if work.done():
                work.result()
            await asyncio.sleep(LOOK_SECONDS)


async def _look(store: Store, building: IndexCollection) -> IndexCollection:
    async with store.transaction() as tx:
        rows = await tx.collections.all()
    row = next((row for row in rows if row.id == building.id), None)
    if row is None or row.role == "dropped":
        raise Conflict("The rebuild was given up by another command or start.")
    return row


class _Rate(TextColumn):
    """Memories a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        """Empty until there is something to reckon from."""
        return Text(f"{task.speed:.0f}/s" if task.speed else "")
