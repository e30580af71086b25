"""How recall candidates are ranked and cut."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.memory.query import RecallQuery
from backend.memory.scoring import (
    RecallPolicy,
    ScoredMemory,
    score_candidates,
    shortlist,
)
from backend.memory.selection import select
from backend.models import Memory, new_id
from backend.ports import IndexHits
from tests.support.records import NOON, a_memory, an_owner

POLICY = RecallPolicy()
OWNER = an_owner()


def remembered(content: str, **changes: Any) -> Memory:
    at = changes.pop("at", NOON)
    return a_memory(OWNER, content, last_reinforced=at, mention_time=at, **changes)


class Arms:
    """Collects what each arm found."""

    def __init__(self) -> None:
        self.memories: dict[UUID, Memory] = {}
        self.hits = IndexHits({}, {})

    def found(
        self, memory: Memory, *, dense: float | None = None, keyword: float | None = None
    ) -> "Arms":
        self.memories[memory.id] = memory
        if dense is not None:
            self.hits.dense[memory.id] = dense
        if keyword is not None:
            self.hits.keyword[memory.id] = keyword
        return self

    def ranked(
        self,
        asked_about: str | None = None,
        *,
        asks_when: bool = False,
        asks_name: bool = False,
    ) -> list[ScoredMemory]:
        query = RecallQuery("", "", asked_about, asks_when, asks_name)
        return score_candidates(self.memories.values(), self.hits, query, now=NOON, policy=POLICY)

    def order(self, asked_about: str | None = None, **asks: bool) -> list[str]:
        return [item.memory.content for item in self.ranked(asked_about, **asks)]


def test_nothing_found_is_nothing_ranked() -> None:
    assert Arms().ranked() == []


def test_both_arms_together_beat_either_alone() -> None:
    arms = (
        Arms()
        .found(remembered("meaning"), dense=0.6)
        .found(remembered("words"), keyword=9.0)
        .found(remembered("both"), dense=0.58, keyword=8.0)
        .found(remembered("neither"), dense=0.1)
    )

    best, *middle, worst = arms.order()
    assert (best, set(middle), worst) == ("both", {"meaning", "words"}, "neither")


@pytest.mark.parametrize(
    "better",
    [
        {"at": NOON},
        {"importance": 9},
        {"reinforcement_count": 4},
    ],
    ids=["newer", "more important", "repeated"],
)
def test_a_near_tie_is_settled(better: dict[str, Any]) -> None:
    plain = {"at": NOON - timedelta(days=60), "importance": 5, "reinforcement_count": 1}
    arms = (
        Arms()
        .found(remembered("worse", **plain), dense=0.505)
        .found(remembered("better", **plain | better), dense=0.5)
        .found(remembered("far", **plain), dense=0.1)
    )

    assert arms.order() == ["better", "worse", "far"]


def test_importance_does_not_outweigh_meaning() -> None:
    arms = (
        Arms()
        .found(remembered("meant", importance=1, at=NOON - timedelta(days=900)), dense=0.6)
        .found(remembered("loud", importance=10, reinforcement_count=99), dense=0.4)
        .found(remembered("far"), dense=0.1)
    )

    assert arms.order()[0] == "meant"


def test_who_is_asked_about_goes_first_among_alikes() -> None:
    arms = (
        Arms()
        .found(remembered("the character's", about="character"), dense=0.5)
        .found(remembered("the user's", about="user"), dense=0.5)
    )

    assert arms.order("user")[0] == "the user's"
    assert arms.order("character")[0] == "the character's"


def test_newer_goes_first_among_equals() -> None:
    old, new = NOON + timedelta(days=1), NOON + timedelta(days=2)  # both "just now" by the clock
    arms = Arms().found(remembered("old", at=old), dense=0.5)
    arms.found(remembered("new", at=new), dense=0.5)

    assert arms.order() == ["new", "old"]


def test_what_was_said_beside_the_word_that_was_asked_for_goes_ahead() -> None:
    talk, another = new_id(), new_id()
    arms = (
        Arms()
        .found(remembered("the word", conversation_id=talk), keyword=5)
        .found(remembered("beside it", conversation_id=talk), dense=0.5)
        .found(remembered("elsewhere", conversation_id=another), dense=0.5)
        .found(
            remembered("another day", conversation_id=talk, at=NOON - timedelta(days=1)), dense=0.5
        )
        .found(remembered("far", conversation_id=another), dense=0.1)
    )
    assert arms.order()[:2] == ["the word", "beside it"]


def spoken(content: str) -> Memory:
    return remembered(content, kind="episode", source_message_ids=[new_id()])


def test_the_same_question_asked_before_does_not_answer_itself() -> None:
    arms = (
        Arms()
        .found(spoken("Is my dog well?"), dense=0.8, keyword=4.5)
        .found(spoken("My dog is called Biscuit."), dense=0.8, keyword=4.5)
        .found(spoken("I had soup."), dense=0.05)
    )
    ranked = arms.ranked()

    told, left_out = select(ranked, limit=10, token_budget=None, near_only=POLICY)
    searched, _ = select(ranked, limit=10, token_budget=None)

    assert [item.memory.content for item in told] == ["My dog is called Biscuit."]
    assert [item.reason for item in left_out] == ["only_asks", "below_threshold"]
    assert [item.memory.content for item in searched] == [
        "My dog is called Biscuit.",
        "Is my dog well?",
        "I had soup.",
    ]


def test_a_hit_by_words_alone_wins_over_what_is_merely_nearest() -> None:
    arms = (
        Arms()
        .found(remembered("The user's cat is Tom."), dense=0.09)
        .found(remembered("The user's car is a DS."), dense=0.05)
        .found(remembered("The code is XK-47."), keyword=7.0)
    )

    chosen, left_out = select(arms.ranked(), limit=10, token_budget=None, near_only=POLICY)

    assert [item.memory.content for item in chosen] == ["The code is XK-47."]
    assert [item.reason for item in left_out] == ["below_threshold"] * 2


def test_two_words_of_a_talk_count_more_than_one_by_chance() -> None:
    close, chance = new_id(), new_id()
    arms = (
        Arms()
        .found(remembered("first word", conversation_id=close), keyword=5)
        .found(remembered("second word", conversation_id=close), keyword=4)
        .found(remembered("one word", conversation_id=chance), keyword=5)
        .found(remembered("beside one", conversation_id=chance), dense=0.5)
        .found(remembered("beside two", conversation_id=close), dense=0.5)
        .found(remembered("far"), dense=0.1)
    )
    order = arms.order()

    assert order.index("beside two") < order.index("beside one")


def test_meaning_counts_more_in_the_words_of_the_person_asked_about() -> None:
    arms = (
        Arms()
        .found(remembered("theirs, by meaning", about="character"), dense=0.6)
        .found(remembered("theirs, far", about="character"), dense=0.1)
        .found(remembered("the other's, by words", about="user"), keyword=5.0)
    )

    assert arms.order("character")[0] == "theirs, by meaning"
    assert arms.order()[0] == "the other's, by words"


def test_who_asks_when_is_told_a_time() -> None:
    arms = (
        Arms()
        .found(remembered("I flew to Rome."), dense=0.52)
        .found(remembered("I flew to Rome last Friday."), dense=0.5)
        .found(remembered("far"), dense=0.1)
    )

    assert arms.order()[0] == "I flew to Rome."
    assert arms.order(asks_when=True)[0] == "I flew to Rome last Friday."


def test_who_asks_where_is_told_a_name() -> None:
    arms = (
        Arms()
        .found(remembered("I flew to a town by the sea."), dense=0.53)
        .found(remembered("I flew to Rome, of all places."), dense=0.5)
        .found(remembered("far"), dense=0.1)
    )

    assert arms.order()[0] == "I flew to a town by the sea."
    assert arms.order(asks_name=True)[0] == "I flew to Rome, of all places."


def test_of_two_that_fit_as_well_the_shorter_goes_first() -> None:
    long = "My dog is called Biscuit. " + "He likes long walks by the river. " * 30
    arms = (
        Arms()
        .found(remembered(long), dense=0.5)
        .found(remembered("My dog is called Biscuit."), dense=0.5)
        .found(remembered("far"), dense=0.1)
    )

    assert arms.order() == ["My dog is called Biscuit.", long, "far"]


def test_the_shortlist_is_the_best_of_both_arms() -> None:
    keys = [new_id() for _ in range(4)]
    hits = IndexHits({keys[0]: 0.9, keys[1]: 0.5, keys[2]: 0.1}, {keys[1]: 8.0, keys[3]: 1.0})

    assert shortlist(hits, 2) == [keys[1], keys[0]]
    assert set(shortlist(hits, 9)) == set(keys)
    assert shortlist(IndexHits(), 9) == []


scores = st.floats(-1, 1, allow_nan=False)


@given(
    st.lists(
        st.tuples(
            st.none() | scores,
            st.none() | st.floats(0, 1e6),
            st.integers(1, 10),
            st.integers(0, 50),
            st.integers(-400, 4000),
        ),
        max_size=12,
    )
)
def test_scores_and_their_parts_stay_between_0_and_1_best_first(
    found: list[tuple[float | None, float | None, int, int, int]],
) -> None:
    arms = Arms()
    for dense, keyword, importance, count, days in found:
        memory = remembered(
            "Something.",
            importance=importance,
            reinforcement_count=count,
            at=NOON - timedelta(days=days),
        )
        arms.found(memory, dense=dense, keyword=keyword)

    items = arms.ranked("user")

    assert len(items) == len(found)
    assert all(0 <= item.score <= 1 for item in items)
    assert all(0 <= part <= 1 for item in items for part in item.scores.values())
    assert [item.score for item in items] == sorted((i.score for i in items), reverse=True)
