"""What is remembered: the repositories of memories, relationships and of traces left of either."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.models import (
    KnownMemory,
    Memory,
    Owner,
    Relationship,
    RelationshipChange,
)


@dataclass(frozen=True, slots=True)
class MemoryFilter:
    """Narrows a listing of memories; None leaves a field open. `text` matches anywhere in the content."""

    kinds: tuple[str, ...] | None = None
    category: str | None = None
    status: str | None = "active"
    text: str | None = None


class Memories(Protocol):
    async def lock(self, owner: Owner) -> None:
        """Until this transaction ends, let nobody else who asks change the owner's memory. Taken
        before reading what a change is decided on."""

    async def add(self, memories: Sequence[Memory]) -> list[Memory]:
        """Store, leaving out those whose active twin (same owner, kind, content) is there.

        Returns the ones stored."""

    async def of_owner(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        """Those of the owner among the ids, whatever their status; in no order."""

    async def page(
        self, owner: Owner, narrow: MemoryFilter, *, limit: int, before: UUID | None
    ) -> list[Memory]:
        """Newest first."""

    async def known(
        self, owner: Owner, memory_ids: Sequence[UUID], *, best: int
    ) -> tuple[list[KnownMemory], list[KnownMemory]]:
        """What may come to mind: the active ones among the ids, in no order; and beside them the
        `best` best known facts about the user's life, pinned first, then by importance, newest
        first."""

    async def facts_since(self, owner: Owner, since: datetime, *, limit: int) -> list[Memory]:
        """Active facts that changed since a moment or that the index may not have yet, newest first."""

    async def unsure(self, owner: Owner) -> list[Memory]:
        """Open claims, which put a fact into question, newest first."""

    async def by_attribute(self, owner: Owner, attribute: str) -> list[Memory]:
        """Active facts about one attribute."""

    async def by_content_hash(self, owner: Owner, kind: str, content_hash: str) -> Memory | None:
        """The active memory with exactly this content."""

    async def of_messages(
        self, owner: Owner, message_ids: Sequence[UUID], *, kind: str | None = None
    ) -> list[Memory]:
        """Those that cite any of the messages."""

    async def twins(self, owner: Owner, content_hashes: Sequence[str]) -> list[Memory]:
        """All but episodes that say exactly the same, whatever their status."""

    async def questioning(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        """Claims that put the memories into question."""

    async def saying(self, owner: Owner, words: Sequence[str]) -> list[Memory]:
        """Episodes whose text contains every one of the words somewhere, in any case."""

    async def ids_of(self, owner: Owner) -> list[UUID]: ...

    async def owners_of(self, user_id: UUID) -> list[Owner]:
        """Every pair of the user's: of a memory, a conversation or a relationship."""

    async def quoting(self, owner: Owner, quote: str) -> list[Memory]:
        """Episodes whose `index_text` contains the quote, whatever their status."""

    async def superseded_by(self, owner: Owner, memory_ids: Sequence[UUID]) -> list[Memory]:
        """What the memories took the place of."""

    async def summary_of(self, owner: Owner, conversation_id: UUID) -> Memory | None:
        """The conversation's active summary."""

    async def summaries_of(self, owner: Owner, conversation_id: UUID) -> list[Memory]:
        """All of the conversation's summaries, whatever their status, oldest first."""

    async def expire(self, older_than: datetime, *, limit: int) -> list[Memory]:
        """Give up episodes and summaries that came before a moment, of any owner, and write it into
        their history; at most `limit`. Not what was pinned or reinforced, not the summary of a
        conversation in use since then, and not what somebody else changes right now."""

    async def tally(self, owner: Owner) -> tuple[dict[str, int], Memory | None]:
        """How many active ones there are of each kind, and the newest summary."""

    async def save(self, memory: Memory) -> None: ...

    async def empty(self, memory_ids: Sequence[UUID]) -> None:
        """Take every word out of the rows and mark them as retracted, to be taken out of the index
        and then deleted."""

    async def delete(self, memory_ids: Sequence[UUID]) -> None: ...

    async def unsynced(self, *, limit: int, older_than: datetime) -> list[Memory]:
        """Rows that the vector index doesn't reflect yet."""

    async def mark_synced(
        self, memories: Sequence[Memory], model: str, collection_id: int | None = None
    ) -> set[UUID]:
        """Mark rows whose vectors were written to a collection. Returns the ids that are still there
        and unchanged; none if the collection isn't the live one any more. A collection beside it is
        noted to lack them."""

    async def mark_all_pending(self) -> int:
        """Ask for every active memory to be indexed anew, where the index was lost; returns how
        many."""


class Relationships(Protocol):
    async def get(self, owner: Owner, *, for_update: bool = False) -> Relationship:
        """The stored one, or a fresh one that `save` will store."""

    async def with_each(
        self, user_id: UUID, character_ids: Collection[UUID]
    ) -> dict[UUID, Relationship]:
        """A user's with each of these characters, by character; where none is stored, a fresh one."""

    async def save(self, relationship: Relationship) -> None: ...

    async def add_change(self, change: RelationshipChange) -> None: ...

    async def changes(
        self,
        owner: Owner,
        *,
        since: datetime | None = None,
        before: datetime | None = None,
        limit: int,
    ) -> list[RelationshipChange]:
        """From `since` on and before `before`, newest first, undone ones left out."""

    async def page(
        self, owner: Owner, *, limit: int, before: UUID | None
    ) -> list[RelationshipChange]:
        """The whole ledger, newest first, undone ones too."""

    async def deltas(self, owner: Owner) -> list[dict[str, float]]:
        """What each step moved, oldest first, undone ones left out."""

    async def undo(self, owner: Owner, message_ids: Sequence[UUID]) -> int:
        """Mark the steps that messages caused as undone; returns how many weren't yet."""

    async def undo_all(self, owner: Owner) -> int: ...

    async def delete(self, owner: Owner) -> None:
        """For good, with the ledger."""


class Traces(Protocol):
    """Looks for what should be gone, so that forgetting can be proved. Counts rows that still hold
    words; a memory's emptied row, which waits to be taken out of the index, doesn't."""

    async def of_memories(
        self,
        owner: Owner,
        memory_ids: Sequence[UUID],
        *,
        hashes: Sequence[str] = (),
        quoted: Sequence[UUID] = (),
        cited: Sequence[UUID] = (),
    ) -> int:
        """Rows of memories, their histories and the reply contexts that show them; facts whose
        `content_hash` is in `hashes`; episodes and reply contexts with the words of messages in
        `quoted`; and anything at all of messages in `cited`, they themselves too."""

    async def of_owner(self, owner: Owner) -> int:
        """Rows of everything remembered about the owner; what was said doesn't count."""
