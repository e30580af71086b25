"""Records as clients see them: camelCase, RFC 3339 UTC, nothing private."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from backend.cards.card import for_strangers
from backend.models import (
    Character,
    Conversation,
    Message,
    MessageVariant,
    ReplyContext,
    User,
    rfc3339,
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
