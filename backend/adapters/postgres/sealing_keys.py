"""Which keys the database needs: they are asked for before anything is read."""

import os
from collections.abc import Sequence

from sqlalchemy import delete, exists, func, literal, union_all
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import PRIVATE
from backend.errors import ConfigurationError, SealBroken
from backend.models import SealingKey
from backend.safety.encryption import Keyring

_LOCK = 7_305_173_003  # any number, the same in every process
_PEPPER_BYTES = 32


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
    noted = {key.id: key.pepper for key in await session.exec(select(SealingKey))}
    given = keyring.names if keyring else []
    if missing := await keys_in_use(session, [name for name in noted if name not in given]):
        raise _missing(missing)
    if keyring is None:
        return None
    peppers = {name: _open(keyring, name, noted[name]) for name in given if name in noted}
    if keyring.first in peppers:
        return keyring, peppers[keyring.first]
    if not may_begin:
        in_use = next(iter(peppers), None)
        return (keyring.led_by(in_use), peppers[in_use]) if in_use else None
    if not peppers:  # nothing is sealed
        await session.exec(delete(SealingKey))
    pepper = next(iter(peppers.values()), os.urandom(_PEPPER_BYTES))
    sealed = keyring.seal(pepper, _place(keyring.first))
    session.add(SealingKey(id=keyring.first, pepper=sealed))
    await session.flush()
    return keyring, pepper


async def keys_in_use(session: AsyncSession, names: Sequence[str]) -> list[str]:
    """Those of the keys that rows are sealed under."""
    if not names:
        return []
    each = [
        select(literal(name)).where(exists().where(col(model.key_id) == name))
        for name in names
        for model in PRIVATE
    ]
    connection = await session.connection()
    found = {row[0] for row in await connection.execute(union_all(*each))}
    return [name for name in names if name in found]


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
