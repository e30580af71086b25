"""What a fold reads: when one is due, how far it goes, and which messages it takes in.

Only messages that are still remembered (their episode is there) are folded, so that what a person
had forgotten doesn't come back when a summary is rebuilt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.memory.reading import as_lines
from backend.memory.speakers import speakers_of
from backend.models import Conversation, Memory, Message, Owner
from backend.models.candidate import Transcript, TranscriptLine
from backend.models.summary import SummaryMaterial
from backend.store import Transaction

REFRESH_EVERY = 50  # messages since the last fold
UNSETTLED = 2  # the newest messages, left for the next fold: they are what gets edited, regenerated
RANGE_MESSAGES = 200  # of one fold; only an import or a long outage leaves more
RANGE_BYTES = 24_000  # about 6,000 tokens
REMEMBERED = ("active", "expired")  # what an episode is unless its message was forgotten


def is_due(conversation: Conversation, window: int) -> bool:
    """Whether a fold is to be made: the first once there is more than the window shows, then one
    for every `REFRESH_EVERY` messages."""
    if settled_seq(conversation) <= conversation.summarised_seq:
        return False
    if conversation.summarised_seq == 0:
        return conversation.last_seq > window
    return conversation.last_seq - conversation.summarised_seq >= REFRESH_EVERY


def settled_seq(conversation: Conversation) -> int:
    """The number of the newest message that a fold takes in. It reaches into the window: else all
    that leaves the window before the next fold would be in neither."""
    return min(conversation.last_seq - UNSETTLED, conversation.answered_seq)


@dataclass(frozen=True, slots=True)
class SummaryRange:
    """What one fold reads: the summary so far and `lines`, which say something and are remembered.

    `to_seq` is the range's last message, whether it says something or not.
    """

    conversation: Conversation
    previous: Memory | None
    lines: tuple[TranscriptLine, ...]
    names: dict[str, str]  # sender type to display name
    zone: ZoneInfo  # the user's
    to_seq: int
    sensitive: bool  # something of it is

    @property
    def material(self) -> SummaryMaterial:
        """The same as a summariser reads it."""
        return SummaryMaterial(
            Transcript(self.names["user"], self.names["character"], self.lines),
            self.previous.content if self.previous else "",
            self.conversation.title,
            tuple(self.conversation.details.get("topics", ())),
        )


async def next_range(tx: Transaction, conversation_id: UUID, goal: int) -> SummaryRange | None:
    """The oldest messages not folded yet, up to number `goal`; None if there are none, or the
    conversation is gone."""
    conversation = await tx.conversations.get(conversation_id)
    if conversation is None or conversation.status == "deleted":
        return None
    if conversation.summarised_seq >= goal:
        return None
    speakers = await speakers_of(tx, conversation.owner)
    names, zone = speakers.names, speakers.zone
    waiting = await _messages(tx, conversation, goal)
    fitting = _within_size(waiting)
    all_of_it = len(fitting) == len(waiting) < RANGE_MESSAGES
    previous = await tx.memories.summary_of(conversation.owner, conversation.id)
    return SummaryRange(
        conversation,
        previous,
        await _lines(tx, conversation.owner, fitting, names, zone),
        names,
        zone,
        goal if all_of_it else fitting[-1].seq,
        (previous is not None and previous.sensitive) or any(each.sensitive for each in fitting),
    )


async def is_unchanged(tx: Transaction, read: SummaryRange) -> bool:
    """Whether the range and the summary so far still say what was read."""
    conversation = read.conversation
    current = await tx.memories.summary_of(conversation.owner, conversation.id)
    messages = await _messages(tx, conversation, read.to_seq)
    return (
        _telling(current) == _telling(read.previous)
        and await _lines(tx, conversation.owner, messages, read.names, read.zone) == read.lines
    )


def _telling(summary: Memory | None) -> tuple[UUID, str] | None:
    return (summary.id, summary.content) if summary else None


async def _messages(tx: Transaction, conversation: Conversation, to_seq: int) -> list[Message]:
    after = await tx.messages.page(
        conversation.id, limit=RANGE_MESSAGES, after=conversation.summarised_seq
    )
    return [message for message in after if message.seq <= to_seq]


def _within_size(messages: Sequence[Message]) -> list[Message]:
    """The first messages that fit a fold; at least one, however long."""
    kept: list[Message] = []
    size = 0
    for message in messages:
        size += len(message.content.encode())
        if kept and size > RANGE_BYTES:
            break
        kept.append(message)
    return kept


async def _lines(
    tx: Transaction,
    owner: Owner,
    messages: Sequence[Message],
    names: dict[str, str],
    zone: ZoneInfo,
) -> tuple[TranscriptLine, ...]:
    ids = [message.id for message in messages]
    remembered = {
        message_id
        for episode in await tx.memories.of_messages(owner, ids, kind="episode")
        if episode.status in REMEMBERED
        for message_id in episode.source_message_ids
    }
    return as_lines((each for each in messages if each.id in remembered), names, zone)
