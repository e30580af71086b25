"""What several processes of one Keepsake share: a database, a Qdrant, a secret."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.keepsake_process import run_keepsake
from tests.support.qdrant_server import QdrantServer
from tests.support.services import fresh_database


@asynccontextmanager
async def shared_services(postgres_url: str, redis_url: str) -> AsyncIterator[dict[str, Any]]:
    """The environment of the processes, on a database of their own that is migrated."""
    async with fresh_database(postgres_url) as database_url:
        with QdrantServer(api_key="qdrant-key") as qdrant:
            environment = {
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "QDRANT_URL": qdrant.url,
                "QDRANT_API_KEY": "qdrant-key",
                "JWT_SECRET": "a secret that all the processes share",
                "WEBSOCKET_HOST": "127.0.0.1",
            }
            migrated = await run_keepsake("migrate", **environment)
            assert migrated.status == 0, migrated.errors
            yield environment
