"""Remembering and forgetting by hand: what a person adds to, and takes out of, the memory."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from backend.errors import Conflict, NotFound, ServiceUnavailable
from backend.memory.episodes import content_hash, quotation, sources
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.models import Memory, MemoryRevision, Owner, utc_now
from backend.store import Transaction


@dataclass(frozen=True, slots=True)
class Note:
    """Something to remember, in a person's words; `importance` 1-10."""

    content: str
    category: str = "other"
    importance: int = 5
    pinned: bool = False


async def remember(resources: MemoryResources, owner: Owner, note: Note) -> Memory:
    """Store a manual memory and index it; with the index or the encoder down it is stored as
    `pending`, and indexed later.

    Raises:
        Conflict: exactly this is remembered already.
    """
    memory = Memory(
        character_id=owner.character_id,
        user_id=owner.user_id,
        kind="fact",
        content=note.content,
        content_hash=content_hash(note.content),
        category=note.category,
        importance=note.importance,
        pinned=note.pinned,
        origin="manual",
        index_text=note.content,
    )
    async with resources.store.transaction() as tx:
        if not await tx.memories.add([memory]):
            raise Conflict("Exactly this is remembered already.")
        await tx.memories.revise(
            MemoryRevision(memory_id=memory.id, action="added", content=memory.content)
        )
    with suppress(ServiceUnavailable):
        await index_memories(resources, [memory])
        memory.index_state = "synced"
    return memory


async def forget(resources: MemoryResources, owner: Owner, memory_id: UUID) -> int:
    """Forget one memory, and with a fact the episodes that say it: else it would be recalled
    from the very words it came from. The messages stay in their conversation.

    Emptied rows go first, so that a crash in between leaves no text, only work for the sweep.
    Returns how many memories went.

    Raises:
        NotFound: the owner has no such memory.
        IndexUnavailable: the text is gone; the sweep will do the rest.
    """
    async with resources.store.transaction() as tx:
        await tx.memories.lock(owner)
        found = await tx.memories.of_owner(owner, [memory_id])
        if not found:
            raise NotFound("There is no such memory.")
        facts = await _with_elders(tx, owner, found)
        doomed = facts + await _episodes_behind(tx, owner, facts)
        await _end_quoting(tx, owner, doomed)
        for memory in doomed:
            _empty(memory)
            await tx.memories.save(memory)
        await tx.memories.delete_history([memory.id for memory in doomed])
    await remove_emptied(resources, doomed)
    return len(doomed)


async def _with_elders(tx: Transaction, owner: Owner, found: list[Memory]) -> list[Memory]:
    """A fact and all that it superseded, or the value before the last would come back from the
    words that once said it."""
    line, newest = list(found), list(found)
    while newest:
        newest = await tx.memories.superseded_by(owner, [memory.id for memory in newest])
        line += newest
    return line


async def _episodes_behind(tx: Transaction, owner: Owner, facts: list[Memory]) -> list[Memory]:
    said = sources(fact for fact in facts if fact.kind != "episode")
    if not said:
        return []
    return await tx.memories.of_messages(owner, list(said), kind="episode")


async def _end_quoting(tx: Transaction, owner: Owner, doomed: list[Memory]) -> None:
    """What followed a forgotten message was embedded with it; the sweep embeds it anew without."""
    for episode in doomed:
        if episode.kind != "episode":
            continue
        quote = quotation(episode.about_name or "", episode.content)
        for memory in await tx.memories.quoting(owner, quote):
            memory.index_text = memory.index_text.replace(quote, "")
            memory.index_state, memory.updated_at = "pending", utc_now()
            await tx.memories.save(memory)


def _empty(memory: Memory) -> None:
    memory.content = memory.index_text = ""
    memory.status = "retracted"
    memory.index_state = "pending"
    memory.updated_at = utc_now()


async def remove_emptied(resources: MemoryResources, memories: list[Memory]) -> None:
    """Take retracted, emptied rows out of the index, then out of Postgres for good."""
    for memory in memories:
        await resources.index.delete(memory.owner, [memory.id])
    async with resources.store.transaction() as tx:
        await tx.memories.delete([memory.id for memory in memories])
