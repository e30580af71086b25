"""A person with an account."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Index, func, text
from sqlmodel import Field, SQLModel

from backend.models.base import new_id, optional_time_field, time_field

ADMIN = "admin"  # the role


class User(SQLModel, table=True):
    """`role` is `user` or `admin`; `password_hash` is None for the embedded local user;
    `time_zone` is an IANA name; tokens from before `tokens_valid_from` are no longer good.

    `said_minor_at`: said to be under 18, and counts as that from then on. `talk_began_at`: when the
    talk that goes on began, with whichever character; `reminded_at`: last reminded of a break.

    Since `blocked_at` nobody is let in by this account; `blocked_reason` is told to who tries.
    Since `leaving_at` it is being erased, and counts as gone.

    `issuer` and `external_subject` are of somebody whom another issuer's tokens let in."""

    __tablename__ = "user_account"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str
    display_name: str
    role: str = "user"
    adult_confirmed: bool = False
    time_zone: str = "UTC"
    password_hash: str | None = None
    tokens_valid_from: datetime | None = optional_time_field()
    said_minor_at: datetime | None = optional_time_field()
    talk_began_at: datetime | None = optional_time_field()
    reminded_at: datetime | None = optional_time_field()
    blocked_at: datetime | None = optional_time_field()
    blocked_reason: str | None = None
    leaving_at: datetime | None = optional_time_field()
    issuer: str | None = None
    external_subject: str | None = None
    created_at: datetime = time_field()

    @property
    def zone(self) -> ZoneInfo:
        """In which a day of theirs begins and ends."""
        return ZoneInfo(self.time_zone)


# Two people can't share an address that differs only in case.
Index("uq_user_account_email_lower", func.lower(User.__table__.c.email), unique=True)  # type: ignore[attr-defined]
Index(
    "uq_user_account_external_subject",
    User.__table__.c.issuer,  # type: ignore[attr-defined]
    User.__table__.c.external_subject,  # type: ignore[attr-defined]
    unique=True,
    postgresql_where=text("external_subject IS NOT NULL"),
)
