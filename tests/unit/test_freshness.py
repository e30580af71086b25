"""What brings an older memory up to date is told first."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.memory.freshness import FIRST, newest_first, renews, with_outdated
from backend.memory.query import RecallQuery
from backend.memory.scoring import RecallPolicy, ScoredMemory
from backend.models import KnownMemory, Memory, Outdated
from tests.support.records import NOON, a_memory, an_owner

OWNER = an_owner()
POLICY = RecallPolicy()
OF_NOW = RecallQuery("", "")
OF_THE_PAST = RecallQuery("", "", asks_of_past=True)


def said(content: str, day: int, about: str = "user") -> Memory:
    return a_memory(OWNER, content, mention_time=NOON + timedelta(days=day), about=about)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("I moved to a flat in Porto.", "My flat is in Leeds."),
        ("The grocery budget is 550 euros.", "The grocery budget is 500 euros."),
        ("The rent for the flat is $900.", "I pay $850 for the flat."),
        ("My bakery job ended, I teach now.", "I have a job in a bakery."),
        ("The response time improved to 250ms.", "The response time is 300ms."),
    ],
)
def test_the_newer_word_on_the_same_thing(newer: str, older: str) -> None:
    assert renews(said(newer, 9), said(older, 1), POLICY)
    assert not renews(said(newer, 1), said(older, 9), POLICY)
    assert not renews(said(newer, 9), said(older, 1, about="character"), POLICY)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("My flat is lovely.", "My flat is in Leeds."),  # no change is told
        ("I moved the sofa.", "My dog is called Biscuit."),  # another thing
        ("The budget is 500 euros.", "The budget is 500 euros."),  # the same figure
        ("I have 2 dogs and a flat.", "The flat has 3 rooms."),  # figures of other things
    ],
)
def test_what_is_merely_newer(newer: str, older: str) -> None:
    assert not renews(said(newer, 9), said(older, 1), POLICY)


def test_a_fact_stands_behind_what_renews_the_message_that_it_was_drawn_from() -> None:
    was = said("I mentored 5 women and put their stories in my portfolio.", 1)
    was.kind, was.source_message_ids = "episode", [uuid4()]
    fact = said("The user is proud of their stories.", 1)
    fact.source_message_ids = was.source_message_ids
    now = said("My portfolio's women have increased to 7.", 9)
    chosen = [ScoredMemory(fact, 0.9), ScoredMemory(now, 0.8), ScoredMemory(was, 0.7)]
    assert [item.memory for item in newest_first(chosen, OF_NOW, POLICY)] == [now, fact, was]
    del chosen[2]  # nothing there says what the number was of
    assert [item.memory for item in newest_first(chosen, OF_NOW, POLICY)] == [fact, now]


def test_what_holds_instead_is_told_before_the_message_that_says_the_old() -> None:
    now = said("The user works at Bosch.", 9)
    instead = KnownMemory._make(getattr(now, name) for name in KnownMemory._fields)
    was = said("I work at Siemens", 1)
    was.kind, was.source_message_ids = "episode", [uuid4()]
    old = Outdated("The user works at Siemens.", was.source_message_ids, instead)
    tea = said("The user likes tea.", 3)
    chosen = [ScoredMemory(was, 0.9), ScoredMemory(tea, 0.8), ScoredMemory(now, 0.1)]

    marked = with_outdated(chosen, [old])
    assert [item.outdated for item in marked] == [(old,), (), ()]
    for query, order in ((OF_NOW, [now, was, tea]), (OF_THE_PAST, [was, tea, now])):
        assert [item.memory for item in newest_first(marked, query, POLICY)] == order


def test_only_the_users_own_messages_are_outdated() -> None:
    fact, reply = said("The user works at Siemens.", 1), said("Siemens!", 1, about="character")
    reply.kind = "episode"
    reply.source_message_ids = fact.source_message_ids = [uuid4()]
    old = Outdated(fact.content, fact.source_message_ids, None)

    marked = with_outdated([ScoredMemory(fact, 1), ScoredMemory(reply, 1)], [old])
    assert [item.outdated for item in marked] == [(), ()]


def ranked(*items: tuple[str, int, float]) -> list[ScoredMemory]:
    return [ScoredMemory(said(text, day), score) for text, day, score in items]


def test_an_update_takes_the_place_and_the_score_of_what_it_renews() -> None:
    tea = ("The user likes tea.", 3, 0.9)
    leeds = ("My flat is in Leeds.", 1, 0.8)
    jam = ("The user likes jam.", 2, 0.6)
    porto = ("I moved to a flat in Porto.", 5, 0.5)

    ordered = newest_first(ranked(tea, leeds, jam, porto), OF_NOW, POLICY)

    assert [(item.memory.content, item.score) for item in ordered] == [
        (tea[0], 0.9),
        (porto[0], 0.8),
        (leeds[0], 0.8),
        (jam[0], 0.6),
    ]


def test_of_several_values_the_newest_is_first() -> None:
    values = [(f"My flat costs {rent} euros now.", rent, 0.9) for rent in (500, 600, 700)]

    ordered = newest_first(ranked(*values), OF_NOW, POLICY)

    assert [item.memory.content for item in ordered] == [text for text, *_ in reversed(values)]


def test_a_question_about_the_past_keeps_the_order() -> None:
    items = ranked(("My flat is in Leeds.", 1, 0.8), ("I moved to a flat in Porto.", 5, 0.7))

    assert newest_first(items, OF_THE_PAST, POLICY) == items


def test_what_hardly_fits_stays_where_it_is() -> None:
    items = ranked(("My flat is in Leeds.", 1, 0.8), ("I moved to a flat in Porto.", 5, 0.39))

    assert newest_first(items, OF_NOW, POLICY) == items


def test_only_the_first_few_are_put_in_order() -> None:
    many = [(f"Number {n} is something else.", 1, 0.8) for n in range(FIRST - 1)]
    items = ranked(*many, ("My flat is in Leeds.", 1, 0.8), ("I moved to a flat in Rome.", 5, 0.8))

    assert newest_first(items, OF_NOW, POLICY) == items
    assert newest_first([], OF_NOW, POLICY) == []
