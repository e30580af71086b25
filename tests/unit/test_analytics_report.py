"""Figures put together for charts."""

from datetime import date
from uuid import uuid4

import pytest

from backend.conversation.analytics import MOST_PERIODS, periods_between, report_of, start_of
from backend.store.analytics import Bucket, Count, Figure

MONDAY = date(2026, 3, 9)


def said(day: date, count: int = 1, who: str = "user") -> Count:
    return Count(Figure.MESSAGES, who, "", day, count)


@pytest.mark.parametrize(
    ("bucket", "day", "start"),
    [
        (Bucket.DAY, date(2026, 3, 12), date(2026, 3, 12)),
        (Bucket.WEEK, date(2026, 3, 12), MONDAY),
        (Bucket.WEEK, MONDAY, MONDAY),
        (Bucket.WEEK, date(2026, 1, 1), date(2025, 12, 29)),
        (Bucket.WEEK, date.min, date.min),
        (Bucket.MONTH, date(2026, 3, 31), date(2026, 3, 1)),
    ],
)
def test_a_day_is_in_a_period(bucket: Bucket, day: date, start: date) -> None:
    assert start_of(day, bucket) == start


@pytest.mark.parametrize(
    ("bucket", "first", "last", "count"),
    [
        (Bucket.DAY, date(2026, 2, 27), date(2026, 3, 1), 3),
        (Bucket.WEEK, MONDAY, date(2026, 3, 30), 4),
        (Bucket.MONTH, date(2025, 11, 1), date(2026, 2, 1), 4),
        (Bucket.DAY, date(2026, 3, 2), date(2026, 3, 1), 0),
        (Bucket.DAY, date.min, date.max, MOST_PERIODS),
        (Bucket.MONTH, date.min, date(9999, 12, 1), MOST_PERIODS),
    ],
)
def test_periods_follow_each_other_without_a_gap(
    bucket: Bucket, first: date, last: date, count: int
) -> None:
    periods = periods_between(first, last, bucket)

    assert len(periods) == count
    assert periods == sorted(set(periods))
    assert not periods or periods[-1] == last


def test_a_period_without_anything_is_there_all_the_same() -> None:
    told = report_of(
        [said(date(2026, 3, 10)), said(date(2026, 3, 12), 2, "character")],
        Bucket.DAY,
        first=MONDAY,
        last=date(2026, 3, 13),
    )

    assert [(day.from_user, day.from_character) for _, day in told.periods] == [
        (0, 0),
        (1, 0),
        (0, 0),
        (0, 2),
        (0, 0),
    ]
    assert (told.total.from_user, told.total.from_character) == (1, 2)


@pytest.mark.parametrize("last", [None, date(2099, 1, 1)], ids=str)
def test_no_period_is_later_than_today(last: date | None) -> None:
    counts = [said(MONDAY), said(date(2098, 3, 9))]
    today = date(2026, 3, 11)

    told = report_of(counts, Bucket.DAY, first=None, last=last, today=today)

    assert [start.day for start, _ in told.periods] == [9, 10, 11]
    assert report_of([], Bucket.WEEK, first=date(2099, 1, 1), last=last, today=today).periods == ()


def test_totals_hold_what_the_newest_periods_don_t() -> None:
    told = report_of([said(date(2020, 1, 1)), said(MONDAY)], Bucket.DAY, first=None, last=None)

    assert told.total.from_user == 2
    assert len(told.periods) == MOST_PERIODS
    assert sum(day.from_user for _, day in told.periods) == 1


def step(day: date | None, level: float, character: str) -> Count:
    return Count(Figure.STEPS, character, "", day, 1, (level, 0.0, 0.0))


def test_a_stage_is_left_later_than_entered() -> None:
    mira = str(uuid4())
    days = [date(2026, 3, day) for day in (1, 2, 3, 4)]
    moves = zip(days, (12.0, -4.0, -3.0, 200.0), strict=True)

    (progress,) = report_of(
        [step(day, level, mira) for day, level in moves], Bucket.DAY, first=None, last=None
    ).relationships

    assert [(point.level, point.stage) for point in progress.points] == [
        (22.0, "acquaintance"),
        (18.0, "acquaintance"),
        (15.0, "stranger"),
        (100.0, "confidant"),
    ]
    assert progress.points[0].intimacy == 0
