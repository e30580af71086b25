"""Which keys the database needs: they are asked for before anything is read."""

import os
from collections.abc import Sequence

from sqlalchemy import func, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import PRIVATE, table_of
from backend.errors import ConfigurationError, SealBroken
from backend.models import SealingKey
from backend.safety.encryption import Keyring

_LOCK = 7_305_173_003  # any number, the same in every process
_PEPPER_BYTES = 32


def _keys_of(table: str) -> str:
    """From one key to the next by the index of those that are sealed: a step a key, not a row."""
    return f"""(
    WITH RECURSIVE found(name) AS (
        (SELECT key_id FROM {table} WHERE key_id IS NOT NULL ORDER BY key_id LIMIT 1)
        UNION ALL
        SELECT (SELECT key_id FROM {table} WHERE key_id > found.name ORDER BY key_id LIMIT 1)
        FROM found WHERE name IS NOT NULL
    )
    SELECT name FROM found WHERE name IS NOT NULL)"""


_KEYS_OF_ROWS = text(" UNION ".join(_keys_of(table_of(model)) for model in PRIVATE))


async def unlock(
    session: AsyncSession, keyring: Keyring | None, *, may_begin: bool
) -> tuple[Keyring, bytes] | None:
    """Make sure that the keys are those that rows are sealed under, and return what to seal with: the
    keys and the pepper. None: nothing is to be sealed.

    Who may not begin with a new key, since others who don't know it may be at work, seals under the
    first that is in use.

    Raises:
        ConfigurationError: a key is missing or another one; names it, says what to do.
    """
    await session.exec(select(func.pg_advisory_xact_lock(_LOCK)))
    given = keyring.names if keyring else []
    if missing := [name for name in await keys_of_rows(session) if name not in given]:
        raise _missing(missing)
    noted = {key.id: key.pepper for key in await session.exec(select(SealingKey))}
    if keyring is None:
        return None
    peppers = {name: _open(keyring, name, noted[name]) for name in given if name in noted}
    if keyring.first in peppers:
        return keyring, peppers[keyring.first]
    if not may_begin:
        in_use = next(iter(peppers), None)
        return (keyring.led_by(in_use), peppers[in_use]) if in_use else None
    # A note stays, also while no row names its key: a process that was started with it may be about to
    # write the first.
    pepper = next(iter(peppers.values()), os.urandom(_PEPPER_BYTES))
    sealed = keyring.seal(pepper, _place(keyring.first))
    session.add(SealingKey(id=keyring.first, pepper=sealed))
    await session.flush()
    return keyring, pepper


async def keys_of_rows(session: AsyncSession) -> list[str]:
    """Those that rows are sealed under, in order of name, whether they are noted or not."""
    connection = await session.connection()
    return sorted({row[0] for row in await connection.execute(_KEYS_OF_ROWS)})


def _place(name: str) -> str:
    return f"sealing_key {name}"


def _open(keyring: Keyring, name: str, sealed: bytes) -> bytes:
    try:
        return keyring.open(name, sealed, _place(name))
    except SealBroken as error:
        raise ConfigurationError(
            f"ENCRYPTION_KEYS: the key {name} isn't the one that was used under this name before. Give"
            " the earlier key back; a new key needs a new name."
        ) from error


def _missing(names: Sequence[str]) -> ConfigurationError:
    one = len(names) == 1
    which = f"the key {names[0]}" if one else f"the keys {', '.join(names)}"
    return ConfigurationError(
        f"ENCRYPTION_KEYS: {which} {'is' if one else 'are'} missing, and rows are sealed with"
        f" {'it' if one else 'them'}. Add {'it' if one else 'them'} behind the other keys; once `keepsake"
        f" rotate-keys` has run, {'it' if one else 'they'} can go."
        f" Example: ENCRYPTION_KEYS=new:…,{names[0]}:…"
    )
