"""What the API process and the worker process have in common, opened in the order of need.

The encoder takes seconds to load, so it loads behind the open port and /readyz waits for it.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog

from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.migrate import migrate
from backend.adapters.postgres.store import PostgresStore
from backend.adapters.qdrant.edge_collections import EdgeIndexes
from backend.adapters.qdrant.keyword import Bm25KeywordEncoder
from backend.adapters.redis.cache_keys import RedisCacheKeys
from backend.adapters.redis.connection import command_client
from backend.adapters.redis.event_bus import RedisEventBus
from backend.bootstrap.background import run_behind
from backend.bootstrap.language_model import build_extractor, build_model
from backend.bootstrap.stores import Stores, open_stores
from backend.errors import EncoderUnavailable, IndexUnavailable
from backend.gateway.services import Check
from backend.memory.collections import LiveCollections
from backend.memory.encoders import Encoders, load
from backend.memory.resources import MemoryResources
from backend.models import Owner
from backend.ports import EventBus, Extractor, LanguageModel, VectorIndexes
from backend.safety.encryption import Scope
from backend.settings import Settings
from embeddings.base import Encoder, EncoderError, Reranker
from embeddings.registry import build_encoder, build_reranker

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Core:
    """What the API process and the worker process have in common."""

    stores: Stores
    jobs: JobQueue
    store: PostgresStore
    memory: MemoryResources
    collections: LiveCollections
    bus: EventBus
    model: LanguageModel
    extractor: Extractor


@asynccontextmanager
async def open_core(settings: Settings) -> AsyncIterator[Core]:
    """Everything but the gateway, opened; the encoder loads in the background."""
    async with AsyncExitStack() as stack:
        # First, so that it loads while the servers start.
        encoders = Encoders(build_encoder)
        stack.push_async_callback(encoders.close)
        own = encoders.of(settings.embedding_model)
        run_behind(stack, {"encoder": _load_quietly(own)})
        stores = await stack.enter_async_context(open_stores(settings))
        if settings.embedded_database:
            await migrate(stores.database_url)
        jobs = JobQueue(stores.database_url)
        store = PostgresStore(
            stores.database_url, jobs, settings.keyring, Scope(settings.encryption_scope)
        )
        stack.push_async_callback(store.close)
        await store.check()
        await store.unlock()
        await jobs.open()
        stack.push_async_callback(jobs.close)
        redis = command_client(stores.redis_url)
        stack.push_async_callback(redis.aclose)
        indexes = _build_indexes(settings)
        stack.push_async_callback(indexes.close)
        collections = LiveCollections(store, indexes, encoders, settings.embedding_model)
        await collections.open()
        memory = MemoryResources(
            store,
            collections.index,
            collections.encoder,
            Bm25KeywordEncoder(),
            RedisCacheKeys(redis),
            collections.serving,
            reranker=_open_reranker(settings, stack),
        )
        run_behind(stack, {"warm-up": _warm_up(memory)})
        bus = RedisEventBus(stores.redis_url)
        stack.push_async_callback(bus.close)
        model = build_model(settings)
        stack.push_async_callback(model.close)
        extractor = build_extractor(settings, model, collections.encoder)
        yield Core(stores, jobs, store, memory, collections, bus, model, extractor)


def _build_indexes(settings: Settings) -> VectorIndexes:
    if not settings.qdrant_url:
        return EdgeIndexes(settings.data_dir / "qdrant")
    from backend.adapters.qdrant.server_collections import ServerIndexes  # a second to import

    return ServerIndexes.connect(settings.qdrant_url, settings.qdrant_api_key)


async def _load_quietly(encoder: Encoder) -> None:
    """In the background: /readyz and every recall say what is wrong."""
    try:
        await load(encoder)
    except EncoderUnavailable as error:
        log.error("encoder.failed", reason=error.message)


def _open_reranker(settings: Settings, stack: AsyncExitStack) -> Reranker | None:
    if not settings.reranker_model:
        return None
    reranker = build_reranker(settings.reranker_model)
    stack.push_async_callback(reranker.close)
    run_behind(stack, {"reranker": _load_reranker(reranker)})
    return reranker


async def _load_reranker(reranker: Reranker) -> None:
    """In the background: until it is there, and if it never is, recall goes by its first stage."""
    try:
        await reranker.load()
    except EncoderError as error:
        log.error("reranker.failed", reason=f"{error} Check RERANKER_MODEL.")


async def _warm_up(memory: MemoryResources) -> None:
    """A first recall, so that the first reply doesn't wait for what is only slow once."""
    nobody = Owner(UUID(int=0), UUID(int=0))
    try:
        await memory.encoder.load()
        dense = await memory.encoder.encode_query("What do you remember?")
        await memory.index.search(nobody, dense, memory.keywords.encode_query("remember"), limit=1)
    except (EncoderError, IndexUnavailable):
        log.info("recall.cold")  # whoever asks next is told why
    # What a start makes is never garbage. Walked by every full collection, its 300,000 objects
    # stopped everything for 0.2 s.
    gc.freeze()


def checks_of(core: Core) -> dict[str, Check]:
    """What /readyz and `keepsake doctor` ask."""

    async def encoder_loaded() -> None:
        await load(core.memory.encoder)

    return {
        "database": core.store.check,
        "redis": core.bus.check,
        "qdrant": core.memory.index.check,
        "encoder": encoder_loaded,
    }
