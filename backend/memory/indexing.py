"""Keeping the vector index in step with the rows (T4). A row says whether it is in step
(`index_state`), so whatever fails here is swept up later."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from backend.errors import EncoderUnavailable
from backend.memory.episodes import spoken_text
from backend.memory.resources import MemoryResources
from backend.models import Memory
from backend.ports import IndexPoint
from embeddings.base import EncoderError, Vector, Vectors


async def encode_memories(resources: MemoryResources, memories: Sequence[Memory]) -> Vectors:
    """Dense vectors `float32[n, dimension]` of what each memory is indexed as.

    Raises:
        EncoderUnavailable: the encoder isn't there.
    """
    try:
        return await resources.encoder.encode_documents(
            [spoken_text(memory) for memory in memories]
        )
    except EncoderError as error:
        raise EncoderUnavailable(str(error)) from error


def points_of(
    resources: MemoryResources, memories: Sequence[Memory], vectors: Iterable[Vector]
) -> list[IndexPoint]:
    """What the index is to hold of memories whose dense vectors these are, in order."""
    return [
        IndexPoint(
            memory.id,
            memory.owner,
            memory.kind,
            vector,
            resources.keywords.encode_document(_indexed_as(memory)),
        )
        for memory, vector in zip(memories, vectors, strict=True)
    ]


def _indexed_as(memory: Memory) -> str:
    return memory.index_text or memory.content


async def index_memories(
    resources: MemoryResources,
    memories: Sequence[Memory],
    encoded: Mapping[UUID, Vector] | None = None,
) -> int:
    """Bring the index up to date with these rows: active ones in, the others out.

    `encoded` are vectors that are known already, by the memory's id. Returns how many rows are in step.

    Raises:
        EncoderUnavailable, IndexUnavailable, StoreUnavailable: nothing is marked; sweep again.
    """
    if not memories:
        return 0
    resources = resources.settled()
    active = [memory for memory in memories if memory.status == "active"]
    vectors = await _vectors_of(resources, active, encoded or {})
    await resources.index.upsert(points_of(resources, active, vectors))
    await _take_out(resources, [memory for memory in memories if memory.status != "active"])
    async with resources.store.transaction() as tx:
        in_step = await tx.memories.mark_synced(
            memories, resources.encoder.name, resources.collection_id
        )
    await _drop_outdated(resources, [memory for memory in active if memory.id not in in_step])
    return len(in_step)


async def _vectors_of(
    resources: MemoryResources, memories: Sequence[Memory], encoded: Mapping[UUID, Vector]
) -> list[Vector]:
    missing = [memory for memory in memories if memory.id not in encoded]
    new = await encode_memories(resources, missing)
    vectors = dict(encoded)
    vectors.update((memory.id, vector) for memory, vector in zip(missing, new, strict=True))
    return [vectors[memory.id] for memory in memories]


async def _drop_outdated(resources: MemoryResources, doubtful: Sequence[Memory]) -> None:
    """A row deleted or given up while its vector was written must not leave the vector behind. One
    that only changed stays pending and is written again."""
    for owner, group in groupby(doubtful, key=lambda memory: memory.owner):
        ids = [memory.id for memory in group]
        async with resources.store.transaction() as tx:
            rows = await tx.memories.of_owner(owner, ids)
        active = {memory.id for memory in rows if memory.status == "active"}
        if gone := [memory_id for memory_id in ids if memory_id not in active]:
            await resources.index.delete(owner, gone)


async def _take_out(resources: MemoryResources, memories: Sequence[Memory]) -> None:
    for owner, group in groupby(memories, key=lambda memory: memory.owner):
        await resources.index.delete(owner, [memory.id for memory in group])
