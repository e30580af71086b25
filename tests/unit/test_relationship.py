"""How a relationship moves: bounded whatever is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.memory.relationship import (
    DAILY_CAP,
    HYSTERESIS,
    MAX_STEP,
    STAGES,
    Delta,
    Signal,
    daily_spend,
    read_signal,
    stage_for,
    step,
)
from backend.models import Relationship, RelationshipChange
from tests.support.records import an_owner

MEASURES = ("level", "trust", "intimacy")
ROUNDING = 1e-3

percent = st.floats(0, 100).map(lambda value: round(value, 4))
signals = st.builds(Signal, warmth=st.floats(-1, 1), openness=st.floats(0, 1))


def standing(level: float = 10.0, trust: float = 10.0, intimacy: float = 0.0) -> Relationship:
    owner = an_owner()
    return Relationship(
        character_id=owner.character_id,
        user_id=owner.user_id,
        level=level,
        trust=trust,
        intimacy=intimacy,
    )


relationships = st.builds(standing, percent, percent, percent)


@given(relationships, signals)
def test_one_message_moves_a_measure_by_a_bounded_step_and_says_how_far(
    relationship: Relationship, signal: Signal
) -> None:
    before = relationship.model_copy()

    delta, reason = step(relationship, signal, Delta())

    assert reason
    for measure in MEASURES:
        moved = getattr(delta, measure)
        after = getattr(relationship, measure)
        assert 0 <= after <= 100
        assert abs(moved) <= MAX_STEP + ROUNDING
        assert after == pytest.approx(getattr(before, measure) + moved, abs=ROUNDING)


@pytest.mark.parametrize("warmth", [9.0, -9.0])
def test_no_signal_however_strong_moves_further(warmth: float) -> None:
    delta, _ = step(standing(level=50), Signal(warmth), Delta())

    assert abs(delta.level) == MAX_STEP


@given(relationships, st.lists(signals, max_size=60))
def test_a_day_moves_a_measure_no_further_than_its_cap(
    relationship: Relationship, day: list[Signal]
) -> None:
    before = relationship.model_copy()
    spent = Delta()
    for signal in day:
        delta, _ = step(relationship, signal, spent)
        spent = spent.plus(delta)

        for measure in MEASURES:
            moved = getattr(relationship, measure) - getattr(before, measure)
            assert abs(moved) <= DAILY_CAP + ROUNDING
            assert 0 <= getattr(relationship, measure) <= 100


@pytest.mark.parametrize(("warmth", "cap"), [(1.0, DAILY_CAP), (-1.0, -DAILY_CAP)])
def test_the_cap_of_a_day_is_reached_and_held(warmth: float, cap: float) -> None:
    relationship = standing(level=50, trust=50, intimacy=50)
    spent = Delta()
    for _ in range(200):
        delta, _ = step(relationship, Signal(warmth), spent)
        spent = spent.plus(delta)

    assert relationship.level == pytest.approx(50 + cap, abs=0.01)


@given(percent, st.floats(0.2, 1))
def test_unkindness_weighs_more_than_kindness(level: float, warmth: float) -> None:
    up, _ = step(standing(level=level, trust=50), Signal(warmth), Delta())
    down, _ = step(standing(level=100, trust=50), Signal(-warmth), Delta())

    assert -down.trust > up.trust
    assert -down.level >= min(MAX_STEP, 1.6 * warmth - 0.2)


@given(signals, percent, percent)
def test_closeness_is_harder_to_gain_the_higher_it_is(
    signal: Signal, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    from_low, _ = step(standing(intimacy=low), signal, Delta())
    from_high, _ = step(standing(intimacy=high), signal, Delta())

    assert from_high.intimacy <= from_low.intimacy + ROUNDING


def test_the_floor_and_the_ceiling_hold_with_an_honest_ledger() -> None:
    lowest, highest = standing(level=0.5), standing(level=99.95)

    fallen, _ = step(lowest, Signal(-1), Delta())
    risen, _ = step(highest, Signal(1), Delta())

    assert (lowest.level, fallen.level) == (0, -0.5)
    assert (highest.level, risen.level) == (100, pytest.approx(0.05, abs=ROUNDING))


# --- stages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "current", "stage"),
    [
        (0, "stranger", "stranger"),
        (19.99, "stranger", "stranger"),
        (20, "stranger", "acquaintance"),
        (19, "acquaintance", "acquaintance"),  # left later than entered
        (16, "acquaintance", "acquaintance"),
        (15.9, "acquaintance", "stranger"),
        (100, "stranger", "confidant"),
        (0, "confidant", "stranger"),
        (30, "a stage of old", "acquaintance"),
    ],
)
def test_stages(level: float, current: str, stage: str) -> None:
    assert stage_for(level, current) == stage


@given(st.sampled_from(STAGES[1:]), st.lists(st.floats(-1, 1), min_size=1))
def test_swaying_around_a_threshold_changes_the_stage_at_most_once(
    stage: tuple[float, str], swaying: list[float]
) -> None:
    threshold, name = stage
    current = stage_for(threshold - 1, "stranger")
    seen = [current]
    for sway in swaying:
        current = stage_for(threshold + sway * HYSTERESIS / 2, current)
        if current != seen[-1]:
            seen.append(current)

    assert len(seen) <= 2
    assert seen[-1] in {name, seen[0]}


# --- signals and the ledger ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "warm", "opened"),
    [
        ("What time is it?", 0, False),
        ("Thank you, that was lovely of you.", 1, False),
        ("I love this", 1, False),
        ("You're stupid", -1, False),
        ("You’re the worst", -1, False),
        ("To be honest, I'm scared.", 0, True),
        ("I trust you. Thanks!", 1, True),
        ("The glove is stupidly loud", 0, False),  # inside other words
    ],
)
def test_signals(text: str, warm: int, opened: bool) -> None:
    signal = read_signal(text)

    assert (signal.warmth > 0) - (signal.warmth < 0) == warm
    assert (signal.openness > 0) is opened


@given(st.text())
def test_any_text_gives_a_signal_within_bounds(text: str) -> None:
    signal = read_signal(text)

    assert -1 <= signal.warmth <= 1
    assert 0 <= signal.openness <= 1


def test_a_day_s_ledger_adds_up() -> None:
    owner = an_owner()
    ledger = [
        RelationshipChange(
            character_id=owner.character_id,
            user_id=owner.user_id,
            delta=Delta(level, trust, 0.5).as_dict(),
            reason="kind words",
        )
        for level, trust in ((1.0, 0.25), (-2.0, 0.5))
    ]

    assert daily_spend(ledger) == Delta(-1.0, 0.75, 1.0)
    assert daily_spend([]).is_zero
