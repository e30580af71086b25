"""The answer to a request that came with an `Idempotency-Key`, kept for when it comes again."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from backend.models.base import time_field

KEPT_FOR = timedelta(days=1)


class KeptAnswer(SQLModel, table=True):
    """One key of one user. `key_hash` and `request_hash` are SHA-256; `sealed` is None while the first
    request is being carried out, then its answer, which only the key itself opens."""

    __tablename__ = "kept_answer"

    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id", ondelete="CASCADE")
    key_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    request_hash: bytes = Field(sa_type=LargeBinary)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    claimed_at: datetime = time_field(index=True)
