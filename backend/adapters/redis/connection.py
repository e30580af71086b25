"""Clients for Redis and Valkey, with every wait bounded."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from backend.errors import ConfigurationError, ServiceUnavailable

# What a command or a listener raises when the server can't be reached.
UNREACHABLE = (RedisError, OSError, TimeoutError)

COMMAND_SECONDS = 1.0
CONNECT_SECONDS = 1.0
HEALTH_CHECK_SECONDS = 30
CONNECTIONS = 16


def command_client(url: str) -> Redis:
    """A client for commands: connected when first used, at most 16 connections, and no command
    waits longer than a second for each of a free connection, connecting and the answer.

    `url` is `redis://`, `rediss://` or `unix://`, or the same with `valkey`. Nothing is retried:
    what Redis did before the connection broke would be done twice. A connection that broke while
    idle is noticed before it is used again.

    Raises:
        ConfigurationError: the URL can't be understood.
    """
    return _client(
        url,
        socket_timeout=COMMAND_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        max_connections=CONNECTIONS,
        timeout=COMMAND_SECONDS,
    )


def listening_client(url: str) -> Redis:
    """A client for one subscription. It has no read timeout, which would end the listening in a
    quiet hour, and speaks the older protocol, whose reader logs no messages.

    Raises:
        ConfigurationError: the URL can't be understood.
    """
    return _client(url, socket_timeout=None, max_connections=1, timeout=CONNECT_SECONDS, protocol=2)


async def check_reachable(client: Redis, url: str) -> None:
    """Prove that the server answers.

    Raises:
        ServiceUnavailable: it doesn't.
    """
    try:
        await client.ping()
    except UNREACHABLE as error:
        raise ServiceUnavailable(
            f"Redis can't be reached at {without_password(url)} ({error}); start it or check "
            "REDIS_URL"
        ) from error


def without_password(url: str) -> str:
    """The URL as it may be shown: without user, password and options."""
    scheme, separator, rest = url.partition("?")[0].partition("://")
    place, slash, path = rest.partition("/")
    return scheme + separator + place.rpartition("@")[2] + slash + path


def _client(url: str, **options: object) -> Redis:
    try:
        pool = BlockingConnectionPool.from_url(
            _redis_scheme(url),
            socket_connect_timeout=CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            **options,
        )
    except ValueError as error:
        raise ConfigurationError(
            f"REDIS_URL can't be used: {error}; for example redis://localhost:6379/0 or "
            "unix:///run/valkey/valkey.sock"
        ) from error
    return Redis.from_pool(pool)


def _redis_scheme(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return {"valkey": "redis", "valkeys": "rediss"}.get(scheme, scheme) + separator + rest
