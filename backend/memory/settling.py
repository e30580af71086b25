"""The end of forgetting: vectors and cache keys go, then the emptied rows, then all is looked through
once more for the receipt."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from backend.errors import ServiceUnavailable
from backend.memory.doomed import Doomed
from backend.memory.live_index import LiveIndex
from backend.memory.receipts import Receipt, Remaining
from backend.memory.resources import MemoryResources
from backend.models import Conversation, Memory, Owner

log = structlog.get_logger(__name__)


async def settle(resources: MemoryResources, doomed: Doomed) -> Receipt:
    """Take vectors and cache keys away, then the emptied rows, then look what is left."""
    owner, ids = doomed.owner, list(doomed.memory_ids)
    vectors, vectors_left = await clear_vectors(resources, owner, ids)
    names = [str(key) for key in (*ids, *doomed.cited)]
    keys, keys_left = await clear_cache(resources, names)
    async with resources.store.transaction() as tx:
        if vectors is not None:
            await tx.memories.delete(ids)
        rows = await tx.traces.of_memories(
            owner,
            ids,
            hashes=list(doomed.hashes),
            quoted=list(doomed.quoted),
            cited=list(doomed.cited),
        )
    return Receipt(len(ids), vectors, keys, Remaining(rows, vectors_left, keys_left))


async def settle_owner(
    resources: MemoryResources, doomed: Doomed, conversations: Sequence[Conversation]
) -> Receipt:
    owner, ids = doomed.owner, list(doomed.memory_ids)
    vectors, vectors_left = await clear_vectors(resources, owner, None)
    names = [owner.key, *(str(each.id) for each in conversations), *map(str, ids)]
    keys, keys_left = await clear_cache(resources, names)
    async with resources.store.transaction() as tx:
        if vectors is not None:
            await tx.memories.delete(ids)
        rows = await tx.traces.of_owner(owner)
    return Receipt(len(ids), vectors, keys, Remaining(rows, vectors_left, keys_left))


async def remove_emptied(resources: MemoryResources, memories: Sequence[Memory]) -> None:
    """Take retracted, emptied rows out of the index, then out of Postgres for good.

    Raises:
        IndexUnavailable: they stay, to be swept up later.
    """
    by_owner: dict[Owner, list[UUID]] = {}
    for memory in memories:
        by_owner.setdefault(memory.owner, []).append(memory.id)
    for owner, ids in by_owner.items():
        await resources.index.delete(owner, ids)
    async with resources.store.transaction() as tx:
        await tx.memories.delete([memory.id for memory in memories])


async def clear_vectors(
    resources: MemoryResources, owner: Owner, ids: Sequence[UUID] | None
) -> tuple[int | None, int | None]:
    """How many were deleted and how many are left of the ids, or, after None, of the owner. None twice
    while the index is away: whoever asked sees to it later."""
    if ids is not None and not ids:
        return 0, 0
    index = resources.index
    try:
        if isinstance(index, LiveIndex):
            index = await index.as_it_is()
        before = await index.count(owner, ids)
        if ids is None:
            await index.delete_owner(owner)
        else:
            await index.delete(owner, ids)
        # In whatever collections there are by now.
        left = await resources.index.count(owner, ids)
    except ServiceUnavailable as error:
        log.warning("forgetting.vectors_later", code=error.code)
        return None, None
    return before - left, left


async def clear_cache(
    resources: MemoryResources, names: Sequence[str]
) -> tuple[int | None, int | None]:
    """How many keys with any of the names were deleted, and how many are left. None twice while the
    cache is away."""
    try:
        return await resources.cache.delete(names), await resources.cache.count(names)
    except ServiceUnavailable as error:
        log.warning("forgetting.cache_later", code=error.code)
        return None, None
