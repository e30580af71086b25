"""The plan of a run of faults: the same from the same seed, and whole."""

from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.plan import (
    PAUSE_SECONDS,
    Action,
    Fate,
    Part,
    Strike,
    Transport,
    fates,
    make_plan,
)

FRAMES = 20_000
ONE_AT_A_TIME = Part("careful", 0, Transport.WEBSOCKET, 1, ())
PIPELINED = Part("hasty", 0, Transport.WEBSOCKET, 4, ())


@given(seed=st.integers(0, 10**6), turns=st.integers(12, 600))
def test_a_plan_is_whole_and_is_made_again_from_its_seed(seed: int, turns: int) -> None:
    plan = make_plan(seed, turns)
    assert plan == make_plan(seed, turns)
    assert plan.turns == turns
    assert {fault.strike for fault in plan.faults} == set(Strike)
    moments = [fault.at_turn for fault in plan.faults]
    assert moments == sorted(moments)
    assert 1 <= moments[0] <= moments[-1] <= turns
    assert all(f.seconds == PAUSE_SECONDS for f in plan.faults if f.strike is Strike.PAUSE_API)
    texts = [text for part in plan.parts for step in part.steps for text in step.texts]
    assert len(set(texts)) == turns, "a reply must show which message it answers"
    for user in {part.user for part in plan.parts}:
        assert {part.transport for part in plan.parts if part.user == user} == set(Transport)


def test_other_seeds_make_other_plans() -> None:
    assert make_plan(1, 100) != make_plan(2, 100)


def test_five_hundred_turns_have_everything_in_them() -> None:
    plan = make_plan(7, 500)
    actions = Counter(step.action for part in plan.parts for step in part.steps)
    assert set(actions) == set(Action)
    assert len(plan.faults) > 20
    assert {part.in_flight for part in plan.parts} == {1, 4}


def test_every_fate_is_met_and_again_from_the_same_seed() -> None:
    for to_server in (True, False):
        met = list(islice(fates(1, ONE_AT_A_TIME, 0, to_server=to_server), FRAMES))
        again = list(islice(fates(1, ONE_AT_A_TIME, 0, to_server=to_server), FRAMES))
        assert met == again
        assert set(met) == set(Fate)
        assert Counter(met).most_common(1)[0][0] is Fate.PASS
    assert met != list(islice(fates(1, ONE_AT_A_TIME, 1, to_server=False), FRAMES))


def test_what_is_sent_without_waiting_is_not_put_out_of_order() -> None:
    met = set(islice(fates(1, PIPELINED, 0, to_server=True), FRAMES))
    assert met == set(Fate) - {Fate.OVERTAKEN, Fate.DROP}
