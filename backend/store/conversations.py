"""What is said: the repositories of conversations, messages and reply contexts."""

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
    Relationship,
    ReplyContext,
    User,
)


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """How far the user has read by now, and how many messages were new to them."""

    seq: int
    messages: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a user said, stored; its conversation as it is by that, and when something was said in it
    before."""

    message: Message
    conversation: Conversation
    spoke_last: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What of the memories and messages that a reply was shown is still there to be shown, and whether any
    of them all is sensitive."""

    memory_ids: frozenset[UUID]
    message_ids: frozenset[UUID]
    sensitive: bool


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

    async def participants(self, owner: Owner) -> tuple[User, Character, Relationship]:
        """Who talk with each other, and how they stand: as `Relationships.get`. One query.

        Raises:
            NotFound: one of them is gone.
        """

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

    async def begin_anew(self, owner: Owner) -> list[Conversation]:
        """What was said so far in any of the owner's conversations is never to become memory; the next
        exchange gives a new title, where no person chose one. Returns them, oldest first."""

    async def delete(self, conversation_ids: Sequence[UUID]) -> None:
        """For good, with everything said in them."""

    async def change(self, conversation_id: UUID, **values: Any) -> None:
        """Set named columns, leaving those alone that turns count up meanwhile."""


class Messages(Protocol):
    async def append(self, message: Message, *, answered: Message | None = None) -> Message:
        """Give the message its conversation's next seq and store it; `answered` has its reply by that.

        Locks the conversation's row, so that numbers are taken in commit order, without gaps. Who
        stores a reply holds it before (`Turns.confirm`): else a message that comes in that moment would
        count as answered.
        """

    async def say(self, message: Message) -> Said | None:
        """`append` what a user says, and bring the conversation back from the archive. None, and nothing
        is stored: the conversation isn't the sender's, or was deleted; its character is blocked; or the
        message's `client_message_id` is known.

        Raises:
            RequestInProgress: a copy with that id was stored in this very moment; the transaction must
                roll back, and the next will know it.
        """

    async def add_many(self, messages: Sequence[Message]) -> None:
        """Store messages under the numbers that they have, of a conversation that counts them already and
        that nobody else knows yet: for an import."""

    async def get(self, message_id: UUID) -> Message | None: ...

    async def of_user(
        self, message_id: UUID, user_id: UUID, *, for_update: bool = False
    ) -> tuple[Message, Conversation] | None:
        """A message and its conversation. None for somebody else's and where the conversation was deleted;
        the message may have been. `for_update` keeps others from changing either. One query."""

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

    async def for_prompt(self, conversation_id: UUID, *, limit: int, before: int) -> list[Message]:
        """Ascending by seq: the newest `limit` before a seq that prompts may show: none that was deleted,
        is forgotten or failed."""

    async def preceding(self, conversation_id: UUID, seq: int, *, limit: int) -> list[Message]:
        """The newest `limit` before `seq`, ascending, forgotten ones too; none deleted or failed."""

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

    async def saying(self, owner: Owner, phrases: Sequence[Sequence[str]]) -> list[Message]:
        """What was said in the owner's conversations that contains every word of one of the phrases
        somewhere, in any case; not what was deleted."""

    async def mark_forgotten(self, message_ids: Sequence[UUID]) -> None:
        """From now on they stand in their conversation alone, and aren't formed again."""

    async def mark_all_forgotten(self, conversation_ids: Sequence[UUID]) -> None:
        """Everything that was said in conversations until now, likewise."""

    async def empty(self, conversation_id: UUID, messages: Sequence[Message]) -> None:
        """Leave nothing of a conversation's messages but their places, each under a change number of its
        own; they change in place. As many statements for one as for a hundred."""

    async def mark_read(
        self, conversation_id: UUID, *, up_to_seq: int, at: datetime
    ) -> ReadUpTo | None:
        """The user has read what the character sent, up to a seq or the newest message. None if that was
        known. The character reads as it answers (`Turns.take_up`)."""

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


class Contexts(Protocol):
    async def save(self, context: ReplyContext) -> None:
        """In the place of the one that the reply had."""

    async def standing(
        self, owner: Owner, *, memory_ids: Sequence[UUID], message_ids: Sequence[UUID]
    ) -> Standing:
        """What may still be shown: memories of the owner's that say something, and messages neither
        deleted nor forgotten."""

    async def get(self, message_id: UUID) -> ReplyContext | None: ...

    async def scrub(
        self, owner: Owner, *, memory_ids: Sequence[UUID], message_ids: Sequence[UUID]
    ) -> int:
        """Take memories and messages out of the contexts that show them; returns how many did."""

    async def forget_topics(self, conversation_ids: Sequence[UUID]) -> None:
        """Take the topic out of the contexts where it is none of the conversation's any more."""

    async def delete_of(self, conversation_ids: Sequence[UUID]) -> int:
        """Of every reply in the conversations; returns how many there were."""
