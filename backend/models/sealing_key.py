"""The keys that rows are sealed under, by name: never the keys themselves."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from backend.models.base import time_field


class SealingKey(SQLModel, table=True):
    """A key of `ENCRYPTION_KEYS` that was in use. `pepper` is the secret that content hashes are keyed
    with, one for the whole database, sealed under this key: so it also proves that the key is the
    same."""

    __tablename__ = "sealing_key"

    id: str = Field(primary_key=True)
    pepper: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = time_field()
