"""Looking for words that should be gone, in every table."""

import json
from collections.abc import Collection

from tests.support.system import System

TRANSCRIPT = ("message", "message_variant")
UUID_LENGTH = 36


async def tables_with(system: System, text: str, *, but: Collection[str] = TRANSCRIPT) -> list[str]:
    """Names of the tables, other than `but`, in any column of which a text stands, in any case and
    however it is escaped. The text is an id or has a letter beyond f: ids and times are looked through
    too."""
    assert len(text) == UUID_LENGTH or any(
        letter.isalpha() and letter.lower() > "f" for letter in text
    )
    tables = await system.query(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
    )
    forms = {text, json.dumps(text)[1:-1]}
    found = []
    for (table,) in tables:
        for form in forms if table not in but else ():
            rows = await system.query(
                f'SELECT 1 FROM "{table}" AS it WHERE strpos(lower(it::text), lower(%s)) > 0 LIMIT 1',  # type: ignore[arg-type]
                form,
            )
            if rows:
                found.append(table)
                break
    return found
