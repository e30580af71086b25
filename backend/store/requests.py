"""Requests that may come twice: the repository of kept answers."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from backend.models import KeptAnswer


class KeptAnswers(Protocol):
    """Answers to requests with an `Idempotency-Key`, one for each user and key."""

    async def claim(self, wanted: KeptAnswer, *, stale_after: timedelta) -> KeptAnswer | None:
        """Take the key for a request that is to be carried out now; None: it is the caller's. Else
        who has it: a request still being carried out (`sealed` is None) or its answer. A claim older
        than `stale_after` without an answer is a dead process's, and is given away."""

    async def keep(self, user_id: UUID, key_hash: bytes, sealed: bytes) -> None:
        """Store the answer of a claimed key."""

    async def release(self, user_id: UUID, key_hash: bytes) -> None:
        """Give a claimed key back: what it was for was not done."""

    async def forget_older(self, age: timedelta) -> None:
        """Drop what was claimed longer ago than `age`."""
