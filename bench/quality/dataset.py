"""Conversations with evidence marks: one JSON object a line.

{set, id, user, character,
 messages: [{id, senderType, speaker, content, createdAt}],
 questions: [{question, category, evidence: [message ids], answer}]}
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.conversation.importing import ImportedMessage
from backend.errors import InvalidRequest

ADVERSARIAL = frozenset({"5", "adversarial"})  # have no answer, so no evidence to recall


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ids of the messages that hold its answer."""

    text: str
    category: str
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class MarkedConversation:
    """One conversation of a set; `messages` carry the data's ids as clientMessageId."""

    set_name: str
    id: str
    user: str
    character: str
    messages: tuple[ImportedMessage, ...]
    questions: tuple[Question, ...]


def read_conversations(path: Path) -> Iterator[MarkedConversation]:
    """Read a file; questions without evidence and adversarial ones are left out.

    Raises:
        InvalidRequest: a line isn't in the format; says which.
    """
    with path.open() as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield _conversation(json.loads(line))
            except (KeyError, ValueError, TypeError) as error:
                raise InvalidRequest(
                    f"{path.name}, line {number} isn't in the format: {error!r}"
                ) from error


def _conversation(data: dict[str, Any]) -> MarkedConversation:
    return MarkedConversation(
        data["set"],
        data["id"],
        data["user"],
        data["character"],
        tuple(
            ImportedMessage(
                message["senderType"],
                message["content"],
                datetime.fromisoformat(message["createdAt"].replace("Z", "+00:00")),
                message["id"],
            )
            for message in data["messages"]
        ),
        tuple(
            Question(
                question["question"], str(question["category"]), frozenset(question["evidence"])
            )
            for question in data["questions"]
            if question["evidence"] and str(question["category"]) not in ADVERSARIAL
        ),
    )
