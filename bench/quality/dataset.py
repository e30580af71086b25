"""Conversations with evidence marks: in the plain format, or in a layout that `converters` knows."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from backend.conversation.importing import ImportedMessage
from backend.errors import InvalidRequest
from bench.quality.converters import read_records
from bench.quality.converters.records import EVIDENCE_UNKNOWN, TEXT_MISSING, told
from bench.quality.plain import PlainConversation, PlainMessage, PlainQuestion, read_plain

ADVERSARIAL = frozenset({"5", "adversarial"})  # have no answer, so no evidence to recall

# What the sets mean by the numbers in their data, for people who read a report.
CATEGORY_LABELS: dict[str, dict[str, str]] = {
    "locomo": {
        "1": "multi-hop",
        "2": "temporal",
        "3": "open-domain",
        "4": "single-hop",
        "5": "adversarial",
    },
    "realtalk": {"1": "multi-hop", "2": "temporal", "3": "commonsense"},
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the ids of the messages that hold its answer, and the answer if it has one."""

    text: str
    category: str
    evidence: frozenset[str]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class MarkedConversation:
    """One conversation of a set; `messages` carry the data's ids as clientMessageId.

    `left_out` counts the questions that recall can't be measured by: adversarial ones, and those
    without evidence. `warnings` say what of the data was repaired or left out.
    """

    set_name: str
    id: str
    user: str
    character: str
    messages: tuple[ImportedMessage, ...]
    questions: tuple[Question, ...]
    left_out: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called among others, and in reports: "locomo/conv-1"."""
        return f"{self.set_name}/{self.id}"


def category_label(set_name: str, category: str) -> str:
    """A category for display: the number's meaning, or the data's own word."""
    return CATEGORY_LABELS.get(set_name, {}).get(category, category.replace("_", " "))


def read_data(paths: Sequence[Path]) -> list[MarkedConversation]:
    """Read all conversations of some files and folders, in their order.

    Raises:
        InvalidRequest: a file isn't in a known format, a conversation is there twice, or no
            question can be measured; says where and what is wrong.
    """
    places: dict[str, str] = {}
    conversations = []
    for place, conversation in chain.from_iterable(map(_placed, paths)):
        name = conversation.name
        if name in places:
            raise InvalidRequest(
                f"The conversation {name} is there twice: {places[name]}, and {place}."
            )
        places[name] = place
        conversations.append(conversation)
    if not any(conversation.questions for conversation in conversations):
        raise InvalidRequest(
            f"There is nothing to measure in {', '.join(map(str, paths))}: no question with evidence"
            " but adversarial ones. `evidence` names the messages that hold the answer."
        )
    return conversations


def read_conversations(path: Path) -> Iterator[MarkedConversation]:
    """Read a file or a folder in whichever known layout it is.

    Raises:
        InvalidRequest: it isn't in the format; says where and what is wrong.
    """
    return (conversation for _, conversation in _placed(path))


def _placed(path: Path) -> Iterator[tuple[str, MarkedConversation]]:
    """Each conversation with the file and line it is in."""
    for place, record in read_records(path):
        try:
            yield place, _conversation(read_plain(record))
        except ValueError as error:
            raise InvalidRequest(f"{place} isn't in the format: {error}") from error


def _conversation(data: PlainConversation) -> MarkedConversation:
    empty = {message.id for message in data.messages if not message.content.strip()}
    known = {message.id for message in data.messages}
    asked = [_question(question, known - empty) for question in data.questions]
    unknown = {name for question in data.questions for name in question.evidence} - known
    kept = tuple(each for each in asked if each.evidence and each.category not in ADVERSARIAL)
    said = [_message(message) for message in data.messages if message.id not in empty]
    return MarkedConversation(
        data.set,
        data.id,
        data.user,
        data.character,
        tuple(sorted(said, key=lambda message: message.created_at)),
        kept,
        len(asked) - len(kept),
        (
            *data.warnings,
            *told(TEXT_MISSING, sorted(empty)),
            *told(EVIDENCE_UNKNOWN, sorted(unknown)),
        ),
    )


def _message(data: PlainMessage) -> ImportedMessage:
    return ImportedMessage(data.sender_type, data.content, data.created_at, data.id)


def _question(data: PlainQuestion, stored: Set[str]) -> Question:
    evidence = frozenset(data.evidence) & stored  # what isn't stored can't be recalled
    return Question(data.question, data.category, evidence, data.answer)
