"""What an extractor reads and what it proposes, before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One message as the extractor sees it."""

    message_id: UUID
    sender_type: str  # user | character
    speaker: str  # display name
    content: str
    said_at: datetime  # in the user's time zone


@dataclass(frozen=True, slots=True)
class Transcript:
    """A batch of consecutive messages of one conversation, oldest first.

    `preceding` are earlier lines that help to read the batch (who "she" is); they were already
    formed into memory and must not be cited.
    """

    user_name: str
    character_name: str
    lines: tuple[TranscriptLine, ...]
    preceding: tuple[TranscriptLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing worth remembering, with the messages that say it.

    `content` is one sentence in the third person ("The user's dog is called Biscuit.");
    `confidence` 0-1; `importance` 1-10; `attribute` names what the fact is about in a stable way
    ("dog.name", "job") where it can hold one value at a time, so that a newer value supersedes it.
    A `denial` says only that something isn't so, or no longer: it is kept where it contradicts a fact, and
    else dropped.
    """

    content: str
    source_message_ids: tuple[UUID, ...]
    category: str = "other"  # preference | personal | relationship | event | other
    confidence: float = 0.8
    importance: int = 5
    about: str = "user"  # user | character | other
    about_name: str | None = None
    realm: str = "real"  # real | fiction
    event_time: datetime | None = None
    attribute: str | None = None
    denial: bool = False


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A message of the user's that another one of theirs says was a lie or a joke."""

    message_id: UUID
    because_of: UUID


@dataclass(frozen=True, slots=True)
class Signal:
    """What one message says about the two: `warmth` in [-1, 1], `openness` in [0, 1]."""

    warmth: float = 0.0
    openness: float = 0.0


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an extractor found in one transcript. No candidates means: nothing worth keeping.

    `signals` by message id, for those of the user's messages that it judged. `taken_back` are messages that
    no longer count as a whole. What it cost: `calls` to the model, `tokens` in all, `prompt_tokens` of them
    read.
    """

    candidates: tuple[Candidate, ...] = ()
    model: str = "offline"
    tokens: int = 0
    rejected: tuple[str, ...] = field(default=())  # why proposals were dropped, for the log
    signals: Mapping[UUID, Signal] = field(default_factory=dict)
    calls: int = 0
    prompt_tokens: int = 0
    prompt_version: str = ""
    taken_back: tuple[TakenBack, ...] = ()
