"""Reasoning and leading blanks never reach the reply, however the text is cut into pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.llm.reply_text import ReplyText

CASES = [
    ("Hello there", "Hello there"),
    ("\n\n Hello\n", "Hello\n"),
    ("<think>they greet me</think>Hello", "Hello"),
    (" <think>a</think>\n<think>b</think> Hello", "Hello"),
    ("<think></think>\n\nHello", "Hello"),
    ("<think>never closed", ""),
    ("<think>almost </thin", ""),
    ("Hello <think>you</think>", "Hello <think>you</think>"),  # only at the start
    ("<thinking> she said", "<thinking> she said"),
    ("<3 you too", "<3 you too"),
    ("<th", "<th"),
    ("  ", ""),
    ("", ""),
]


def shown(pieces: list[str]) -> str:
    text = ReplyText()
    return "".join([*(text.feed(piece) for piece in pieces), text.end()])


@pytest.mark.parametrize(("written", "expected"), CASES)
def test_in_one_piece(written, expected):
    assert shown([written]) == expected


@pytest.mark.parametrize(("written", "expected"), CASES)
def test_letter_by_letter(written, expected):
    assert shown(list(written)) == expected


@given(case=st.sampled_from(CASES), cuts=st.lists(st.integers(0, 45), max_size=6))
def test_in_any_pieces(case, cuts):
    written, expected = case
    edges = [0, *sorted(min(cut, len(written)) for cut in cuts), len(written)]
    pieces = [written[a:b] for a, b in pairwise(edges)]
    assert shown(pieces) == expected


def test_text_is_shown_as_soon_as_it_is_clear():
    text = ReplyText()
    assert [text.feed(piece) for piece in ("<", "th", "ank you", "!")] == [
        "",
        "",
        "<thank you",
        "!",
    ]
