"""Bringing the schema up to date with alembic; the revisions are in `migrations/`."""

import asyncio
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

import migrations
from backend.errors import StoreUnavailable

MIGRATIONS = Path(next(iter(migrations.__path__)))


def alembic_config(url: str) -> Config:
    """Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


@cache
def newest_revision() -> str | None:
    """The revision that this version's code needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


async def migrate(url: str) -> None:
    """Upgrade to the newest revision. Several processes may call it; one works, the rest wait.

    Raises:
        StoreUnavailable: the database can't be reached, or a table stays locked.
    """
    try:
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
    except OperationalError as error:
        reason = str(error.orig).split("\n", 1)[0].rstrip(".")
        raise StoreUnavailable(
            f"The schema can't be brought up to date: {reason}. Check DATABASE_URL and that "
            "PostgreSQL runs."
        ) from error
