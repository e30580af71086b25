"""Figures put together for charts. Pure functions: nothing is missing where nothing happened."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from backend.memory.relationship import BEGINNING, stage_for
from backend.store.analytics import Bucket, Count, Figure

MOST_PERIODS = 400  # the newest
MOST_TOPICS = 50
MOST_CHARACTERS = 20  # those talked with most, by steps of the relationship

Named = dict[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """How long `count` replies took, in milliseconds; 0 of none."""

    count: int = 0
    p50: float = 0.0
    p95: float = 0.0


@dataclass(slots=True)
class Happened:
    """What there was in a period, or in all of them. `memories` by kind, `categories` the same by
    category."""

    from_user: int = 0
    from_character: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    memories: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    user_moods: Counter[str] = field(default_factory=Counter)
    character_moods: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)

    def add(self, count: Count) -> None:
        """Count something in."""
        match count.figure:
            case Figure.MESSAGES if count.key == "user":
                self.from_user += count.count
            case Figure.MESSAGES:
                self.from_character += count.count
            case Figure.TOKENS:
                self.prompt_tokens += round(count.values[0])
                self.completion_tokens += round(count.values[1])
            case Figure.MEMORIES:
                self.memories[count.key] += count.count
                self.categories[count.other] += count.count
            case Figure.USER_MOOD:
                self.user_moods[count.key] += count.count
            case Figure.CHARACTER_MOOD:
                self.character_moods[count.key] += count.count
            case Figure.TOPIC:
                self.topics[count.key] += count.count


@dataclass(frozen=True, slots=True)
class Standing:
    """How two stood at the end of a period; the measures run 0-100."""

    start: date
    level: float
    trust: float
    intimacy: float
    stage: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How the relationship with a character went, in the periods in which it moved, oldest first."""

    character_id: UUID
    points: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything, in all and by period."""

    total: Happened
    generation: Spread
    reply: Spread
    periods: tuple[tuple[date, Happened], ...]
    relationships: tuple[Progress, ...]


def report_of(
    counts: Iterable[Count],
    bucket: Bucket,
    *,
    first: date | None,
    last: date | None,
    today: date = date.max,
) -> Report:
    """Put counts together. Periods go from the one of `first` to the one of `last`, or where either is
    None from or to where something happened, and none is later than `today`; of too many, the newest."""
    counts = list(counts)
    total, by_period = Happened(), dict[date, Happened]()
    spreads = {Figure.GENERATION: Spread(), Figure.REPLY: Spread()}
    for count in counts:
        if count.figure in spreads:
            milliseconds = (round(value, 1) for value in count.values[:2])
            spreads[count.figure] = Spread(count.count, *milliseconds)
        elif count.figure is not Figure.STEPS and count.period:
            total.add(count)
            by_period.setdefault(count.period, Happened()).add(count)
    days = sorted(by_period)
    begins = start_of(first, bucket) if first else days[0] if days else None
    ends = start_of(last, bucket) if last else days[-1] if days else begins
    periods = (
        periods_between(begins, min(ends, start_of(today, bucket)), bucket)
        if begins and ends
        else []
    )
    return Report(
        total,
        spreads[Figure.GENERATION],
        spreads[Figure.REPLY],
        tuple((start, by_period.get(start, Happened())) for start in periods),
        tuple(_relationships([count for count in counts if count.figure is Figure.STEPS])),
    )


def start_of(day: date, bucket: Bucket) -> date:
    """The first day of the period that a day is in."""
    if bucket is Bucket.WEEK:
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    return day.replace(day=1) if bucket is Bucket.MONTH else day


def periods_between(first: date, last: date, bucket: Bucket) -> list[date]:
    """The first days of all periods from one to another, oldest first; of too many, the newest."""
    if bucket is Bucket.MONTH:
        newest = last.year * 12 + last.month - 1
        oldest = max(first.year * 12 + first.month - 1, newest - MOST_PERIODS + 1)
        return [date(month // 12, month % 12 + 1, 1) for month in range(oldest, newest + 1)]
    days = 7 if bucket is Bucket.WEEK else 1
    oldest_day = max(first.toordinal(), last.toordinal() - days * (MOST_PERIODS - 1))
    return [date.fromordinal(day) for day in range(oldest_day, last.toordinal() + 1, days)]


def _relationships(steps: list[Count]) -> Iterator[Progress]:
    by_character: dict[str, list[Count]] = {}
    for step in steps:
        by_character.setdefault(step.key, []).append(step)
    most_first = sorted(
        by_character.items(), key=lambda item: (-sum(step.count for step in item[1]), item[0])
    )
    for key, of_them in most_first[:MOST_CHARACTERS]:
        yield Progress(UUID(key), tuple(_standings(of_them))[-MOST_PERIODS:])


def _standings(steps: list[Count]) -> Iterator[Standing]:
    """The ledger added up, as `replay` does, but by period."""
    measures = list(BEGINNING.values())
    stage = stage_for(measures[0], "")
    for step in sorted(steps, key=lambda step: step.period or date.min):
        measures = [
            max(0.0, min(100.0, value + moved))
            for value, moved in zip(measures, step.values, strict=True)
        ]
        stage = stage_for(measures[0], stage)
        if step.period:
            level, trust, intimacy = (round(value, 2) for value in measures)
            yield Standing(step.period, level, trust, intimacy, stage)
