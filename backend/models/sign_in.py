"""What a token lets in, and the tokens that no longer do."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Field, SQLModel

from backend.models.base import time_field


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody as another issuer's token tells of them; `email` only if it says that it is verified.
    `mark` is what the receipt of their account's erasure, if there was one, is known by."""

    # A ticket keeps it as JSON, which has no bytes.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        ser_json_bytes="base64", val_json_bytes="base64"
    )
    issuer: str
    subject: str
    email: str | None = None
    display_name: str | None = None
    mark: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One user, let in by one token until it expires.

    `token_id` is the token's alone; `session_id` is shared by all that came of one sign-in by
    renewal, and is None, like `issued_at`, where another issuer's token doesn't say. Such a token's
    `newcomer` is who gets an account if there is none yet.
    """

    user_id: UUID
    token_id: UUID
    expires_at: datetime
    session_id: UUID | None = None
    issued_at: datetime | None = None
    newcomer: Newcomer | None = None

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Any of these being revoked ends it."""
        return (self.token_id,) if self.session_id is None else (self.token_id, self.session_id)

    def older_than(self, moment: datetime | None) -> bool:
        """Whether it was issued before a moment, or may have been; False for None."""
        return moment is not None and (self.issued_at is None or self.issued_at < moment)


class RevokedToken(SQLModel, table=True):
    """A token or a session that is no longer good; of no use once it would have expired anyway."""

    __tablename__ = "revoked_token"

    id: UUID = Field(primary_key=True)
    expires_at: datetime = time_field(index=True)
