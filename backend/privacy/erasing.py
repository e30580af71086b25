"""Erasing a user: every row, vector, cache key and job, and a receipt that counts what is left by looking.

The account counts as gone from the first transaction on, which also stores the erasure itself; so whatever
happens then, somebody finishes it: who asked, or the background work of any process. One round deletes all
there is and looks for what is left. A while after a round that finds nothing there is a last one, for what a
process that slept may have written; then the receipt forgets whose it is.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import structlog

from backend.errors import NotFound, ServiceUnavailable
from backend.memory.receipts import Receipt, Remaining
from backend.memory.reindexing import BUILDER
from backend.memory.resources import MemoryResources
from backend.memory.settling import clear_cache, clear_vectors
from backend.models import Erasure, utc_now
from backend.store import Store

log = structlog.get_logger(__name__)

# Longer than a lease, a ticket, and any call to a model: after that nobody works on what they read before.
LAST_LOOK_AFTER = timedelta(minutes=10)
PATIENCE_SECONDS = 10.0  # how long who asks waits for jobs under way to end
PAUSE_SECONDS = 0.3


async def begin_erasure(store: Store, user_id: UUID, mark: bytes) -> Erasure:
    """Let an account count as gone. From now on it will be erased, whatever happens. `mark`: see
    `Tokens.mark`.

    Raises:
        NotFound: there is no such account.
    """
    async with store.transaction() as tx:
        erasure = await tx.erasures.begin(user_id, mark)
    if erasure is None:
        raise NotFound("There is no such account.")
    log.info("erasure.begun", erasure_id=str(erasure.id))
    return erasure


async def erase(
    resources: MemoryResources, erasure_id: UUID, *, patience: float = PATIENCE_SECONDS
) -> Erasure:
    """Erase until nothing is left, for as long as that may take; the rest is done in the background."""
    until = monotonic() + patience
    while True:
        try:
            erasure = await erase_round(resources, erasure_id)
        except ServiceUnavailable as error:
            log.warning("erasure.interrupted", erasure_id=str(erasure_id), code=error.code)
            erasure = await _current(resources.store, erasure_id)
        if erasure.finished_at or _is_unreachable(erasure) or monotonic() > until:
            return erasure
        await asyncio.sleep(PAUSE_SECONDS)


async def erase_waiting(
    resources: MemoryResources, *, last_look_after: timedelta = LAST_LOOK_AFTER
) -> int:
    """One round of every erasure that isn't finished, and the last look at those that are. Returns how
    many are to be taken up again soon.

    Raises:
        ServiceUnavailable: to be tried again.
    """
    before = utc_now() - last_look_after
    async with resources.store.transaction() as tx:
        due = await tx.erasures.due(before)
    left = 0
    for erasure_id in due:
        if await _has_successor(resources.store, erasure_id):
            await _close(resources.store, erasure_id)
            continue
        erasure = await erase_round(resources, erasure_id)
        if erasure.finished_at is None:
            left += 1
        elif erasure.finished_at < before:
            await _close(resources.store, erasure_id)
    return left


async def erase_round(resources: MemoryResources, erasure_id: UUID) -> Erasure:
    """Delete all there is, and look for what is left; where somebody else is at it, see how far they are.

    Raises:
        ServiceUnavailable: the database can't be reached.
    """
    async with resources.store.only_one(f"erase {erasure_id}") as ours:
        erasure = await _current(resources.store, erasure_id)
        if not ours or erasure.user_id is None:
            return erasure
        await _delete_rows(resources.store, erasure_id)
        return await _settle(resources, await _current(resources.store, erasure_id))


async def _current(store: Store, erasure_id: UUID) -> Erasure:
    async with store.transaction() as tx:
        erasure = await tx.erasures.get(erasure_id)
    if erasure is None:
        raise NotFound("There is no such receipt.")
    return erasure


async def _delete_rows(store: Store, erasure_id: UUID) -> None:
    async with store.transaction() as tx:
        erasure = await tx.erasures.get(erasure_id)
        assert erasure is not None, "it is never deleted"
        assert erasure.user_id is not None, "it isn't closed"
        owners = await tx.memories.owners_of(erasure.user_id)
        # As everybody who changes memory or a turn's end does, and before any row is locked; sorted, so
        # that no two wait for each other.
        for owner in sorted(owners, key=lambda each: each.key):
            await tx.memories.lock(owner)
        characters = {*erasure.characters, *(owner.character_id for owner in owners)}
        erasure.characters = sorted(characters)
        rows = await tx.erasures.delete_rows(erasure)
        erasure.deleted = _plus(erasure.deleted, rows=rows)
        await tx.erasures.save(erasure)


async def _settle(resources: MemoryResources, erasure: Erasure) -> Erasure:
    """Take away what isn't in Postgres, then look for everything."""
    cleared = Receipt()
    for owner in erasure.owners:
        vectors, left = await clear_vectors(resources, owner, None)
        cleared = cleared.plus(Receipt(vectors_deleted=vectors, remaining=Remaining(vectors=left)))
    names = [str(key) for key in (erasure.user_id, *erasure.conversations)]
    keys, keys_left = await clear_cache(resources, names)
    async with (
        resources.store.only_one(BUILDER) as nobody_builds,
        resources.store.transaction() as tx,
    ):
        if nobody_builds:  # else whoever builds takes it out, vectors too
            await tx.erasures.clear_in_flight(erasure)
    async with resources.store.transaction() as tx:
        stored = await tx.erasures.get(erasure.id)
        assert stored is not None, "it is never deleted"
        stored.deleted = _plus(
            stored.deleted, vectors=cleared.vectors_deleted or 0, cacheKeys=keys or 0
        )
        stored.remaining = {
            "rows": sum((await tx.erasures.count_rows(erasure)).values()),
            "vectors": cleared.remaining.vectors,
            "cacheKeys": keys_left,
            "jobs": await tx.erasures.count_jobs(erasure),
        }
        if all(count == 0 for count in stored.remaining.values()):
            stored.finished_at = stored.finished_at or utc_now()
        else:
            stored.finished_at = None
        await tx.erasures.save(stored)
    log.info("erasure.round", erasure_id=str(erasure.id), remaining=stored.remaining)
    return stored


async def _has_successor(store: Store, erasure_id: UUID) -> bool:
    async with store.transaction() as tx:
        erasure = await tx.erasures.get(erasure_id)
        if erasure is None or erasure.finished_at is None:
            return False
        return await tx.erasures.has_successor(erasure)


async def _close(store: Store, erasure_id: UUID) -> None:
    async with store.transaction() as tx:
        erasure = await tx.erasures.get(erasure_id)
        if erasure:
            erasure.forget_whose()
            await tx.erasures.save(erasure)


def _is_unreachable(erasure: Erasure) -> bool:
    return erasure.remaining is not None and None in erasure.remaining.values()


def _plus(deleted: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Both together; JSON columns notice a change only when the whole is new."""
    result = dict(deleted)
    for name, count in more.items():
        if isinstance(count, Mapping):
            result[name] = dict(Counter(result.get(name, {})) + Counter(count))
        else:
            result[name] = result.get(name, 0) + count
    return result
