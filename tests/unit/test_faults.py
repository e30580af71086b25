"""What is wrong with a request, in words for people."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from backend.gateway.emails import EMAIL
from backend.gateway.error_mapping import invalid_payload
from backend.gateway.faults import fault, problem_of_value
from backend.gateway.wire_types import NUMBER, Flag, Moment

PYDANTIC_S = (
    "Input should",
    "String should",
    "Value error",
    "valid dictionary",
    "instance of",
    "^",
)
ZONE = "must be an IANA time zone, such as Europe/Lisbon"


class Inner(BaseModel):
    number: int


def refused(_value: str) -> str:
    raise ValueError(ZONE)


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (Annotated[str, Field(pattern=EMAIL)], "ada", "must look like name@example.org"),
        (Annotated[str, Field(pattern=r"\S")], " ", "must not be blank"),
        (
            Annotated[str, Field(pattern="^(active|archived)$")],
            "gone",
            "must be active or archived",
        ),
        (Annotated[str, Field(pattern="^x+$")], "y", "isn't written as it has to be"),
        (Literal["text", "image", "voice"], "system", "must be text, image or voice"),
        (Literal["erase"], "no", "must be erase"),
        (Annotated[str, AfterValidator(refused)], "x", ZONE),
        (Annotated[str, Field(min_length=1)], "", "must not be empty"),
        (Annotated[str, Field(min_length=8)], "short", "must have at least 8 characters"),
        (Annotated[str, Field(max_length=2)], "abc", "must have at most 2 characters"),
        (Annotated[list[int], Field(min_length=2)], [1], "must have at least 2 entries"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "must have at most 1 entries"),
        (Annotated[int, Field(ge=0), NUMBER], -1, "must be at least 0"),
        (Annotated[int, Field(le=200)], 201, "must be at most 200"),
        (Annotated[int, NUMBER], "5", "must be a number"),
        (int, "many", "must be a whole number"),
        (int, 0.5, "must be a whole number"),
        (Flag, 1, "must be true or false"),
        (str, 7, "must be a text"),
        (UUID, "7", "must be an id (a UUID)"),
        (list[int], {}, "must be a list"),
        (dict[str, int], [], "must be an object"),
        (Inner, [1], "must be an object"),
        (
            AwareDatetime,
            "2026-01-01T00:00:00",
            "must be a date and time with its zone, such as 2026-09-01T18:30:00Z",
        ),
        (Moment, 5, "must be a date and time with its zone, such as 2026-09-01T18:30:00Z"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_finding_is_told_in_words(kind: Any, value: Any, problem: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(value)
    [found] = raised.value.errors(include_url=False)
    assert fault(found).problem == problem


def test_no_kind_of_finding_is_told_in_pydantic_s_words() -> None:
    bounds = dict.fromkeys(("ge", "gt", "le", "lt", "min_length", "max_length"), 2)
    about = bounds | {"pattern": "^x$", "expected": "'a'", "error": "must be so"}
    kinds = get_args(ErrorType)
    assert len(kinds) > 90
    for kind in kinds:
        words = problem_of_value({"type": kind, "loc": (), "ctx": about})
        assert words, kind
        assert not [each for each in PYDANTIC_S if each in words], (kind, words)


@pytest.mark.parametrize(
    ("sent", "message", "field"),
    [
        ({"number": "x"}, "number: must be a whole number.", "number"),
        ({}, "number: is missing.", "number"),
        ([1], "The payload must be an object.", ""),
    ],
    ids=str,
)
def test_a_socket_s_payload_is_refused_in_the_same_words(
    sent: Any, message: str, field: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        Inner.model_validate(sent)
    error = invalid_payload(raised.value)
    assert (error.message, error.field) == (message, field)


def test_broken_json_is_told_with_its_place() -> None:
    found = {"type": "json_invalid", "loc": ("body", 1), "ctx": {"error": "Expecting …"}}
    assert fault(found, within=1).told("The body") == "The body is not JSON (character 2)"
