"""What the API process and the worker process have in common, opened in the order of need.

The encoder takes seconds to load, so it loads behind the open port and /readyz waits for it.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog

from backend.adapters.llm.offline import OfflineExtractor
from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.migrate import migrate
from backend.adapters.postgres.store import PostgresStore
from backend.adapters.qdrant.collection import Collection
from backend.adapters.qdrant.edge import EdgeIndex
from backend.adapters.qdrant.keyword import Bm25KeywordEncoder
from backend.adapters.redis.cache_keys import RedisCacheKeys
from backend.adapters.redis.connection import command_client
from backend.adapters.redis.event_bus import RedisEventBus
from backend.bootstrap.background import run_behind
from backend.bootstrap.language_model import build_model
from backend.bootstrap.stores import Stores, open_stores
from backend.errors import EncoderUnavailable, IndexUnavailable
from backend.gateway.services import Check
from backend.memory.extraction import ModelExtractor
from backend.memory.resources import MemoryResources
from backend.models import Owner
from backend.ports import CacheKeys, EventBus, Extractor, LanguageModel, VectorIndex
from backend.settings import Provider, Settings
from backend.store import Store
from embeddings.base import Encoder, EncoderError
from embeddings.registry import build_encoder

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Core:
    """What the API process and the worker process have in common."""

    stores: Stores
    jobs: JobQueue
    store: PostgresStore
    memory: MemoryResources
    bus: EventBus
    model: LanguageModel
    extractor: Extractor


@asynccontextmanager
async def open_core(settings: Settings) -> AsyncIterator[Core]:
    """Everything but the gateway, opened; the encoder loads in the background."""
    async with AsyncExitStack() as stack:
        # First, so that it loads while the servers start.
        encoder = build_encoder(settings.embedding_model)
        stack.push_async_callback(encoder.close)
        run_behind(stack, {"encoder": _load_quietly(encoder)})
        stores = await stack.enter_async_context(open_stores(settings))
        if settings.embedded_database:
            await migrate(stores.database_url)
        jobs = JobQueue(stores.database_url)
        store = PostgresStore(stores.database_url, jobs)
        stack.push_async_callback(store.close)
        await store.check()
        await jobs.open()
        stack.push_async_callback(jobs.close)
        redis = command_client(stores.redis_url)
        stack.push_async_callback(redis.aclose)
        memory = await _open_memory(settings, store, encoder, RedisCacheKeys(redis), stack)
        run_behind(stack, {"warm-up": _warm_up(memory)})
        bus = RedisEventBus(stores.redis_url)
        stack.push_async_callback(bus.close)
        model = build_model(settings)
        stack.push_async_callback(model.close)
        extractor: Extractor = (
            OfflineExtractor() if settings.provider is Provider.OFFLINE else ModelExtractor(model)
        )
        yield Core(stores, jobs, store, memory, bus, model, extractor)


async def _open_memory(
    settings: Settings,
    store: Store,
    encoder: Encoder,
    cache: CacheKeys,
    stack: AsyncExitStack,
) -> MemoryResources:
    try:
        dimension = encoder.dimension
    except EncoderError:  # a model of one's own tells only once it is loaded
        await load_encoder(encoder)
        dimension = encoder.dimension
    collection = Collection.for_model(encoder.name, dimension)
    index = build_index(settings, collection)
    stack.push_async_callback(index.close)
    await index.open()
    return MemoryResources(store, index, encoder, Bm25KeywordEncoder(), cache)


def build_index(settings: Settings, collection: Collection) -> VectorIndex:
    if not settings.qdrant_url:
        return EdgeIndex(settings.data_dir / "qdrant", collection)
    from backend.adapters.qdrant.server import ServerIndex  # a second to import

    return ServerIndex.connect(settings.qdrant_url, settings.qdrant_api_key, collection)


async def load_encoder(encoder: Encoder) -> None:
    try:
        await encoder.load()
    except EncoderError as error:
        raise EncoderUnavailable(f"{error} Check EMBEDDING_MODEL.") from error


async def _load_quietly(encoder: Encoder) -> None:
    """In the background: /readyz and every recall say what is wrong."""
    try:
        await load_encoder(encoder)
    except EncoderUnavailable as error:
        log.error("encoder.failed", reason=error.message)


async def _warm_up(memory: MemoryResources) -> None:
    """A first recall, so that the first reply doesn't wait for what is only slow once."""
    nobody = Owner(UUID(int=0), UUID(int=0))
    try:
        await memory.encoder.load()
        dense = await memory.encoder.encode_query("What do you remember?")
        await memory.index.search(nobody, dense, memory.keywords.encode_query("remember"), limit=1)
    except (EncoderError, IndexUnavailable):
        log.info("recall.cold")  # whoever asks next is told why


def checks_of(core: Core) -> dict[str, Check]:
    """What /readyz and `keepsake doctor` ask."""

    async def encoder_loaded() -> None:
        await load_encoder(core.memory.encoder)

    return {
        "database": core.store.check,
        "redis": core.bus.check,
        "qdrant": core.memory.index.check,
        "encoder": encoder_loaded,
    }
