"""Episodes: what was said, kept word for word and made recallable at once. Pure functions.

One message is one episode. It is embedded as "date, speaker: text"; its keywords are those of this
and of the message before it, clipped, for an answer seldom repeats the words of its question.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from uuid import UUID

from backend.memory.forget_request import read_forget_request
from backend.models import Memory, Message, Owner

PREDECESSOR_CHARACTERS = 200
EPISODE_IMPORTANCE = 3


def content_hash(content: str) -> str:
    """The key under which two memories count as the same: case, spacing and final stop aside."""
    return sha256(" ".join(content.lower().split()).rstrip(".!").encode()).hexdigest()


def spoken_on(moment: datetime, zone: tzinfo = UTC) -> str:
    """A date as people write it, so that "in May 2023" finds it: `8 May 2023`. The day is that of the
    user's time zone."""
    at = moment.astimezone(zone)
    return f"{at.day} {at:%B %Y}"


def episode_text(
    content: str,
    speaker: str,
    said_at: datetime,
    predecessor: tuple[str, str] | None,
    zone: tzinfo = UTC,
) -> str:
    """What one message is indexed as; `predecessor` is (speaker, content)."""
    text = f"{spoken_on(said_at, zone)}, {speaker}: {content}"
    return text + quotation(*predecessor) if predecessor else text


def spoken_text(memory: Memory) -> str:
    """The part of an index text that is embedded: all of it, but for an episode's predecessor."""
    text = memory.index_text or memory.content
    if memory.kind != "episode" or memory.content not in text:
        return text
    return text[: text.index(memory.content) + len(memory.content)]


def quotation(speaker: str, content: str) -> str:
    """How a message stands in the index text of the one behind it."""
    return f"\n({speaker}: {content[:PREDECESSOR_CHARACTERS]})"


def episodes(
    owner: Owner,
    messages: Sequence[Message],
    names: dict[str, str],
    before: Message | None = None,
    zone: tzinfo = UTC,
) -> list[Memory]:
    """An episode for each message that says something, in order.

    `names` maps sender type to display name; `before` is the message ahead of the first; `zone` is the
    user's.
    """
    found = []
    previous = before if before and says_something(before) else None
    for message in messages:
        telling = says_something(message)
        if telling:
            found.append(_episode(owner, message, names, previous, zone))
        previous = message if telling else None
    return found


def _is_forget_request(message: Message) -> bool:
    """Whether the user asks for something to be forgotten: that isn't remembered either, since it
    names what it is about."""
    return message.sender_type == "user" and read_forget_request(message.content) is not None


def says_something(message: Message) -> bool:
    """Whether there is anything in a message to be remembered."""
    return bool(
        message.content.strip()
        and message.type != "system"
        and message.state != "failed"
        and message.deleted_at is None
        and message.forgotten_at is None
        and not _is_forget_request(message)
    )


def _episode(
    owner: Owner,
    message: Message,
    names: dict[str, str],
    previous: Message | None,
    zone: tzinfo,
) -> Memory:
    speaker = names[message.sender_type]
    predecessor = (names[previous.sender_type], previous.content) if previous else None
    return Memory(
        character_id=owner.character_id,
        user_id=owner.user_id,
        conversation_id=message.conversation_id,
        kind="episode",
        content=message.content,
        content_hash=str(message.id),  # each message is its own episode, however often repeated
        category="event",
        importance=EPISODE_IMPORTANCE,
        about=message.sender_type,
        about_name=speaker,
        first_mentioned=message.created_at,
        last_reinforced=message.created_at,
        mention_time=message.created_at,
        source_message_ids=[message.id],
        sensitive=message.sensitive or (previous is not None and previous.sensitive),
        index_text=episode_text(message.content, speaker, message.created_at, predecessor, zone),
    )


def sources(memories: Iterable[Memory]) -> set[UUID]:
    """Every message that any of the memories cites."""
    return {message_id for memory in memories for message_id in memory.source_message_ids}
