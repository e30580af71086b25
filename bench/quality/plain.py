"""The plain format of conversations with marked questions, and what is wrong with a record of it.

`docs/evaluation.md` describes it for people. Fields that it doesn't name are left unread.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from bench.quality.converters.records import as_text

Id = Annotated[str, Field(min_length=1, coerce_numbers_to_str=True)]  # 7 and "7" are one id
Text = Annotated[str, Field(pattern="^[^\0]*$")]  # what can be stored


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class PlainMessage(_Plain):
    """One message; `created_at` has a zone. One that says nothing is allowed, and left out."""

    id: Id
    sender_type: Literal["user", "character"]
    content: Text
    created_at: AwareDatetime


class PlainQuestion(_Plain):
    """A question; `evidence` are the ids of the messages that hold its answer, none if there is
    no answer."""

    question: Text
    category: Annotated[str, Field(coerce_numbers_to_str=True)]
    evidence: list[Id]
    answer: Annotated[str | None, BeforeValidator(as_text)] = None


class PlainConversation(_Plain):
    """A line of a file. `warnings` are the converters': what they repaired or left out."""

    set: str
    id: Id
    user: str
    character: str
    messages: list[PlainMessage] = Field(min_length=1)
    questions: list[PlainQuestion]
    warnings: list[str] = []

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        if problem := next(_problems(self), None):
            raise ValueError(problem)
        return self


def _problems(conversation: PlainConversation) -> Iterator[str]:
    if not any(message.content.strip() for message in conversation.messages):
        yield "messages: none of them says anything"
    places: dict[str, int] = {}
    for place, message in enumerate(conversation.messages):
        if (first := places.setdefault(message.id, place)) != place:
            yield f"messages.{place}.id: messages.{first} has the id {message.id!r}, too"


def read_plain(record: Any) -> PlainConversation:
    """A parsed record, checked.

    Raises:
        ValueError: something isn't as it should be; names the conversation, the field and what is
            wrong.
    """
    if isinstance(record, list):
        raise ValueError("it is a list; write one conversation, a JSON object, a line")
    try:
        return PlainConversation.model_validate(record)
    except ValidationError as error:
        name = record.get("id") if isinstance(record, dict) else None
        raise ValueError((f"conversation {name!r}, " if name else "") + complaint(error)) from None


def complaint(error: ValidationError) -> str:
    """The first thing that is wrong, as "field: what"."""
    first = error.errors(include_url=False)[0]
    loc = first["loc"]
    if loc[:1] == ("timeline",):
        loc = (*loc[:2], *loc[3:])  # the third says which kind of entry it was taken for
    where = ".".join(map(str, loc))
    what = _WORDS.get(first["type"], first["msg"].removeprefix("Value error, "))
    return f"{where}: {what}" if where else what


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "should be text",
    "string_pattern_mismatch": "has a NUL character, which can't be stored",
    "list_type": "should be a list",
    "model_type": "should be a JSON object",
    "timezone_aware": "has no zone; write 2026-03-02T18:30:00Z or …+01:00",
    "too_short": "is empty",
    "string_too_short": "is empty",
}
