"""What a conversation is called: a line, and nothing that was forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.memory.titles import tells, title_from

CONTENT = "My PIN is 4711.\nDon't tell anybody, not even the people who ask nicely."


@pytest.mark.parametrize(
    ("label", "words", "told"),
    [
        ("My PIN is 4711.", [], True),
        ("My PIN is 4711. Don't tell anybody, not…", [], True),
        ("Talking of 4711", ["4711"], True),
        ("Biscuit's new bed", ["biscuit"], True),
        ("Biscuits", ["biscuit"], False),
        ("Weather and bread", ["4711"], False),
        ("", ["4711"], False),
        ("…", [], False),
    ],
)
def test_a_label(label: str, words: list[str], told: bool) -> None:
    assert tells(label, ["Hello.", CONTENT], words) is told


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("My dog Rex.", "My dog Rex."),
        ("First line\nsecond line", "First line"),
        ("\n\n  Hello   there \nagain", "Hello there"),
        ("one two three, four", "one two…"),
        ("abcdefghijklmnopqrst", "abcdefghijkl…"),
        ("one two four five", "one two four…"),
    ],
)
def test_a_title_is_the_first_line_cut_at_a_word(text: str, title: str) -> None:
    assert title_from(text, longest=12) == title


@given(st.text(min_size=1).filter(str.strip))
def test_every_message_gives_a_short_title_of_one_line(text: str) -> None:
    title = title_from(text)

    assert 1 <= len(title) <= 61
    assert title == " ".join(title.split())
