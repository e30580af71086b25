"""Records as clients see them: camelCase, RFC 3339 UTC, nothing private."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from backend.cards.card import for_strangers
from backend.memory.receipts import Receipt
from backend.memory.relationship import as_of
from backend.memory.scoring import ScoredMemory
from backend.models import (
    Character,
    Conversation,
    Memory,
    MemoryRevision,
    Message,
    MessageVariant,
    Relationship,
    RelationshipChange,
    ReplyContext,
    User,
    rfc3339,
    utc_now,
)

Time = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _one_of(*values: str) -> Any:
    """Documents what a field may say; the rows were checked when they were stored."""
    return Field(json_schema_extra={"enum": list(values)})


class View(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)

    def wire(self) -> dict[str, Any]:
        """The JSON form, as sent over sockets."""
        return self.model_dump(mode="json", by_alias=True)


class UserView(View):
    id: UUID
    email: str
    display_name: str
    role: str
    adult_confirmed: bool
    time_zone: str
    created_at: Time

    @classmethod
    def of(cls, user: User) -> "UserView":
        return cls.model_validate(user)


class TicketView(View):
    """A ticket for `/ws?ticket=`: good once, for `expiresIn` seconds."""

    ticket: Annotated[str, Field(examples=["nRk1vC0o3bP0mYw5Vh4cJtXq2LzG8sEaUd7fKi9B6xQ"])]
    expires_in: Annotated[int, Field(examples=[30])]


def picture_address(character_id: UUID) -> str:
    """Where a character's picture is."""
    return f"/api/v1/characters/{character_id}/picture"


class CharacterView(View):
    id: UUID
    owner_id: UUID | None
    name: str
    age: int | None
    gender: str
    description: str
    personality: dict[str, Any]
    scenario: str
    greeting: str
    example_dialogues: list[str]
    nsfw_level: int
    lorebook: list[dict[str, Any]]
    visibility: str
    card: Annotated[
        dict[str, Any] | None,
        Field(description="As it was imported. Not in lists, nor of one that its owner took back."),
    ]
    picture: Annotated[str | None, Field(description="Where its picture is; needs the token.")]
    blocked_at: Time | None
    blocked_reason: str | None
    deleted_at: Annotated[
        Time | None, Field(description="Since then it is there for those alone who have met it.")
    ]
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, character: Character, viewer: UUID) -> "CharacterView":
        """As the viewer may see it. What its author wrote about its world is no longer shown once it
        isn't public any more."""
        card = character.card
        if character.owner_id == viewer:
            return cls._of(character, card)
        if character.deleted_at or character.visibility != "public":
            return cls._of(character, None).model_copy(update={"lorebook": []})
        return cls._of(character, card and for_strangers(card))

    @classmethod
    def listed(cls, character: Character) -> "CharacterView":
        """Among others: a list of whole cards would be megabytes."""
        return cls._of(character, None)

    @classmethod
    def _of(cls, character: Character, card: dict[str, Any] | None) -> "CharacterView":
        has_one = character.picture_path and not character.deleted_at
        picture = picture_address(character.id) if has_one else None
        named = {"card", "picture"}
        plain = {name: getattr(character, name) for name in cls.model_fields if name not in named}
        return cls(**plain, card=card, picture=picture)


class ConversationView(View):
    id: UUID
    user_id: UUID
    character_id: UUID
    title: str
    status: str
    last_message_at: Time | None
    message_count: int
    last_seq: int
    metadata: dict[str, Any]
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, conversation: Conversation, relationship_level: float = 0) -> "ConversationView":
        details = conversation.details
        return cls(
            **{
                name: getattr(conversation, name) for name in cls.model_fields if name != "metadata"
            },
            metadata={
                "startedAt": rfc3339(conversation.created_at),
                "mood": details.get("mood", "neutral"),
                "topics": details.get("topics", []),
                "relationshipLevel": round(relationship_level),
                **({"nsfwLevel": level} if (level := conversation.nsfw_level) is not None else {}),
            },
        )


class VariantView(View):
    number: int
    content: str
    state: str
    active: bool
    created_at: Time


class MessageView(View):
    """`change` numbers the edits, deletions, regenerations and chosen variants in a conversation: 1, 2,
    3…, and 0 for a message as it was first stored. Of two states of a message the higher one holds."""

    id: UUID
    conversation_id: UUID
    seq: int
    sender_id: UUID
    sender_type: Annotated[str, _one_of("user", "character")]
    content: str
    type: Annotated[str, _one_of("text", "image", "voice", "system")]
    metadata: dict[str, Any]
    status: Annotated[str, _one_of("sent", "delivered", "read")]
    read_at: Time | None
    client_message_id: str | None
    reply_to: UUID | None
    state: Annotated[str, _one_of("complete", "interrupted", "failed")]
    variants: list[VariantView]
    created_at: Time
    edited_at: Time | None
    deleted_at: Time | None
    change: int

    @classmethod
    def of(cls, message: Message, variants: list[MessageVariant] | None = None) -> "MessageView":
        return cls(
            **{
                name: getattr(message, name)
                for name in cls.model_fields
                if name not in {"metadata", "variants"}
            },
            metadata=message.details,
            variants=[
                VariantView(
                    number=variant.number,
                    content=variant.content,
                    state=variant.state,
                    active=variant.number == message.active_variant,
                    created_at=variant.created_at,
                )
                for variant in variants or ()
            ],
        )


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


class ContextView(View):
    message_id: UUID
    conversation_id: UUID
    recent_messages: list[dict[str, Any]]
    active_memories: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    state: dict[str, Any]
    token_use: dict[str, Any]
    prompt_version: str
    recall: str
    timings: dict[str, Any]
    decision: dict[str, Any]
    updated_at: Time

    @classmethod
    def of(cls, context: ReplyContext) -> "ContextView":
        return cls.model_validate(context)
