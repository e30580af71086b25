"""Drafts the next revision: `python -m migrations.draft "what changes"`, or `make migration`.

Brings an empty PostgreSQL of its own up to date and lets alembic write down where the models
differ. A draft is to be read and mended before it is committed.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command

from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.postgres.migrate import alembic_config, migrate, newest_revision


async def draft(title: str) -> None:
    """Write `migrations/versions/<next number>_<title>.py`."""
    number = f"{int(newest_revision() or 0) + 1:04}"
    with tempfile.TemporaryDirectory(prefix="keepsake-draft-") as directory:
        server = EmbeddedPostgres(Path(directory) / "postgres")
        url = await server.start()
        try:
            await migrate(url)
            await asyncio.to_thread(
                command.revision, alembic_config(url), title, autogenerate=True, rev_id=number
            )
        finally:
            await server.stop()


if __name__ == "__main__":
    asyncio.run(draft(sys.argv[1]))
