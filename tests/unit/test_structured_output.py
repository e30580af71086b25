"""Finding and checking the JSON object in what a model wrote."""

import pytest

from backend.adapters.llm.structured_output import SHOWN_ON_RETRY, correction, parse_object
from backend.errors import ModelOutputInvalid

ANY_OBJECT = {"type": "object"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Sure: {"a": {"b": [1, 2]}} Bye.', {"a": {"b": [1, 2]}}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('```\n{"a": 1}\n``` or {"a": 2}', {"a": 1}),
        ('{"code": "```{x}```"}', {"code": "```{x}```"}),
        ('{"a": "Zoë \\u2615"}', {"a": "Zoë ☕"}),
    ],
)
def test_finds_the_object(text, found):
    assert parse_object(text, ANY_OBJECT) == found


@pytest.mark.parametrize(
    "text", ["", "none", "[1]", '{"a": 1', '{"a": {"b": 1}, oh', '{"a": NaN}', '{"a": Infinity}']
)
def test_refuses_what_is_no_object(text):
    with pytest.raises(ModelOutputInvalid) as caught:
        parse_object(text, ANY_OBJECT)
    assert caught.value.output == text


def test_names_the_place_but_not_the_value():
    schema = {"properties": {"facts": {"items": {"properties": {"importance": {"maximum": 10}}}}}}
    with pytest.raises(ModelOutputInvalid, match=r"\$\.facts\[1\]\.importance.*maximum: 10") as bad:
        parse_object('{"facts": [{}, {"importance": 4711}]}', schema)
    assert "4711" not in str(bad.value)


def test_a_correction_shows_only_the_beginning_of_a_long_answer():
    answer, complaint = correction(ModelOutputInvalid("Too long.", output="x" * 9000))
    assert len(answer["content"]) == SHOWN_ON_RETRY
    assert "Too long." in complaint["content"]


def test_a_correction_of_nothing_shows_nothing():
    (complaint,) = correction(ModelOutputInvalid("It is empty.", output=" "))
    assert complaint["role"] == "user"
