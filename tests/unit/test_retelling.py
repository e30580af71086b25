"""What a clause states, told in the third person."""

import pytest

from backend.adapters.llm.offline.retelling import retell
from backend.adapters.llm.offline.subjects import USER, Subject

SISTER = Subject("The user's sister", "other", "sister", "sister.", "sister")
TWINS = Subject("The user's twins", "other", "twins", "twins.", "twins", plural=True)


@pytest.mark.parametrize(
    ("subject", "said", "told"),
    [
        (USER, "put a deposit on a flat in Leith", "The user put a deposit on a flat in Leith."),
        (USER, "host my in-laws every June", "The user hosts their in-laws every June."),
        (USER, "am going to sell our boat", "The user is going to sell their boat."),
        (USER, "do not own a television", "The user doesn't own a television."),
        (USER, "have never learned to swim", "The user has never learned to swim."),
        (USER, "have been sleeping on Jo's couch", "The user has been sleeping on Jo's couch."),
        (USER, "used to keep goats in Crete", "The user used to keep goats in Crete."),
        (USER, "can not stand the smell of lilies", "The user can't stand the smell of lilies."),
        (USER, "retired", "The user retired."),
        (USER, "work in the mine at Calama", "The user works in the mine at Calama."),
        (SISTER, "drove me to chemo", "The user's sister drove the user to chemo."),
        (SISTER, "carries an EpiPen", "The user's sister carries an EpiPen."),
        (TWINS, "turn five on Saturday", "The user's twins turn five on Saturday."),
    ],
)
def test_a_clause_is_told_in_the_third_person(subject: Subject, said: str, told: str) -> None:
    retold = retell(subject, said)
    assert retold is not None
    assert retold.content == told


@pytest.mark.parametrize(
    "said",
    [
        "have been told I am autistic",  # what was told is gone
        "was the kid who got the key",  # which kid is gone
        "was born there",
        "have three",
        "are six years",
        "know each other",
        "start on Monday",
        "left when",
        "the red one",  # no verb
        "suggested I keep a diary",
        "bought it",
    ],
)
def test_what_cannot_be_understood_alone_is_not_told(said: str) -> None:
    assert retell(USER, said) is None


def test_a_time_is_put_behind_once() -> None:
    without, within = (
        retell(USER, "sold the van", "in May"),
        retell(USER, "sold it in May", "in May"),
    )
    assert without is not None
    assert without.content == "The user sold the van in May."
    assert within is None
    again = retell(USER, "sold the van in May", "in May")
    assert again == without


@pytest.mark.parametrize(
    ("said", "ahead"), [("moved on Friday", False), ("am moving house on Friday", True)]
)
def test_an_open_date_points_where_the_verb_does(said: str, ahead: bool) -> None:
    retold = retell(USER, said)
    assert retold is not None
    assert retold.ahead is ahead
