"""BEAM (mohammadtavakoli78/BEAM, `chats/100K/<n>/chat.json`): a user and an assistant.

`chat.json` is a list of batches of turns of messages; the questions are in
`probing_questions/probing_questions.json` beside it, by category. A batch begins at midnight UTC of
its time anchor. `source_chat_ids` are message ids, plain or sorted under names of their own.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, Field, TypeAdapter

from bench.quality.converters.records import (
    BETWEEN_MESSAGES,
    EVIDENCE_LOST,
    Record,
    Transcript,
    as_text,
    moment,
    told,
)

SET = "beam"
ANCHOR = "%B-%d-%Y"  # March-15-2024
PLAN_MARK = re.compile(r"\s*->->[\s\d,]*$")  # where in the plan a message came from
SENDERS = {"user": ("User", "user"), "assistant": ("Assistant", "character")}


class ChatMessage(BaseModel):
    """One message; the first of a batch carries the day."""

    role: Literal["user", "assistant"]
    id: int | str
    content: str
    time_anchor: str | None = None


class Batch(BaseModel):
    """A stretch of turns that begins on one day."""

    turns: list[list[ChatMessage]]
    time_anchor: str | None = None

    @property
    def messages(self) -> list[ChatMessage]:
        """All messages in order."""
        return [message for turn in self.turns for message in turn]

    @property
    def day(self) -> datetime | None:
        """The day it begins, or None where nothing says so."""
        anchors = [self.time_anchor, *(message.time_anchor for message in self.messages)]
        anchor = next(filter(None, anchors), None)
        if anchor is None:
            return None
        return moment(anchor, ANCHOR, "time_anchor")


class ProbingQuestion(BaseModel):
    """A question; how its answer is called depends on the category, and some have none."""

    question: str
    answer: Any = Field(
        default=None,
        validation_alias=AliasChoices("answer", "ideal_answer", "ideal_response", "ideal_summary"),
    )
    source_chat_ids: Any = None


BATCHES = TypeAdapter(list[Batch])
QUESTIONS = TypeAdapter(dict[str, list[ProbingQuestion]])


def fits(data: Any) -> bool:
    """Whether parsed JSON is a `chat.json` of this layout."""
    first = data[0] if isinstance(data, list) and data else None
    return isinstance(first, dict) and "turns" in first


def convert(chat: Any, probing_questions: Any, name: str) -> Iterator[Record]:
    """The chat as a plain record called `name`.

    Raises:
        ValueError: something isn't as the layout wants it; says what.
    """
    transcript = Transcript()
    at: datetime | None = None
    for batch in BATCHES.validate_python(chat):
        at = batch.day or at
        if at is None:
            raise ValueError(f"{name}: the first batch has no time_anchor")
        for message in batch.messages:
            content = PLAN_MARK.sub("", message.content)
            transcript.add(str(message.id), *SENDERS[message.role], content, at)
            at += BETWEEN_MESSAGES
    questions, lost = _questions(probing_questions, transcript)
    yield transcript.record(SET, name, questions, told(EVIDENCE_LOST, lost))


def _questions(data: Any, transcript: Transcript) -> tuple[list[Record], list[str]]:
    """Every question, and the evidence ids that aren't in the chat."""
    questions: list[Record] = []
    lost: list[str] = []
    for category, asked in QUESTIONS.validate_python(data).items():
        for each in asked:
            ids = list(dict.fromkeys(_ids(each.source_chat_ids)))
            lost += [name for name in ids if name not in transcript]
            questions.append(
                {
                    "question": each.question,
                    "category": category,
                    "evidence": [name for name in ids if name in transcript],
                    "answer": as_text(each.answer),
                }
            )
    return questions, lost


def _ids(found: Any) -> list[str]:
    """The ids in a number, a list, or a mapping of lists."""
    if isinstance(found, dict):
        return _ids(list(found.values()))
    if isinstance(found, list):
        return [name for each in found for name in _ids(each)]
    return [] if found is None else [str(found)]
