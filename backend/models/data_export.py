"""The archive of all that is held on a user, kept for a while so that a broken download can go on."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel

from backend.models.base import new_id, time_field

EXPORT_KEPT_FOR = timedelta(hours=1)


class DataExport(SQLModel, table=True):
    """One archive of a user's, who has at most one. `key_hash` is the SHA-256 of the key that its pieces
    are sealed under: only who downloads it has that key. `size` in bytes, once it is whole."""

    __tablename__ = "data_export"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", unique=True)
    key_hash: bytes = Field(sa_type=LargeBinary)
    size: int | None = Field(default=None, sa_type=BigInteger)
    begun_at: datetime = time_field(index=True)


class ExportPiece(SQLModel, table=True):
    """A run of an archive's bytes, from `start` on, `length` of them, sealed; and sealed with them in
    `notes`, what is needed to make the next piece."""

    __tablename__ = "export_piece"

    export_id: UUID = Field(primary_key=True, foreign_key="data_export.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    start: int = Field(sa_type=BigInteger)
    length: int
    notes: bytes = Field(sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
