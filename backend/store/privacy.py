"""What a user may ask for: all that is held on them, and that it be erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import SQLModel

from backend.models import DataExport, Erasure, ExportPiece, ReplyContext


class Erasures(Protocol):
    """Accounts that are being erased, and the receipts of those that were."""

    async def begin(self, user_id: UUID, mark: bytes) -> Erasure | None:
        """Mark an account as gone from now on; asked again before it is finished, it gives the first.
        None: no such account. `mark` is what it is known by when its id is forgotten."""

    async def latest(self, user_id: UUID, mark: bytes) -> Erasure | None:
        """The last erasure of an account that had this id or mark. Its `user_id` is set while the id is
        still looked for."""

    async def has_successor(self, erasure: Erasure) -> bool:
        """Whether there is an account with the erased one's id that was made since: not to be touched."""

    async def get(self, erasure_id: UUID, *, for_update: bool = False) -> Erasure | None: ...

    async def whose(self, name: str) -> UUID | None:
        """The user with this address, in any case, or with this id; one that is being erased too."""

    async def due(self, looked_for_before: datetime) -> list[UUID]:
        """Erasures that aren't finished, and those finished before a moment that are to be looked for
        a last time; oldest first."""

    async def being_answered(self, user_id: UUID) -> list[UUID]:
        """The user's conversations in which a reply is being written."""

    async def delete_rows(self, erasure: Erasure) -> Mapping[str, int]:
        """Delete every row that is the user's, and every job but those under way; notes the
        conversations' ids in the erasure. Returns how many of each table. The caller holds the locks
        of all the user's pairs."""

    async def clear_in_flight(self, erasure: Erasure) -> None:
        """Take the user out of what was being written to an index. Nobody may be building one."""

    async def count_rows(self, erasure: Erasure) -> Mapping[str, int]:
        """What is left in each table."""

    async def count_jobs(self, erasure: Erasure) -> int:
        """Jobs about the user's conversations, those under way too."""

    async def save(self, erasure: Erasure) -> None: ...


class Holdings(Protocol):
    """All that is held on one user, for reading."""

    async def page(
        self, model: type[SQLModel], user_id: UUID, *, after: Sequence[Any] | None, limit: int
    ) -> list[SQLModel]:
        """The user's records of a kind by primary key, those behind `after`."""

    async def contexts(self, message_ids: Sequence[UUID]) -> list[ReplyContext]:
        """Those of replies among the messages, in no order."""

    async def counts(self, user_id: UUID) -> Mapping[str, int]:
        """How many `messages` and `memories` there are, about."""


class Exports(Protocol):
    """Archives that are kept for a while, sealed."""

    async def begin(self, export: DataExport) -> None:
        """Store a new one; the user's earlier one goes."""

    async def find(self, user_id: UUID, key_hash: bytes) -> DataExport | None:
        """The user's with this key."""

    async def add(self, piece: ExportPiece) -> None:
        """Store a piece; if another process was first with this number, its one stays.

        Raises:
            Conflict: the archive was given up.
        """

    async def piece(self, export_id: UUID, number: int) -> ExportPiece | None: ...

    async def notes(self, export_id: UUID) -> list[bytes]:
        """The notes of all pieces, in order."""

    async def containing(self, export_id: UUID, offset: int) -> int | None:
        """The number of the piece that a byte is in, of the last one for a byte behind it."""

    async def finish(self, export_id: UUID, size: int) -> None:
        """The archive is whole."""

    async def forget_older(self, moment: datetime) -> None:
        """Delete those begun before a moment."""
