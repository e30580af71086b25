"""What kind of answer a question wants, and which texts have one."""

import pytest

from backend.memory.answer_kinds import (
    LONG_CHARACTERS,
    asks_name,
    asks_when,
    says_name,
    says_time,
)


@pytest.mark.parametrize(
    ("text", "when", "name"),
    [
        ("When did I move?", True, False),
        ("How long have I had Rex?", True, False),
        ("Which year was it?", True, True),
        ("Where do I live?", False, True),
        ("where do i live", False, True),
        ("In which city did we meet?", False, True),
        ("Do you know who fixed my bike?", False, True),
        ("What's my sister's name?", False, True),
        ("What is my dog called?", False, True),
        ("What book did I recommend?", False, True),
        ("What fantasy movies do I like?", False, True),
        ("My friend who paints came over.", False, False),
        ("I forgot where I left it. Sigh.", False, False),
        ("What did I eat?", False, False),
        ("", False, False),
    ],
)
def test_what_a_text_asks_for(text: str, when: bool, name: bool) -> None:
    assert (asks_when(text), asks_name(text)) == (when, name)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("We met on Friday.", True),
        ("It was in 2021", True),
        ("two weeks ago", True),
        ("I moved in May.", True),
        ("He is lasting.", False),
        ("Room 12345", False),
        ("", False),
    ],
)
def test_a_time_in_a_text(text: str, says: bool) -> None:
    assert says_time(text) == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("I met Anna.", True),
        ("We went to the sea, Rome and home.", True),
        ('I read "dune" and "Emma".', True),
        ("Nothing. Really nothing.", False),
        ("Then I left, and I'm glad that I did.", False),
        ("", False),
    ],
)
def test_a_name_in_a_text(text: str, says: bool) -> None:
    assert says_name(text) == says


def test_in_a_long_text_either_says_less() -> None:
    long = "We saw Anna today. ".ljust(4 * LONG_CHARACTERS, "x")

    assert (says_time(long), says_name(long)) == (0.25, 0.25)
