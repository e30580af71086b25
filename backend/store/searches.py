"""Looking for messages by what they say: the repository of searches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.models import Conversation, Message

Place = tuple[datetime, UUID]  # when a message was said, and its id: where it stands among results


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Whose messages, and which of them; None leaves a field open. `since` is within, `until` is not."""

    user_id: UUID
    conversation_id: UUID | None = None
    character_id: UUID | None = None
    sender_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that fits, with the conversation it stands in.

    `spans` are the parts of its content that were looked for, as (start, end) in code points, in order,
    none touching the next. `score` is 0-1, higher fits better.
    """

    message: Message
    conversation: Conversation
    spans: tuple[tuple[int, int], ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class TextPage:
    """Some of what fits, newest first. `end`: where to go on; None where nothing older fits.

    `scanned` messages aren't in the text index (sealed ones, or those it has still to take in) and were
    read one by one. If they were too many, `complete` is False: the page holds what fits up to `end`,
    though it has room for more.
    """

    found: tuple[FoundMessage, ...]
    end: Place | None
    scanned: int
    complete: bool


class Searches(Protocol):
    async def by_words(
        self, narrow: SearchFilter, text: str, *, limit: int, before: Place | None
    ) -> TextPage:
        """Messages with the words of a text, in any of their forms, newest first: `"a phrase"`, `-without`,
        `this or that`. A text without a word finds nothing.

        Raises:
            NotFound: the conversation or the character isn't one that the user knows.
        """

    async def of_episodes(
        self, narrow: SearchFilter, scores: Mapping[UUID, float]
    ) -> list[FoundMessage]:
        """The messages of active episodes of the user's, whose ids map to scores. Best first."""

    async def read_languages(self, *, limit: int) -> int:
        """Take messages into the text index that were stored before there was one; returns how many.
        Several processes can, each takes others."""
