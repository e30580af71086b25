"""What a recall query asks for, and about whom."""

import pytest

from backend.memory.query import RecallQuery, read_query


def read(text: str) -> RecallQuery:
    return read_query(text, user_name="Ada Lovelace", character_name="Mira")


@pytest.mark.parametrize(
    ("text", "asked_about"),
    [
        ("What is my dog called?", "user"),
        ("I'm home.", "user"),
        ("What does Ada like?", "user"),
        ("ada lovelace's job", "user"),
        ("Where do you live?", "character"),
        ("Mira's home", "character"),
        ("Do you know my dog?", "user"),  # the user's thing, whoever knows it
        ("Did Mira meet Ada?", "character"),
        ("What did Ada tell Mira?", "user"),
        ("What do Ada and Mira like?", None),
        ("Where did Mira, or Ada, both live?", None),
        ("Did Ada Lovelace or Mira call?", None),
        ("Did I meet Mira?", None),
        ("What is the capital of France?", None),
        ("Adana is a city.", None),  # a name inside a word is not that name
        ("What’s my name?", "user"),
    ],
)
def test_whose_words_are_asked_for(text: str, asked_about: str | None) -> None:
    assert read(text).asked_about == asked_about


@pytest.mark.parametrize(
    ("text", "dense"),
    [
        ("What is Ada's dog called?", "What is dog called"),
        ("Ada Lovelace, tell Mira about Paris", "tell about Paris"),
        ("What is my dog called?", "What is my dog called"),
        ("Mira?", "Mira?"),  # nothing else is left to search for
    ],
)
def test_the_two_names_are_taken_out_of_the_dense_query(text: str, dense: str) -> None:
    query = read(text)

    assert query.dense_text == dense
    assert query.keyword_text == text


@pytest.mark.parametrize("name", ["", "   ", "A+", "(Bob)", "C.J."])
def test_any_name_can_be_taken_out(name: str) -> None:
    query = read_query("Where is the key?", user_name=name, character_name=name)

    assert query == RecallQuery("Where is the key", "Where is the key?", asks_name=True)


@pytest.mark.parametrize(
    ("text", "when", "past"),
    [
        ("When did I move to Leeds?", True, True),
        ("Do you remember when my exam is?", False, False),
        ("When is my exam?", True, False),
        ("How long have I lived here?", True, False),
        ("What year was that?", True, True),
        ("Where do I live now?", False, False),
        ("What was my first job?", False, True),
        ("Tell me about my dog.", False, False),
    ],
)
def test_what_kind_of_answer_is_asked_for(text: str, when: bool, past: bool) -> None:
    query = read(text)

    assert (query.asks_when, query.asks_of_past) == (when, past)
