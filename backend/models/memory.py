"""What a character remembers about a user, one row per remembered thing."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from backend.models.base import (
    Sealable,
    json_field,
    key_index,
    new_id,
    optional_time_field,
    sensitive_field,
    time_field,
    uuid_list_field,
)
from backend.models.owner import Owner

# Which memories can be what is known best. As text with its values in it: a prepared statement uses a
# partial index only where it says the same.
ABOUT_THE_USERS_LIFE = (
    "status = 'active' AND kind = 'fact' AND realm = 'real' AND about <> 'character'"
)


class Memory(Sealable, table=True):
    """A fact, summary, episode (one message, verbatim) or experience.

    `confidence` is 0-1, `importance` 1-10; `about` is `user`, `character` or `other` (then
    `about_name` says who); `realm` is `real` or `fiction`; `status` is `active`, `superseded`,
    `retracted`, `expired` or `unsure`; `origin` is `extracted`, `manual` or `imported`.

    An `unsure` one is a claim that contradicts the memory in `questions` without being sure enough
    to take its place: it isn't recalled, but the character may ask about it.

    `event_time` is when it happened, `mention_time` when it was said, `valid_from`/`valid_to`
    while it held. `index_state` (`pending`, `synced`, `failed`) says whether the vector index
    has this row as it is now; `index_text` is what was embedded. `sensitive`: a message that it was
    drawn from is, or, of an episode, one that its `index_text` quotes.
    """

    __tablename__ = "memory"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    character_id: UUID = Field(foreign_key="character.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    conversation_id: UUID | None = Field(
        default=None, foreign_key="conversation.id", ondelete="SET NULL", index=True
    )
    kind: str
    content: str
    content_hash: str
    category: str = "other"
    confidence: float = 1.0
    importance: int = 5
    first_mentioned: datetime = time_field()
    last_reinforced: datetime = time_field()
    reinforcement_count: int = 1
    about: str = "user"
    about_name: str | None = None
    realm: str = "real"
    event_time: datetime | None = optional_time_field()
    mention_time: datetime = time_field()
    valid_from: datetime | None = optional_time_field()
    valid_to: datetime | None = optional_time_field()
    status: str = "active"
    superseded_by: UUID | None = None
    questions: UUID | None = Field(default=None, foreign_key="memory.id", ondelete="CASCADE")
    origin: str = "extracted"
    pinned: bool = False
    source_message_ids: list[UUID] = uuid_list_field()
    attribute: str | None = None  # what it is about ("dog.name"), so that an update finds its elder
    index_text: str = ""
    index_state: str = "pending"
    embedding_model: str | None = None
    sensitive: bool = sensitive_field()
    created_at: datetime = time_field()
    updated_at: datetime = time_field()

    __table_args__ = (
        Index(
            "uq_memory_active_content",
            "character_id",
            "user_id",
            "kind",
            "content_hash",
            unique=True,
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_memory_owner_listing", "character_id", "user_id", "id"),
        Index("ix_memory_unsynced", "id", postgresql_where=text("index_state <> 'synced'")),
        Index("ix_memory_sources", "source_message_ids", postgresql_using="gin"),
        Index(
            "ix_memory_ageing",
            "created_at",
            postgresql_where=text(
                "status = 'active' AND kind IN ('episode', 'summary') AND NOT pinned"
            ),
        ),
        Index(
            "ix_memory_best_known",
            "character_id",
            "user_id",
            text("pinned DESC"),
            text("importance DESC"),
            text("last_reinforced DESC"),
            postgresql_where=text(ABOUT_THE_USERS_LIFE),
        ),
        Index("ix_memory_summary", "conversation_id", postgresql_where=text("kind = 'summary'")),
        Index("ix_memory_questions", "questions", postgresql_where=text("questions IS NOT NULL")),
        Index(
            "ix_memory_unsure",
            "character_id",
            "user_id",
            postgresql_where=text("status = 'unsure'"),
        ),
        key_index("memory"),
    )

    @property
    def owner(self) -> Owner:
        """Whose memory it is."""
        return Owner(self.character_id, self.user_id)


class KnownMemory(NamedTuple):
    """A memory as ranking and prompts read it: the fields of `Memory` by the same names. Recall reads
    dozens a turn, and a whole record takes ten times as long to build."""

    id: UUID
    conversation_id: UUID | None
    kind: str
    content: str
    importance: int
    last_reinforced: datetime
    reinforcement_count: int
    about: str
    about_name: str | None
    realm: str
    event_time: datetime | None
    mention_time: datetime
    source_message_ids: list[UUID]


class Outdated(NamedTuple):
    """A fact that holds no more, the messages that say it, and the fact that holds instead; None where it was
    only taken back."""

    content: str
    source_message_ids: list[UUID]
    instead: KnownMemory | None


Recallable = Memory | KnownMemory


class MemoryRevision(Sealable, table=True):
    """One line of a memory's history: what happened to it, when, and because of which messages.

    `action` is `added`, `reinforced`, `repeated`, `superseded`, `questioned`, `confirmed`, `edited`,
    `retracted`, `expired` or `restored`.
    """

    __tablename__ = "memory_revision"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    memory_id: UUID = Field(foreign_key="memory.id", ondelete="CASCADE", index=True)
    action: str
    content: str
    details: dict[str, Any] = json_field(dict)
    source_message_ids: list[UUID] = uuid_list_field()
    sensitive: bool = sensitive_field()
    created_at: datetime = time_field()

    __table_args__ = (key_index("memory_revision"),)
