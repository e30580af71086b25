"""`keepsake erase-user`: erases a user, or has the running server do it, and shows the receipt."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID

from rich.console import Console

from backend.adapters.redis.event_bus import RedisEventBus
from backend.bootstrap.core import Core, open_core
from backend.bootstrap.stores import Stores, reach_store
from backend.bootstrap.tokens import tokens_of
from backend.commands.account import user_called
from backend.errors import ConfigurationError, DataDirInUse, NotFound
from backend.gateway.control import AccountGone, announce
from backend.models import Erasure
from backend.ports import EventBus
from backend.privacy.erasing import begin_erasure, erase
from backend.settings import Settings
from backend.store import Store

LOOK_SECONDS = 0.3
PATIENCE_SECONDS = 60.0  # for jobs under way
# How long a running server may take to begin.
UNATTENDED_SECONDS = 20.0


async def erase_user(settings: Settings, called: str, console: Console) -> str:
    """Erase the user with this address or id, or the `local` one. Says what the receipt says.

    Raises:
        NotFound: there is no such user.
        ConfigurationError: the running server doesn't do it.
    """
    async with AsyncExitStack() as stack:
        store, stores, bus, core = await _reach(settings, stack)
        user_id = await user_called(store, called)
        mark = tokens_of(settings, stores).mark(user_id)
        with console.status("Erasing ..."):
            erasure = await begin_erasure(store, user_id, mark)
            async with store.transaction() as tx:
                await tx.audit.record("cli.erase_user", target=("erasure", erasure.id))
            await announce(bus.publish, AccountGone(user_id=user_id))
            if core:
                erasure = await erase(core.memory, erasure.id, patience=PATIENCE_SECONDS)
            else:
                erasure = await _expect(store, erasure.id)
    return _told(erasure)


async def show_receipt(settings: Settings, erasure_id: UUID) -> str:
    """What the receipt of an erasure says.

    Raises:
        NotFound: there is none.
    """
    async with reach_store(settings) as (store, _stores), store.transaction() as tx:
        erasure = await tx.erasures.get(erasure_id)
    if erasure is None:
        raise NotFound("There is no such receipt.")
    return _told(erasure)


async def _reach(
    settings: Settings, stack: AsyncExitStack
) -> tuple[Store, Stores, EventBus, Core | None]:
    """All that is needed, unless a running Keepsake has the embedded index to itself."""
    try:
        core = await stack.enter_async_context(open_core(settings))
    except DataDirInUse:
        store, stores = await stack.enter_async_context(reach_store(settings))
        bus = RedisEventBus(stores.redis_url)
        stack.push_async_callback(bus.close)
        return store, stores, bus, None
    return core.store, core.stores, core.bus, core


async def _expect(store: Store, erasure_id: UUID) -> Erasure:
    """Wait for the running server to erase."""
    waited = 0.0
    while True:
        async with store.transaction() as tx:
            erasure = await tx.erasures.get(erasure_id)
        assert erasure is not None, "it is never deleted"
        if erasure.finished_at or waited > PATIENCE_SECONDS:
            return erasure
        if erasure.remaining is None and waited > UNATTENDED_SECONDS:
            raise ConfigurationError(
                "The account counts as gone, but the running Keepsake doesn't erase it: it was started"
                " with --no-worker, or is an older version. Restart it; it goes on by itself."
            )
        waited += LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)


def _told(erasure: Erasure) -> str:
    rows = sum(erasure.deleted.get("rows", {}).values())
    vectors, keys = (erasure.deleted.get(name, 0) for name in ("vectors", "cacheKeys"))
    deleted = f"{rows} rows, {vectors} vectors and {keys} cache keys are deleted"
    if erasure.finished_at:
        left = "nothing is left"
    else:
        left = f"still there: {_left(erasure)}; the background work goes on"
    return f"Receipt {erasure.id}: {deleted}; {left}."


def _left(erasure: Erasure) -> str:
    found = erasure.remaining or {}
    named = {name: "unknown" if count is None else str(count) for name, count in found.items()}
    return (
        ", ".join(f"{name} {count}" for name, count in named.items() if count != "0") or "unknown"
    )
