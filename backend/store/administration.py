"""What admins see and do beside reports: the log of that, accounts, and the system as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from backend.models import AdminAction, Character, User


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Narrows a listing of the log; None leaves a field open."""

    actor_id: UUID | None = None
    action: str | None = None
    target_id: UUID | None = None


class Audit(Protocol):
    """The log of what admins and the command line did; see `AdminAction`."""

    async def record(
        self,
        action: str,
        *,
        actor_id: UUID | None = None,
        target: tuple[str, UUID] | None = None,
        outcome: str = "done",
        **details: Any,
    ) -> None:
        """Add a line, in this transaction. Without an actor it was the command line:
        `await tx.audit.record("cli.create_admin", target=("user", user.id))`. Details are ids,
        numbers and words of ours."""

    async def page(
        self, narrow: AuditFilter, *, limit: int, before: UUID | None
    ) -> list[AdminAction]:
        """Newest first."""


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Narrows a listing of users; None leaves a field open. `text` matches anywhere in the name or
    the address, in any case, or is an id."""

    text: str | None = None
    role: str | None = None
    blocked: bool | None = None


class People(Protocol):
    """Accounts and characters, as far as an admin decides about them."""

    async def page(self, narrow: UserFilter, *, limit: int, before: UUID | None) -> list[User]:
        """Newest first."""

    async def block_user(self, user_id: UUID, reason: str | None) -> User | None:
        """Block for a reason, or unblock for None; None: there is no such user. Blocked again, it
        has been so since the first time, for the new reason."""

    async def block_character(self, character_id: UUID, reason: str | None) -> Character | None:
        """Likewise, a deleted one too: it goes on talking to those who have met it."""

    async def characters(
        self, *, blocked: bool | None, limit: int, before: UUID | None
    ) -> list[Character]:
        """Public and blocked ones, newest first, without their `card`: what nobody else sees is nothing
        for an admin to look through. `blocked` narrows them to those that are, or that aren't. Deleted ones
        only if they are blocked."""

    async def set_role(self, user_id: UUID, role: str) -> User | None:
        """None: there is no such user."""


@dataclass(frozen=True, slots=True)
class ParkedJob:
    """A job that was given up after its tries. `code` and `reason` say why it failed last; None for
    one that failed before that was kept. At `retries_at` it is tried once more by itself."""

    id: int
    task: str
    conversation_id: UUID | None
    attempts: int
    parked_at: datetime | None
    retries_at: datetime | None
    code: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class LiveConversation:
    """A conversation in which something goes on. `process` writes a reply until `lease_until` at
    most, unless it renews its lease; None: nobody writes."""

    id: UUID
    user_id: UUID
    character_id: UUID
    process: str | None
    lease_until: datetime | None


class Operation(Protocol):
    """How the system as a whole is doing: numbers, not content. Each is one query."""

    async def overview(self) -> dict[str, Any]:
        """Counts, as the wire names them: {users, activeUsers, characters, conversations, messages,
        memories, tokens, reports, jobs, index, schema}."""

    async def memory_health(self) -> dict[str, Any]:
        """{pendingMessages, conversationsBehind, oldestPendingAt, jobs, embeddings, collections}."""

    async def parked_jobs(self, *, limit: int) -> list[ParkedJob]:
        """Those parked last first."""

    async def retry_parked(self, job_id: int | None) -> list[int]:
        """Queue a parked job again, or all; returns which. One that waits anew under another number
        already is dropped: the waiting one does the same."""

    async def live(self, heard: Sequence[UUID], *, limit: int) -> list[LiveConversation]:
        """Where a reply is being written, and the conversations among those ids."""
