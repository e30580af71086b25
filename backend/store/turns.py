"""Who answers what: the repository of leases, and of replies that are wanted anew."""

from typing import Protocol
from uuid import UUID

from backend.models import Conversation, Message, WantedVariant


class Turns(Protocol):
    """Which conversations wait for an answer and who is answering. A lease in the database makes it
    one process; its fence keeps a process that slept through its lease from writing late."""

    async def waiting(self, *, limit: int) -> list[UUID]:
        """Conversations with an unanswered user message, or a reply to be written anew, and no live
        lease; not those whose character is blocked."""

    async def claim(
        self, conversation_id: UUID, process: str, *, seconds: float
    ) -> Conversation | None:
        """Take the lease. Returns the conversation, whose `turn_fence` is the lease's, and holds its row
        until this transaction ends. None while another process has it, and of a deleted one."""

    async def renew(self, conversation_id: UUID, fence: int, *, seconds: float) -> bool:
        """Extend the lease. True, once: `ask_to_stop` was called under it.

        Raises:
            Conflict: it was lost; stop working.
        """

    async def holder(self, conversation_id: UUID) -> str | None:
        """The process that has a live lease."""

    async def ask_to_stop(self, conversation_id: UUID) -> bool:
        """Have whoever has a live lease end the reply that it writes, when it next renews. False:
        there is no such lease."""

    async def confirm(self, conversation_id: UUID, fence: int) -> Conversation:
        """Make sure that the lease is still held. Returns the conversation as it is, and holds its row
        until this transaction ends: nobody speaks in it, claims it or asks anything of it meanwhile.

        Raises:
            Conflict: the fence is stale, or the conversation was deleted; the transaction must roll
                back.
        """

    async def let_go(self, conversation_id: UUID, fence: int) -> Conversation | None:
        """Give the lease back, unless something waits: then returns the conversation, still under it.
        Holds its row as `confirm` does. So nothing comes in between: what is asked for before is found
        waiting, and what is asked for later finds the lease free.

        Raises:
            Conflict: see `confirm`.
        """

    async def release(self, conversation_id: UUID, fence: int) -> None:
        """Give the lease back, whatever waits. Nothing, if it was lost."""

    async def release_all(self) -> None:
        """Forget every lease: only where no other process can exist."""

    async def next_unanswered(self, conversation_id: UUID) -> Message | None:
        """None, too, while the character is blocked; likewise `next_wanted`."""

    async def take_up(self, conversation: Conversation, message: Message) -> None:
        """The character begins to answer a message, so it has read all up to there. The caller holds the
        conversation's row (`claim`, `let_go`)."""

    async def want_variant(self, reply: Message) -> None:
        """Keep in mind that a reply is to be written anew; twice, while it waits, is once.

        Raises:
            NotFound: the conversation was deleted.
            CharacterBlocked: its character is to say nothing.
        """

    async def next_wanted(self, conversation_id: UUID) -> WantedVariant | None:
        """The reply that has waited longest to be written anew."""

    async def drop_wanted(self, reply_id: UUID, times: int) -> None:
        """It was written, or can't be. Stays if it was wanted more than `times` times."""
