"""Messages as extractors and summarisers read them. Pure functions."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from backend.models import Message
from backend.models.candidate import TranscriptLine


def as_lines(
    messages: Iterable[Message], names: Mapping[str, str], zone: ZoneInfo
) -> tuple[TranscriptLine, ...]:
    """A line of each, in order. `names` maps sender type to display name. Told in the user's own time
    `zone`: "tomorrow" is their tomorrow."""
    return tuple(
        TranscriptLine(
            message.id,
            message.sender_type,
            names[message.sender_type],
            message.content,
            message.created_at.astimezone(zone),
        )
        for message in messages
    )
