"""How a ranking is cut down to what a prompt gets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.memory.scoring import RecallPolicy, ScoredMemory
from backend.memory.selection import LeftOut, fill_up, is_bare_question, select
from backend.models import Memory, new_id
from tests.support.records import a_memory, an_owner

POLICY = RecallPolicy()
OWNER = an_owner()


def remembered(content: str, **changes: Any) -> Memory:
    return a_memory(OWNER, content, **changes)


def scored(
    memory: Memory, score: float = 0.5, *, dense: float = 0.5, keyword: float = 0.0
) -> ScoredMemory:
    return ScoredMemory(memory, score, {"dense": dense, "keyword": keyword})


def reasons(left_out: list[LeftOut]) -> list[str]:
    return [item.reason for item in left_out]


@pytest.mark.parametrize(
    ("dense", "keyword", "kept"),
    [(0.1, 0.0, True), (0.099, 0.0, False), (0.0, 0.2, True), (0.09, 0.19, False)],
)
def test_the_floors_of_either_arm(dense: float, keyword: float, kept: bool) -> None:
    item = scored(remembered("Something."), dense=dense, keyword=keyword)

    chosen, left_out = select([item], limit=10, token_budget=None, near_only=POLICY)

    assert (chosen == [item]) is kept
    assert reasons(left_out) == ([] if kept else ["below_threshold"])


def test_without_floors_a_search_gets_what_it_asked_for() -> None:
    far = scored(remembered("Far."), 0.3, dense=0.0)

    assert select([far], limit=10, token_budget=None)[0] == [far]
    assert reasons(select([far], limit=10, token_budget=None, min_score=0.31)[1]) == [
        "below_threshold"
    ]


def test_what_the_window_shows_is_not_told_twice() -> None:
    said, source = new_id(), new_id()
    episode = scored(remembered("I like tea.", kind="episode", source_message_ids=[said]))
    fact = scored(remembered("The user likes tea.", source_message_ids=[said]))
    older = scored(remembered("I like jam.", kind="episode", source_message_ids=[source]))

    chosen, left_out = select(
        [episode, fact, older], limit=10, token_budget=None, in_window=frozenset({said})
    )

    assert chosen == [fact, older]
    assert left_out == [LeftOut(episode.memory.id, "already_in_window", 0.5)]


def test_a_fact_and_the_words_it_came_from_are_told_once() -> None:
    said, elsewhere = new_id(), new_id()
    fact = scored(remembered("The user likes tea.", source_message_ids=[said, elsewhere]))
    episode = scored(remembered("I like tea.", kind="episode", source_message_ids=[said]))
    another = scored(remembered("The user likes jam.", source_message_ids=[said]))

    chosen, left_out = select([fact, episode, another], limit=10, token_budget=None)

    assert chosen == [fact, another]
    assert reasons(left_out) == ["repeats_another"]


@pytest.mark.parametrize(
    "said",
    [
        "I like tea, and on Sundays I walk along the river.",
        "I like tea. My dog is Rex.",  # short, but a name
        "I like tea. I am 42.",
    ],
)
def test_words_that_say_more_than_the_fact_drawn_from_them_are_told_too(said: str) -> None:
    source = new_id()
    fact = scored(remembered("The user likes tea.", source_message_ids=[source]))
    episode = scored(remembered(said, kind="episode", source_message_ids=[source]))

    assert select([fact, episode], limit=10, token_budget=None)[0] == [fact, episode]


def test_the_same_words_are_told_once() -> None:
    first = scored(remembered("I like tea.", kind="episode", source_message_ids=[new_id()]))
    again = scored(remembered(" i LIKE tea.", kind="episode", source_message_ids=[new_id()]))

    assert reasons(select([first, again], limit=10, token_budget=None)[1]) == ["repeats_another"]


def test_the_limit_and_the_token_budget_cut() -> None:
    long, short = remembered("x" * 400), remembered("y" * 40)  # 100 and 10 tokens
    items = [scored(remembered("z" * 40)), scored(long), scored(short), scored(remembered("w"))]

    chosen, left_out = select(items, limit=2, token_budget=50)

    assert [item.memory.content[0] for item in chosen] == ["z", "y"]
    assert [(item.memory_id, item.reason) for item in left_out] == [
        (long.id, "token_budget"),
        (items[3].memory.id, "over_limit"),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.floats(0, 1)), max_size=20),
    st.integers(0, 8),
    st.integers(0, 60),
)
def test_every_candidate_is_chosen_or_has_a_reason(
    found: list[tuple[int, bool, float]], limit: int, budget: int
) -> None:
    items = [
        scored(remembered("x" * length, kind="episode" if episode else "fact"), score, dense=score)
        for length, episode, score in found
    ]

    chosen, left_out = select(items, limit=limit, token_budget=budget, near_only=POLICY)

    assert len(chosen) <= limit
    assert sum(len(item.memory.content) for item in chosen) * 0.25 <= budget
    assert {item.memory.id for item in chosen}.isdisjoint(item.memory_id for item in left_out)
    assert len(chosen) + len(left_out) == len(items)


@pytest.mark.parametrize(
    ("content", "kind", "bare"),
    [
        ("What is my dog called?", "episode", True),
        ("My dog is Biscuit. Remember?", "episode", False),
        ("Biscuit!\nRemember?", "episode", False),
        ("My dog is Biscuit.", "episode", False),
        ("Why does the user ask?", "fact", False),
        ("   ", "episode", False),
    ],
)
def test_what_only_asks(content: str, kind: str, bare: bool) -> None:
    assert is_bare_question(remembered(content, kind=kind)) is bare


# --- filling up --------------------------------------------------------------------------------


def filled(chosen: list[ScoredMemory], known: list[Memory], **limits: Any) -> list[str]:
    within = {"facts": 3, "limit": 10, "token_budget": None} | limits
    return [item.memory.content for item in fill_up(chosen, known, **within)]


@pytest.mark.parametrize(
    ("kinds", "added"),
    [([], 3), (["fact"], 2), (["episode"], 3), (["fact", "episode", "fact"], 1), (["fact"] * 3, 0)],
    ids=str,
)
def test_what_is_known_best_fills_up_to_so_many_facts(kinds: list[str], added: int) -> None:
    chosen = [scored(remembered(f"Recalled {i}.", kind=kind)) for i, kind in enumerate(kinds)]
    known = [remembered(f"Known {i}.") for i in range(5)]
    expected = [item.memory.content for item in chosen] + [f"Known {i}." for i in range(added)]
    assert filled(chosen, known) == expected


def test_filling_up_keeps_within_the_limits_and_repeats_nothing() -> None:
    chosen = [scored(remembered("The user likes tea."))]
    known = [remembered("The user likes tea."), remembered("y" * 400), remembered("Short.")]
    assert filled(chosen, known, token_budget=50) == ["The user likes tea.", "Short."]
    assert filled(chosen, known, limit=1) == ["The user likes tea."]
