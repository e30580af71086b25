"""The erasure of an account: what is still to be done of it, and in the end nothing but its receipt."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backend.models.base import json_field, optional_time_field, time_field, uuid_list_field
from backend.models.owner import Owner


class Erasure(SQLModel, table=True):
    """One erasure. `id` is random, and all that its receipt names.

    `user_id`, `characters` (that knew the user) and `conversations` say what is looked for; they are
    cleared once it was looked for a last time. `deleted` counts {rows {table: n}, vectors, cacheKeys};
    `remaining` {rows, vectors, cacheKeys, jobs} is what was found when it was last looked for, None where
    that couldn't be looked at. `finished_at`: when nothing was found. `mark`, a keyed hash of the user's id,
    stays: by it another issuer's token from before is known.
    """

    __tablename__ = "erasure_receipt"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID | None = None
    mark: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    characters: list[UUID] = uuid_list_field()
    conversations: list[UUID] = uuid_list_field()
    deleted: dict[str, Any] = json_field(dict)
    remaining: dict[str, int | None] | None = Field(default=None, sa_type=JSONB)
    begun_at: datetime = time_field()
    finished_at: datetime | None = optional_time_field()

    __table_args__ = (
        Index(
            "uq_erasure_receipt_user",
            "user_id",
            unique=True,
            postgresql_where=text("user_id IS NOT NULL"),
        ),
    )

    def forget_whose(self) -> None:
        """Keep the receipt and the mark alone."""
        self.user_id, self.characters, self.conversations = None, [], []

    @property
    def owners(self) -> list[Owner]:
        """The pairs whose vectors are looked for."""
        if self.user_id is None:
            return []
        return [Owner(character_id, self.user_id) for character_id in self.characters]
