"""A process that owns a DATA_DIR with its servers, as `keepsake serve` does, for tests to signal.

`python -m tests.support.embedded_owner DATA_DIR [UID GID]` prints one JSON line when the servers
are up, and on SIGINT or SIGTERM another one that says whether they still answered then. With an
id it becomes that user first. A failure is one line on stderr and exit status 1.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path

import psycopg
import structlog

from backend.adapters.embedded.data_dir import DataDir
from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.embedded.valkey import EmbeddedValkey
from backend.adapters.redis.connection import command_client
from backend.errors import KeepsakeError


async def own(path: Path) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    with DataDir(path) as data_dir:
        postgres = EmbeddedPostgres(data_dir.path / "postgres")
        valkey = EmbeddedValkey(data_dir.path / "valkey")
        try:
            urls = {"postgres": await postgres.start(), "valkey": await valkey.start()}
            tell({**urls, "pid": os.getpid(), "uid": os.geteuid()})
            await stopping.wait()
            tell({"answered": await answers(**urls)})
        finally:
            await postgres.stop()
            await valkey.stop()


async def answers(postgres: str, valkey: str) -> bool:
    async with await psycopg.AsyncConnection.connect(postgres) as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS written_while_stopping ()")
    client = command_client(valkey)
    await client.ping()
    await client.aclose()
    return True


def tell(facts: dict[str, object]) -> None:
    print(json.dumps(facts), flush=True)


def become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main() -> int:
    if len(sys.argv) > 2:
        become(int(sys.argv[2]), int(sys.argv[3]))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        asyncio.run(own(Path(sys.argv[1])))
    except KeepsakeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
