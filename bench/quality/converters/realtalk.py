"""REALTALK (danny911kr/REALTALK, `data/Chat_<n>_<name>_<name>.json`): one file, one real chat.

Read from it: `session_<n>`, a list of turns with times of their own, and `qa` as in LoCoMo. The
times have no zone and are taken as UTC. `events_session_<n>` are annotations and stay unread.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import AliasChoices, BaseModel, Field, TypeAdapter

from bench.quality.converters.locomo import MarkedQuestion, marked_questions, sessions, with_photo
from bench.quality.converters.records import Record, Transcript, checked, moment

SET = "realtalk"
TURN_TIME = "%d.%m.%Y, %H:%M:%S"  # 29.12.2023, 00:51:12


class Turn(BaseModel):
    """One message."""

    speaker: str
    dia_id: str
    date_time: str
    text: str = Field(default="", validation_alias=AliasChoices("clean_text", "text"))
    blip_caption: str | None = None


TURNS = TypeAdapter(list[Turn])
QUESTIONS = TypeAdapter(list[MarkedQuestion])


def fits(data: Any) -> bool:
    """Whether parsed JSON has this layout."""
    return isinstance(data, dict) and "qa" in data and bool(sessions(data))


def convert(data: dict[str, Any], name: str) -> Iterator[Record]:
    """The chat as a plain record called `name`.

    Raises:
        ValueError: something isn't as the layout wants it; says what.
    """
    transcript = Transcript()
    user: str | None = None
    for number, turns in sessions(data):
        session = f"session_{number}"
        said: list[Turn] = checked(TURNS, turns, session)
        for place, turn in enumerate(said):
            user = user or turn.speaker  # who speaks first is taken for Keepsake's user
            transcript.add(
                turn.dia_id,
                turn.speaker,
                "user" if turn.speaker == user else "character",
                with_photo(turn.text, turn.blip_caption),
                moment(turn.date_time, TURN_TIME, f"{session}.{place}.date_time"),
            )
    questions, warnings = marked_questions(checked(QUESTIONS, data["qa"], "qa"), transcript)
    yield transcript.record(SET, name, questions, warnings)
