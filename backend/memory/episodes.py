"""Episodes: what was said, kept word for word and made recallable at once. Pure functions.

One message is one episode. It is embedded as "date, speaker: text"; its keywords are those of this
and of the two messages before it, clipped, for an answer seldom repeats the words of its question.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from uuid import UUID

from backend.memory.forget_request import read_forget_request
from backend.models import Memory, Message, Owner

QUOTED_CHARACTERS = 200  # the end of what was said just before: that is what a message answers
EARLIER_CHARACTERS = 120  # the beginning of what was said before that,
REMARK_CHARACTERS = 300  # if it isn't longer: a long text is about more than its beginning
CONTEXT_MESSAGES = 2  # that an episode quotes
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
    ahead: Sequence[tuple[str, str]] = (),
    zone: tzinfo = UTC,
) -> str:
    """What one message is indexed as; `ahead` are up to two (speaker, content) before it, in order."""
    text = f"{spoken_on(said_at, zone)}, {speaker}: {content}"
    text += "".join(quotation(*just_before) for just_before in ahead[-1:])
    return text + "".join(earlier_quotation(*earlier) for earlier in ahead[-2:-1])


def spoken_text(memory: Memory) -> str:
    """The part of an index text that is embedded: all of it, but for what an episode quotes."""
    text = memory.index_text or memory.content
    if memory.kind != "episode" or memory.content not in text:
        return text
    return text[: text.index(memory.content) + len(memory.content)]


def quotation(speaker: str, content: str) -> str:
    """How a message stands in the index text of the one behind it."""
    return _quoted(speaker, content[-QUOTED_CHARACTERS:])


def earlier_quotation(speaker: str, content: str) -> str:
    """How a message stands in the index text of the next but one; a long one doesn't."""
    if len(content) > REMARK_CHARACTERS:
        return ""
    return _quoted(speaker, content[:EARLIER_CHARACTERS])


def requoted(index_text: str, old: str, new: str = "") -> str:
    """An index text that quotes what a message says now, or nothing of it, where it quoted the old,
    whatever its speaker was called then."""
    for words, instead in (
        (old[-QUOTED_CHARACTERS:], new[-QUOTED_CHARACTERS:]),
        (old[:EARLIER_CHARACTERS], new[:EARLIER_CHARACTERS]),
        (old[:QUOTED_CHARACTERS], new[-QUOTED_CHARACTERS:]),  # as episodes quoted at first
    ):
        if words:
            index_text = _with_quote(index_text, words, instead)
    return index_text


def _quoted(speaker: str, words: str) -> str:
    return f"\n({speaker}: {words})"


def _with_quote(index_text: str, words: str, instead: str) -> str:
    quote = re.compile(rf"(\n\([^\n]*?: ){re.escape(words)}\)")
    return quote.sub(lambda found: f"{found[1]}{instead})" if instead else "", index_text)


def episodes(
    owner: Owner,
    messages: Sequence[Message],
    names: dict[str, str],
    before: Sequence[Message] = (),
    zone: tzinfo = UTC,
) -> list[Memory]:
    """An episode for each message that says something, in order.

    `names` maps sender type to display name; `before` are the messages ahead of the first, in order, of
    which `CONTEXT_MESSAGES` matter; `zone` is the user's.
    """
    found = []
    ahead: list[Message] = []
    for place, message in enumerate((*before, *messages), start=-len(before)):
        telling = says_something(message)
        if telling and place >= 0:
            found.append(_episode(owner, message, names, ahead, zone))
        ahead = [*ahead, message][-CONTEXT_MESSAGES:] if telling else []
    return found


def is_forget_request(message: Message) -> bool:
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
        and not is_forget_request(message)
    )


def _episode(
    owner: Owner,
    message: Message,
    names: dict[str, str],
    ahead: Sequence[Message],
    zone: tzinfo,
) -> Memory:
    speaker = names[message.sender_type]
    context = [(names[each.sender_type], each.content) for each in ahead]
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
        sensitive=any(each.sensitive for each in (*ahead, message)),
        index_text=episode_text(message.content, speaker, message.created_at, context, zone),
    )


def sources(memories: Iterable[Memory]) -> set[UUID]:
    """Every message that any of the memories cites."""
    return {message_id for memory in memories for message_id in memory.source_message_ids}
