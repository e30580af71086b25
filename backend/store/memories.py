"""What is remembered: the repositories of memories, relationships and of traces left of either."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.models import (
    KnownMemory,
    Memory,
    Outdated,
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

    async def with_twins(
        self, owner: Owner, memory_id: UUID, content_hash: str | None
    ) -> list[Memory]:
        """A memory, whatever its status, and the active ones of this content, itself or not; in no order."""

    async def page(
        self, owner: Owner, narrow: MemoryFilter, *, limit: int, before: UUID | None
    ) -> list[Memory]:
        """Newest first."""

    async def known(
        self, owner: Owner, memory_ids: Sequence[UUID], *, best: int
    ) -> tuple[list[KnownMemory], list[KnownMemory], list[Outdated]]:
        """What may come to mind: the active ones among the ids, in no order; beside them the `best` best
        known facts about the user's life, pinned first, then by importance, newest first; and the facts that
        the user's messages among the former say and that hold no more. One query."""

    async def facts_since(self, owner: Owner, since: datetime, *, limit: int) -> list[Memory]:
        """Active facts that changed since a moment or that the index may not have yet, newest first."""

    async def unsure(self, owner: Owner) -> list[Memory]:
        """Open claims, which put a fact into question, newest first."""

    async def matching(
        self,
        owner: Owner,
        memory_ids: Sequence[UUID],
        *,
        content_hashes: Sequence[str],
        attributes: Sequence[str],
    ) -> list[Memory]:
        """What new facts are to be compared with: active memories among the ids, active facts that say
        exactly one of the contents, active memories about one of the attributes, and open claims; in no
        order. One query."""

    async def by_content_hash(self, owner: Owner, kind: str, content_hash: str) -> Memory | None:
        """The active memory with exactly this content."""

    async def of_messages(
        self, owner: Owner, message_ids: Sequence[UUID], *, kind: str | None = None
    ) -> list[Memory]:
        """Those that cite any of the messages."""

    async def around(
        self, owner: Owner, memory_ids: Sequence[UUID], *, content_hashes: Sequence[str] = ()
    ) -> list[Memory]:
        """What the memories took the place of, the claims that put them into question, and all but
        episodes that say exactly one of the contents; whatever their status. One query."""

    async def saying(self, owner: Owner, words: Sequence[str]) -> list[Memory]:
        """Episodes whose text contains every one of the words somewhere, in any case."""

    async def ids_of(self, owner: Owner) -> list[UUID]: ...

    async def owners_of(self, user_id: UUID) -> list[Owner]:
        """Every pair of the user's: of a memory, a conversation or a relationship."""

    async def behind(self, owner: Owner, message_ids: Sequence[UUID]) -> list[tuple[UUID, Memory]]:
        """Episodes of the messages that answer one of these or, answering none, stand right behind it, or
        do so with what stands right behind it, each with the id of that one; whatever their status. One
        query."""

    async def summary_of(self, owner: Owner, conversation_id: UUID) -> Memory | None:
        """The conversation's active summary."""

    async def behind_the_talk(
        self, owner: Owner, conversation_id: UUID
    ) -> tuple[Memory | None, list[Memory]]:
        """What stands behind every reply: `summary_of` and `unsure`. One query."""

    async def summaries_of(self, owner: Owner, conversation_id: UUID) -> list[Memory]:
        """All of the conversation's summaries, whatever their status, oldest first."""

    async def expire(self, older_than: datetime, *, limit: int) -> list[Memory]:
        """Give up episodes and summaries that came before a moment, of any owner, and write it into
        their history; at most `limit`. Not what was pinned or reinforced, not the summary of a
        conversation in use since then, and not what somebody else changes right now."""

    async def tally(self, owner: Owner) -> tuple[dict[str, int], Memory | None]:
        """How many active ones there are of each kind, and the newest summary."""

    async def learn(self, memory: Memory) -> None:
        """Store a new memory by the end of the transaction, together with what else was changed. The
        caller holds the owner's lock, and has seen that it has no active twin."""

    async def save(self, memory: Memory) -> None:
        """Store a change by the end of the transaction, together with what else was changed."""

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
    async def get(self, owner: Owner) -> Relationship:
        """The stored one, or a fresh one that `save` will store. Whoever changes it takes the owner's lock
        before (`Memories.lock`): a fresh one has no row to lock."""

    async def with_each(
        self, user_id: UUID, character_ids: Collection[UUID]
    ) -> dict[UUID, Relationship]:
        """A user's with each of these characters, by character; where none is stored, a fresh one."""

    async def save(self, relationship: Relationship) -> None:
        """Store what `get` gave in this transaction, by its end, together with what else was changed."""

    async def add_change(self, change: RelationshipChange) -> None:
        """Written by the end of the transaction, together with what else was changed."""

    async def changes(
        self, owner: Owner, *, within: Sequence[tuple[datetime, datetime]], limit: int
    ) -> list[RelationshipChange]:
        """Within any of the times, each from its first moment on and before its last; newest first, undone
        ones left out."""

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
