"""Where the data lives: running servers, embedded ones started where the settings name none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from backend.adapters.embedded.data_dir import DataDir
from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.embedded.valkey import EmbeddedValkey
from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.migrate import migrate
from backend.adapters.postgres.store import PostgresStore
from backend.errors import DataDirInUse
from backend.safety.encryption import Scope
from backend.settings import Settings
from backend.store import Store


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the data lives: URLs of running servers, and the lock on DATA_DIR if any is ours."""

    database_url: str
    redis_url: str
    data_dir: DataDir | None


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncIterator[Stores]:
    """Start the embedded servers that the settings leave unset, and stop them at the end.

    Raises:
        ConfigurationError: DATA_DIR can't be used, or another Keepsake uses it.
        StoreUnavailable, ServiceUnavailable: a server doesn't start.
    """
    async with AsyncExitStack() as stack:
        data_dir = None
        if not (settings.database_url and settings.redis_url and settings.qdrant_url):
            data_dir = stack.enter_context(DataDir(settings.data_dir))
        starting: dict[str, Awaitable[str]] = {}
        if not settings.database_url:
            postgres = EmbeddedPostgres(settings.data_dir / "postgres")
            stack.push_async_callback(postgres.stop)
            starting["database"] = postgres.start()
        if not settings.redis_url:
            valkey = EmbeddedValkey(settings.data_dir / "valkey")
            stack.push_async_callback(valkey.stop)
            starting["redis"] = valkey.start()
        urls = dict(zip(starting, await asyncio.gather(*starting.values()), strict=True))
        yield Stores(
            settings.database_url or urls["database"],
            settings.redis_url or urls["redis"],
            data_dir,
        )


@asynccontextmanager
async def reach_store(
    settings: Settings, *, scope: Scope | None = None
) -> AsyncIterator[tuple[Store, Stores]]:
    """The store alone, for a command: through a running Keepsake's servers if there is one. `scope`
    says what is sealed, where that isn't what ENCRYPTION_SCOPE says."""
    async with AsyncExitStack() as stack:
        alone = settings.embedded_database
        try:
            stores = await stack.enter_async_context(open_stores(settings))
        except DataDirInUse:
            alone = False
            stores = Stores(
                settings.database_url or EmbeddedPostgres(settings.data_dir / "postgres").url,
                settings.redis_url or EmbeddedValkey(settings.data_dir / "valkey").url,
                DataDir(settings.data_dir),
            )
        else:
            if settings.embedded_database:
                await migrate(stores.database_url)
        store = PostgresStore(
            stores.database_url,
            JobQueue(stores.database_url),
            settings.keyring,
            scope or Scope(settings.encryption_scope),
        )
        stack.push_async_callback(store.close)
        await store.check()
        await store.unlock(may_begin=alone)
        yield store, stores
