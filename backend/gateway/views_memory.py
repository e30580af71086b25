"""Memories and relationships as clients see them, and what is left after forgetting."""

from typing import Any
from uuid import UUID

from backend.gateway.views import Time, View
from backend.memory.receipts import Receipt
from backend.memory.relationship import as_of
from backend.memory.scoring import ScoredMemory
from backend.models import Memory, MemoryRevision, Relationship, RelationshipChange, utc_now


class EmbeddingView(View):
    model: str | None
    state: str


class MemoryView(View):
    """A memory, with `content` under a second name: `fact` for what is known for long, `summary`, with
    its `timestamp`, for what was said lately."""

    id: UUID
    character_id: UUID
    user_id: UUID
    conversation_id: UUID | None
    kind: str
    content: str
    category: str
    confidence: float
    importance: int
    first_mentioned: Time
    last_reinforced: Time
    reinforcement_count: int
    about: str
    about_name: str | None
    realm: str
    event_time: Time | None
    mention_time: Time
    valid_from: Time | None
    valid_to: Time | None
    status: str
    superseded_by: UUID | None
    origin: str
    pinned: bool
    source_message_ids: list[UUID]
    embedding: EmbeddingView
    fact: str | None = None
    summary: str | None = None
    timestamp: Time | None = None
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, memory: Memory) -> "MemoryView":
        second_names: dict[str, Any] = (
            {"fact": memory.content}
            if is_long_term(memory)
            else {"summary": memory.content, "timestamp": memory.mention_time}
        )
        plain = {
            name: getattr(memory, name)
            for name in cls.model_fields
            if name not in {"embedding", "fact", "summary", "timestamp"}
        }
        return cls(
            **plain,
            **second_names,
            embedding=EmbeddingView(model=memory.embedding_model, state=memory.index_state),
        )


def is_long_term(memory: Memory) -> bool:
    """Facts and experiences are `longTermMemory`, the rest is `shortTermMemory`."""
    return memory.kind in {"fact", "experience"}


class RecalledView(MemoryView):
    score: float = 0.0
    scores: dict[str, float] = {}

    @classmethod
    def of_scored(cls, item: ScoredMemory, memory: Memory) -> "RecalledView":
        plain = MemoryView.of(memory).model_dump()
        return cls(**plain, score=item.score, scores=dict(item.scores))


class RevisionView(View):
    """One line of a memory's history; `details` say why, and how sure it was from then on."""

    id: UUID
    action: str
    content: str
    details: dict[str, Any]
    source_message_ids: list[UUID]
    created_at: Time

    @classmethod
    def of(cls, revision: MemoryRevision) -> "RevisionView":
        return cls.model_validate(revision)


class RemainingView(View):
    rows: int
    vectors: int | None
    cache_keys: int | None


class ReceiptView(View):
    """What was deleted, and what was found to be left afterwards; null where a part couldn't be
    reached, and will be cleared once it is back."""

    memories_deleted: int
    vectors_deleted: int | None
    cache_keys_deleted: int | None
    remaining: RemainingView

    @classmethod
    def of(cls, receipt: Receipt) -> "ReceiptView":
        return cls.model_validate(receipt)


class RelationshipView(View):
    character_id: UUID
    user_id: UUID
    level: float
    trust: float
    intimacy: float
    total_interactions: int
    favorite_topics: list[str]
    shared_experiences: list[str]
    stage: str
    updated_at: Time

    @classmethod
    def of(cls, relationship: Relationship) -> "RelationshipView":
        """How the two stand by now."""
        return cls.model_validate(as_of(relationship, utc_now()))


class RelationshipChangeView(View):
    """A step in the ledger; `messageId` is its cause, null where time was."""

    id: UUID
    message_id: UUID | None
    delta: dict[str, float]
    reason: str
    undone: bool
    created_at: Time

    @classmethod
    def of(cls, change: RelationshipChange) -> "RelationshipChangeView":
        return cls.model_validate(change)
