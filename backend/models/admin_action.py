"""What admins and the command line did: a log that is only ever added to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from backend.models.base import json_field, new_id, time_field

DONE = "done"


class AdminAction(SQLModel, table=True):
    """One line of the log. The database refuses to change or delete it.

    It names people and things by their ids alone, so that it can stay when they are erased, and
    refers to no table. `actor_id` is the admin, None for the command line. `outcome` is `done` or the
    code of the error that it ended with. `details` holds ids, numbers and words of ours, nothing that
    anybody wrote.
    """

    __tablename__ = "admin_audit"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = time_field()
    actor_id: UUID | None = None
    action: str
    target_type: str | None = None
    target_id: UUID | None = None
    outcome: str = DONE
    details: dict[str, Any] = json_field(dict)

    __table_args__ = (
        Index("ix_admin_audit_actor", "actor_id", "id"),
        Index("ix_admin_audit_target", "target_id", "id"),
    )
