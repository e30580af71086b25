"""LoCoMo (snap-research/locomo, `data/locomo10.json`): a list of conversations of two people.

Read from it: `sample_id`; `conversation` with `session_<n>`, a list of turns, beside
`session_<n>_date_time`; `qa`. A photo is told by its caption. `adversarial_answer` is the wrong
answer that such a question fishes for, so it is never taken as the answer.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter

from bench.quality.converters.evidence_ids import EvidenceReader
from bench.quality.converters.records import (
    BETWEEN_MESSAGES,
    Record,
    Transcript,
    as_text,
    checked,
    moment,
)

SET = "locomo"
SESSION = re.compile(r"session_(\d+)")
SESSION_TIME = "%I:%M %p on %d %B, %Y"  # 1:56 pm on 8 May, 2023


class Turn(BaseModel):
    """One message."""

    speaker: str
    dia_id: str
    text: str = ""
    blip_caption: str | None = None

    @property
    def content(self) -> str:
        """The text, and the photo in words."""
        return with_photo(self.text, self.blip_caption)


class MarkedQuestion(BaseModel):
    """A question; `category` is 1 to 5 as the data has it."""

    question: str
    category: int | str
    answer: Any = None
    evidence: list[str] = Field(default_factory=list)


class Sample(BaseModel):
    """One conversation with its questions."""

    sample_id: str | int
    conversation: dict[str, Any]
    qa: list[MarkedQuestion]


TURNS = TypeAdapter(list[Turn])
DATE = TypeAdapter(str)


def fits(data: Any) -> bool:
    """Whether parsed JSON has this layout: a list of samples, or one of them."""
    first = data[0] if isinstance(data, list) and data else data
    return isinstance(first, dict) and {"conversation", "qa"} <= first.keys()


def convert(data: Any) -> Iterator[Record]:
    """Every conversation as a plain record.

    Raises:
        ValueError: something isn't as the layout wants it; says what.
    """
    samples = data if isinstance(data, list) else [data]
    return (_record(sample) for sample in TypeAdapter(list[Sample]).validate_python(samples))


def _record(sample: Sample) -> Record:
    transcript = Transcript()
    user: str | None = None
    for number, turns in sessions(sample.conversation):
        start = _start(sample, number)
        session = f"{sample.sample_id}, session_{number}"
        said: list[Turn] = checked(TURNS, turns, session)
        for place, turn in enumerate(said):
            user = user or turn.speaker  # who speaks first is taken for Keepsake's user
            transcript.add(
                turn.dia_id,
                turn.speaker,
                "user" if turn.speaker == user else "character",
                turn.content,
                start + place * BETWEEN_MESSAGES,
            )
    questions, warnings = marked_questions(sample.qa, transcript)
    return transcript.record(SET, str(sample.sample_id), questions, warnings)


def _start(sample: Sample, number: int) -> datetime:
    key = f"session_{number}_date_time"
    if key not in sample.conversation:
        raise ValueError(f"{sample.sample_id} lacks {key}")
    place = f"{sample.sample_id}, {key}"
    return moment(checked(DATE, sample.conversation[key], place), SESSION_TIME, place)


def sessions(data: dict[str, Any]) -> list[tuple[int, Any]]:
    """The turns of every session by its number; a date without turns is no session."""
    numbers = sorted(int(match[1]) for key in data if (match := SESSION.fullmatch(key)))
    return [(number, data[f"session_{number}"]) for number in numbers]


def with_photo(text: str, caption: str | None) -> str:
    """What a turn says, with its photo in words."""
    return f"{text} [shares a photo: {caption}]" if caption else text


def marked_questions(
    asked: list[MarkedQuestion], transcript: Transcript
) -> tuple[list[Record], list[str]]:
    """The questions as the record has them, and the warnings about their evidence."""
    reader = EvidenceReader(transcript)
    questions = [
        {
            "question": each.question,
            "category": str(each.category),
            "evidence": reader.read(each.evidence),
            "answer": as_text(each.answer),
        }
        for each in asked
    ]
    return questions, reader.warnings
