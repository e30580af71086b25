"""What happened, in figures: the repository of analytics."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Bucket(StrEnum):
    """How long a period is; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class AnalyticsScope:
    """Of whom, of one conversation or all, from `since` until before `until`; periods are days, weeks or
    months in `zone`, an IANA name."""

    user_id: UUID
    zone: str
    bucket: Bucket
    conversation_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class Figure(StrEnum):
    """What is counted, and what `Count` says of it."""

    MESSAGES = "messages"  # key: sender type
    TOKENS = "tokens"  # values: prompt, completion
    GENERATION = "generation"  # replies, overall; values: p50, p95 of milliseconds
    REPLY = "reply"  # the same, from message to reply
    USER_MOOD = "user mood"  # key: mood
    CHARACTER_MOOD = "character mood"  # key: mood
    TOPIC = "topic"  # key: topic
    MEMORIES = "memories"  # key: kind, other: category
    STEPS = "steps"  # key: character id; values: sums of level, trust, intimacy


@dataclass(frozen=True, slots=True)
class Count:
    """How many there were in a period, of which the first day is given; None: before all of them, or of
    all together."""

    figure: Figure
    key: str
    other: str
    period: date | None
    count: int
    values: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Counts:
    """All of them, in no order. `unread`: replies whose mood and topic are encrypted and weren't read,
    because there are too many."""

    counts: tuple[Count, ...]
    unread: int


class Analytics(Protocol):
    async def counts(self, scope: AnalyticsScope) -> Counts:
        """Everything that happened in the scope, counted in two queries."""
