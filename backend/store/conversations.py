"""What is said: the repositories of conversations, messages, turns and reply contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from backend.models import (
    Character,
    Conversation,
    Message,
    MessageVariant,
    Owner,
    ReplyContext,
    WantedVariant,
)


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """How far a side has read by now, and how many messages were new to it."""

    seq: int
    messages: int


class Conversations(Protocol):
    async def add(self, conversation: Conversation) -> None: ...

    async def get(self, conversation_id: UUID) -> Conversation | None: ...

    async def of_user(
        self, conversation_id: UUID, user_id: UUID, *, for_update: bool = False
    ) -> Conversation | None:
        """None for somebody else's and for deleted ones."""

    async def to_speak_in(
        self, conversation_id: UUID, user_id: UUID
    ) -> tuple[Conversation, Character | None] | None:
        """As `of_user`, for update; with the character if it is blocked, and so can't be spoken to."""

    async def page(
        self,
        user_id: UUID,
        *,
        limit: int,
        before: tuple[datetime, UUID] | None,
        character_id: UUID | None,
        status: str | None,
    ) -> list[Conversation]:
        """Most recently active first."""

    async def of_owner(self, owner: Owner) -> list[Conversation]:
        """All of the owner's, deleted ones too, oldest first."""

    async def delete(self, conversation_ids: Sequence[UUID]) -> None:
        """For good, with everything said in them."""

    async def change(self, conversation_id: UUID, **values: Any) -> None:
        """Set named columns, leaving those alone that turns count up meanwhile."""


class Messages(Protocol):
    async def append(self, message: Message) -> Message:
        """Give the message its conversation's next seq and store it.

        Locks the conversation's row, so that numbers are taken in commit order, without gaps.
        """

    async def append_many(self, conversation_id: UUID, messages: Sequence[Message]) -> None:
        """Like `append`, for an import; their times decide the conversation's."""

    async def get(self, message_id: UUID) -> Message | None: ...

    async def by_client_id(
        self, conversation_id: UUID, client_message_id: str
    ) -> Message | None: ...

    async def page(
        self,
        conversation_id: UUID,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        with_deleted: bool = False,
    ) -> list[Message]:
        """Ascending by seq: the newest `limit`, those before, or those after a seq. Deleted ones,
        emptied as they are, only if asked for."""

    async def of_ids(self, message_ids: Sequence[UUID]) -> list[Message]:
        """Those there are, in no order."""

    async def ids_of(self, conversation_id: UUID) -> list[UUID]:
        """Of every message, deleted ones too."""

    async def stored_before(
        self, moment: datetime, *, after: UUID | None, limit: int
    ) -> list[tuple[UUID, UUID]]:
        """The oldest that were stored before a moment, whatever time they say they are of, and aren't
        deleted; of everybody: (conversation, message), by message, those behind `after`."""

    async def delete_of(self, conversation_id: UUID) -> int:
        """Delete every message of a conversation for good; returns how many there were."""

    async def saying(self, owner: Owner, words: Sequence[str]) -> list[Message]:
        """What was said in the owner's conversations that contains every one of the words somewhere, in
        any case; not what was deleted."""

    async def mark_forgotten(self, message_ids: Sequence[UUID]) -> None:
        """From now on they stand in their conversation alone."""

    async def delete_variants(self, message_id: UUID) -> None: ...

    async def mark_read(
        self, conversation_id: UUID, *, reader: str, up_to_seq: int, at: datetime
    ) -> ReadUpTo | None:
        """`reader` (`user` or `character`) has read what the other side sent, up to a seq or the
        newest message. None if that was known."""

    async def mark_delivered(self, message_ids: Sequence[UUID]) -> None:
        """Those of the messages that were only sent have reached their reader."""

    async def change(self, message: Message) -> None:
        """Store what a message says or is now, under its conversation's next change number."""

    async def changed(
        self,
        conversation_id: UUID,
        *,
        up_to_seq: int,
        after_change: int | None,
        since: datetime,
        limit: int,
    ) -> list[Message]:
        """Messages that changed after a change number or, where that is None, since a moment:
        the `limit` that changed last, deleted ones too, in order of change."""

    async def add_variant(self, variant: MessageVariant) -> None: ...

    async def variants(self, message_ids: Sequence[UUID]) -> list[MessageVariant]:
        """Of several messages, in order of number."""


class Turns(Protocol):
    """Which conversations wait for an answer and who is answering. A lease in the database makes it
    one process; its fence keeps a process that slept through its lease from writing late."""

    async def waiting(self, *, limit: int) -> list[UUID]:
        """Conversations with an unanswered user message, or a reply to be written anew, and no live
        lease; not those whose character is blocked."""

    async def claim(self, conversation_id: UUID, process: str, *, seconds: float) -> int | None:
        """Take the lease. Returns its fence, or None while another process holds it."""

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

    async def confirm(self, conversation_id: UUID, fence: int) -> None:
        """Make sure, until this transaction ends, that the lease is still held.

        Raises:
            Conflict: the fence is stale, or the conversation was deleted; the transaction must roll
                back.
        """

    async def release(self, conversation_id: UUID, fence: int) -> None: ...

    async def release_all(self) -> None:
        """Forget every lease: only where no other process can exist."""

    async def next_unanswered(self, conversation_id: UUID) -> Message | None:
        """None, too, while the character is blocked; likewise `next_wanted`."""

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

    async def mark_answered(self, conversation_id: UUID, message: Message, fence: int) -> None:
        """Record that `message` has its reply.

        Raises:
            Conflict: the fence is stale, or the conversation was deleted; the transaction must roll
                back.
        """


class Contexts(Protocol):
    async def save(self, context: ReplyContext) -> None: ...

    async def get(self, message_id: UUID) -> ReplyContext | None: ...

    async def scrub(
        self, owner: Owner, *, memory_ids: Sequence[UUID], message_ids: Sequence[UUID]
    ) -> int:
        """Take memories and messages out of the contexts that show them; returns how many did."""

    async def forget_topics(self, conversation_ids: Sequence[UUID]) -> None:
        """Take the topic out of the contexts where it is none of the conversation's any more."""

    async def delete(self, message_id: UUID) -> None: ...

    async def delete_of(self, conversation_ids: Sequence[UUID]) -> int:
        """Of every reply in the conversations; returns how many there were."""
