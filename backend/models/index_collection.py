"""The collections of the vector index: which one serves, which one is being built."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from backend.models.base import json_field, time_field


class IndexCollection(SQLModel, table=True):
    """One collection of vectors, all made by one model.

    `role` is `live` (recall reads it, memories are written to it), `building` (fills up beside it),
    `previous` (served before, and is kept for going back) or `dropped` (waits to be deleted); there is
    at most one of each but the last.

    `source` is the `EMBEDDING_MODEL` that it was asked for with. `model`, `dimension` and `name` are
    known once the model has been loaded; the name is the collection's in the index.

    While it is built, every memory up to `cursor` has been written; once `walked`, only those
    marked as `IndexBehind` are missing. `done` of `total` memories are for showing. `in_flight` holds
    (character, user, memory) of what is being written: should the process die now, what has been
    forgotten meanwhile must be taken out again. `problem` says why it doesn't get on.
    """

    __tablename__ = "index_collection"

    id: int | None = Field(default=None, primary_key=True)
    role: str
    source: str
    model: str | None = None
    dimension: int | None = None
    name: str | None = Field(default=None, unique=True)
    cursor: UUID | None = None
    walked: bool = False
    done: int = 0
    total: int = 0
    in_flight: list[tuple[str, str, str]] = json_field(list)
    problem: str | None = None
    created_at: datetime = time_field()

    __table_args__ = (
        Index(
            "uq_index_collection_role",
            "role",
            unique=True,
            postgresql_where=text("role <> 'dropped'"),
        ),
    )


class IndexBehind(SQLModel, table=True):
    """A memory that the collection beside the live one (`building` or `previous`) doesn't have as it
    is now: it was written to the live one since."""

    __tablename__ = "index_behind"

    memory_id: UUID = Field(primary_key=True, foreign_key="memory.id", ondelete="CASCADE")
