"""A person with an account."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Index, func
from sqlmodel import Field, SQLModel

from backend.models.base import new_id, optional_time_field, time_field


class User(SQLModel, table=True):
    """`role` is `user` or `admin`; `password_hash` is None for the embedded local user;
    `time_zone` is an IANA name; tokens from before `tokens_valid_from` are no longer good."""

    __tablename__ = "user_account"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str
    display_name: str
    role: str = "user"
    adult_confirmed: bool = False
    time_zone: str = "UTC"
    password_hash: str | None = None
    tokens_valid_from: datetime | None = optional_time_field()
    created_at: datetime = time_field()

    @property
    def zone(self) -> ZoneInfo:
        """In which a day of theirs begins and ends."""
        return ZoneInfo(self.time_zone)


# Two people can't share an address that differs only in case.
Index("uq_user_account_email_lower", func.lower(User.__table__.c.email), unique=True)  # type: ignore[attr-defined]
