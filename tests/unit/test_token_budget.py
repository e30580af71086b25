"""Estimating tokens, and fitting a window into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.conversation.token_budget import TOKENS_PER_MESSAGE, estimate_tokens, fit_newest


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("four", 1), ("fives", 2), ("日本語", 3), ("🙂", 1)]
)
def test_an_estimate(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@given(st.text(), st.text())
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert estimate_tokens(text) <= estimate_tokens(text + more)


def cost(contents: list[str]) -> int:
    return sum(estimate_tokens(content) + TOKENS_PER_MESSAGE for content in contents)


@given(st.lists(st.text(max_size=60), max_size=12), st.integers(0, 120))
def test_as_many_of_the_newest_as_fit_and_at_least_one(contents: list[str], budget: int) -> None:
    fitting = fit_newest(contents, budget)

    newest = contents[len(contents) - fitting :]
    assert len(newest) == fitting
    assert fitting >= min(1, len(contents))
    assert fitting == 1 or cost(newest) <= budget
    if fitting < len(contents):
        assert cost(contents[len(contents) - fitting - 1 :]) > budget


def test_a_long_message_hides_what_came_before_it() -> None:
    assert fit_newest(["short", "x" * 4000, "short"], 100) == 1
