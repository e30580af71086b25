"""What is still to be formed and folded: the queues of the memory worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.models import Message, Owner


@dataclass(frozen=True, slots=True)
class FormationState:
    """How far memory of an owner has come: messages not yet formed or not yet recallable,
    jobs given up after their retries, and when something was last formed."""

    pending_messages: int
    parked_jobs: int
    last_formed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a conversation is to be formed: `messages` never formed and their `characters` in all,
    `again` formed before and changed since. `parked`: a run was given up after its retries."""

    messages: int
    characters: int
    again: int
    parked: bool


class Formation(Protocol):
    """The queue of conversations whose newest messages wait to be formed into memory."""

    async def enqueue(self, conversation_id: UUID, *, delay_seconds: float) -> None:
        """Ask for formation, in this transaction. A request that already waits is enough."""

    async def waiting(self, conversation_id: UUID) -> Waiting: ...

    async def unformed(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        """The oldest messages not yet formed into memory; without those that a turn is answering now."""

    async def changed(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        """The oldest messages that follow one another and are to be formed again."""

    async def ask_again(self, message_ids: Sequence[UUID]) -> None:
        """Have messages that were formed already formed again."""

    async def confirm(self, messages: Sequence[Message]) -> None:
        """Make sure that the messages still say what was read, and mark them as no longer waiting to
        be formed again. Whoever changes a message holds the owner's lock, as the caller must.

        Raises:
            Conflict: one was edited, deleted, or formed again meanwhile; the transaction must
                roll back.
        """

    async def advance(self, conversation_id: UUID, *, from_seq: int, to_seq: int) -> None:
        """Record that messages up to `to_seq` are formed; the conversation's parked runs are over.

        Raises:
            Conflict: another run was first; the transaction must roll back.
        """

    async def state(self, owner: Owner) -> FormationState: ...


class Summaries(Protocol):
    """The queue of conversations whose summary is due, and how far each is folded into it."""

    async def enqueue(self, conversation_id: UUID) -> None:
        """Ask for a fold, in this transaction. A request that already waits is enough."""

    async def advance(self, conversation_id: UUID, *, from_seq: int, to_seq: int) -> None:
        """Record that messages up to `to_seq` are folded.

        Raises:
            Conflict: another run was first; the transaction must roll back.
        """

    async def rewind(self, conversation_id: UUID, to_seq: int) -> None:
        """Record that messages after `to_seq` are to be folded anew."""
