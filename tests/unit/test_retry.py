"""When to ask a model again, and how long a server's `retry-after` is."""

from datetime import UTC, datetime

import pytest

from backend.adapters.llm.retry import RetryRule, parse_retry_after

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
RULE = RetryRule(retries=4, first_backoff=0.5, longest_backoff=3.0, longest_advised=10.0)


@pytest.mark.parametrize(
    ("attempt", "advised", "chance", "expected"),
    [
        (0, None, 0.0, 0.0),
        (0, None, 1.0, 0.5),
        (0, None, 0.5, 0.25),
        (1, None, 1.0, 1.0),
        (2, None, 1.0, 2.0),
        (3, None, 1.0, 3.0),  # 4.0 without the ceiling
        (4, None, 0.0, None),  # out of retries
        (4, 1.0, 0.0, None),
        (0, 0.0, 0.0, 0.0),
        (0, 2.0, 0.0, 2.0),
        (3, 2.0, 1.0, 2.5),  # advice, and jitter on top
        (0, 10.0, 0.0, 10.0),
        (0, 10.1, 0.0, None),  # not worth waiting for
    ],
)
def test_wait(attempt, advised, chance, expected):
    assert RULE.wait(attempt, advised, chance) == expected


def test_two_retries_unless_told_otherwise():
    waits = [RetryRule().wait(attempt, None, 0.9) for attempt in range(3)]
    assert [wait is not None for wait in waits] == [True, True, False]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:08 GMT"}, 8.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:59:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 13:00:08 +0100"}, 8.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:08 -0000"}, 8.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_parse_retry_after(headers, expected):
    assert parse_retry_after(headers, NOW) == expected
