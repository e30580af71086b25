"""Where the marks of the report's charts go. Across in percent of the chart's width, so that a
chart fits any screen while its words keep their size; down in pixels."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.quality.presentation import Selection, is_best, margin_text, value_text
from bench.quality.results import KEEPSAKE, Measure, Report
from bench.quality.statistics import Interval, interval, value

LEFT, RIGHT = 30.0, 88.0  # percent: names to the left of the bars, values to their right
BAR, BETWEEN, HEADING = 20, 14, 26  # pixels
LINES_LEFT, LINES_RIGHT, LINES_TOP, LINES_BOTTOM = 11.0, 96.0, 12, 200
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
COLORS = 16  # in report.css
# So that a system looks the same in every chart of every report; others take what is left.
OWN_COLORS = {
    name: place
    for place, name in enumerate(
        (KEEPSAKE, "dense", "bm25", "last-k", "full history", "mem0", "verbatim")
    )
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One system's value of one measure over some units, and its words."""

    system: str
    value: float
    interval: Interval | None
    text: str
    margin: str
    best: bool

    @property
    def words(self) -> str:
        """For a tooltip and for a screen reader: "keepsake 61.3 (52.0 to 70.1)"."""
        return f"{self.system} {self.text}" + (f" {self.margin}" if self.margin else "")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from LEFT to `end`; `whisker` its interval, both in percent; `top` in pixels."""

    mark: Mark
    color: int
    top: int
    end: float
    whisker: tuple[float, float] | None
    text_at: float


@dataclass(frozen=True, slots=True)
class BarGroup:
    """One measure's bars, from `top` to `foot`, under its heading, or beside it where the system
    is the only one (`alone`)."""

    name: str
    measure: Measure
    top: int
    foot: int
    bars: tuple[Bar, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """A set's headline measures, each with a bar a system."""

    selection: Selection
    groups: tuple[BarGroup, ...]
    height: int
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line; `low` and `high` are its interval's ends."""

    mark: Mark
    name: str
    x: float
    y: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One system's values, from few to many."""

    system: str
    color: int
    points: tuple[Point, ...]

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        """Each point with the next one."""
        return list(zip(self.points, self.points[1:], strict=False))


@dataclass(frozen=True, slots=True)
class LineChart:
    """A set's recall over how much is recalled; the first system's line is drawn last, on top."""

    selection: Selection
    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


def marks(report: Report, selection: Selection, name: str) -> list[Mark]:
    """Every system that has the measure, in the report's order."""
    measure = report.measures[name]
    counted = measure.unit == "count"
    values = {
        system: amount
        for system in report.systems
        if (amount := value(selection.units, system, name, counted=counted)) is not None
    }
    found = []
    for system, amount in values.items():
        between = interval(selection.units, system, name, counted=counted, seed=report.seed)
        found.append(
            Mark(
                system,
                amount,
                between,
                value_text(measure, amount),
                margin_text(measure, between),
                is_best(measure, amount, list(values.values())),
            )
        )
    return found


def bar_chart(report: Report, selection: Selection, names: Sequence[str]) -> BarChart:
    """Bars of the measures that the selection has; shares from 0 to 100 %, counts to the largest."""
    top, groups = 0, []
    for name in names:
        found = marks(report, selection, name)
        if not found:
            continue
        groups.append(_bar_group(report, name, found, top))
        top = groups[-1].foot + (0 if groups[-1].alone else BETWEEN)
    ticks = tuple(LEFT + tick * (RIGHT - LEFT) for tick in TICKS)
    return BarChart(selection, tuple(groups), top, ticks)


def _bar_group(report: Report, name: str, found: Sequence[Mark], top: int) -> BarGroup:
    measure = report.measures[name]
    alone = len(report.systems) == 1
    first = top if alone else top + HEADING
    full = 1.0
    if measure.unit == "count":
        full = max(1.0, *(max((mark.value, *(mark.interval or ()))) for mark in found))

    def across(amount: float) -> float:
        return round(LEFT + min(1.0, max(0.0, amount / full)) * (RIGHT - LEFT), 2)

    bars = []
    for place, mark in enumerate(found):
        ends = mark.interval if mark.margin else None
        whisker = (across(ends[0]), across(ends[1])) if ends else None
        bars.append(
            Bar(
                mark,
                color_of(report, mark.system),
                first + place * BAR,
                across(mark.value),
                whisker,
                max(across(mark.value), whisker[1] if whisker else 0) + 1,
            )
        )
    return BarGroup(name, measure, top, first + BAR * len(found), tuple(bars), alone)


def line_chart(report: Report, selection: Selection, names: dict[str, int]) -> LineChart:
    """`names` are measures and the amounts (items, tokens) they stand for, drawn to a log scale."""
    logs = [math.log(amount) for amount in names.values()]
    across = {
        name: LINES_LEFT
        + (math.log(amount) - min(logs)) / (max(logs) - min(logs)) * (LINES_RIGHT - LINES_LEFT)
        for name, amount in names.items()
    }
    points: dict[str, list[Point]] = {}
    for name, x in across.items():
        for mark in marks(report, selection, name):
            ends = mark.interval if mark.margin else None
            points.setdefault(mark.system, []).append(
                Point(
                    mark,
                    name,
                    round(x, 2),
                    _down(mark.value),
                    _down(ends[0]) if ends else None,
                    _down(ends[1]) if ends else None,
                )
            )
    lines = [
        Line(system, color_of(report, system), tuple(found)) for system, found in points.items()
    ]
    return LineChart(
        selection,
        tuple(reversed(lines)),
        tuple((round(across[name], 2), f"{amount:,}") for name, amount in names.items()),
        tuple((_down(tick), f"{100 * tick:.0f}") for tick in TICKS),
    )


def amounts(report: Report, pattern: str) -> dict[str, int]:
    """Measures whose name is an amount in a pattern with one group, from few to many."""
    found = {
        name: int(match[1]) for name in report.measures if (match := re.fullmatch(pattern, name))
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def color_of(report: Report, system: str) -> int:
    """A system's place among the colours of the style sheet."""
    if system in OWN_COLORS:
        return OWN_COLORS[system]
    others = [name for name in report.systems if name not in OWN_COLORS]
    return len(OWN_COLORS) + others.index(system) % (COLORS - len(OWN_COLORS))


def _down(share: float) -> float:
    return round(LINES_BOTTOM - min(1.0, max(0.0, share)) * (LINES_BOTTOM - LINES_TOP), 1)
