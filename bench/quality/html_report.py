"""A report as one HTML file that needs nothing else: no network, no font, no script from outside.

The templates hold every word's place and the style; this module gathers what they show.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bench.quality.charts import BarChart, LineChart, amounts, bar_chart, color_of, line_chart
from bench.quality.presentation import (
    ALL,
    WORDS,
    Selection,
    arrow,
    change_text,
    count_of,
    headlines,
    margin_text,
    selections,
    summary,
    used_measures,
    value_text,
    wholes,
)
from bench.quality.results import Measure, Report
from bench.quality.statistics import FEW_GROUPS, Difference, difference, interval, value
from bench.quality.unit_list import list_units

CURVES = (("Recall over items", r"R@([1-9]\d*)", "items"),
          ("Recall over tokens of recalled text", r"R@([1-9]\d*)t", "tokens"))  # fmt: skip
TITLES = {"recall": "Evidence recall", "scenarios": "Memory in stories"}
DEEPEST = 6  # levels of nested figures; deeper ones are shown as JSON
NAME_CHARACTERS = 16  # beside a bar


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in a table: `strength` 0-100 is how strongly it is coloured, None for not at all."""

    text: str
    margin: str = ""
    strength: int | None = None
    good: bool = True


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A category of a set, or all of it (`whole`)."""

    set_name: str
    category: str
    whole: bool
    count: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """How far the first system is from another one, over the same units: a cell a measure."""

    system: str
    cells: tuple[tuple[Measure, Difference | None], ...]


@dataclass(frozen=True, slots=True)
class SetView:
    """One set's headline figures."""

    chart: BarChart
    leads: tuple[Lead, ...]
    groups: int

    @property
    def few(self) -> bool:
        """Intervals over so few groups are narrower than they should be."""
        return self.groups < FEW_GROUPS


def render(report: Report) -> str:
    """The whole page. Text of the data is escaped wherever it stands."""
    unit, group, _ = WORDS[report.kind]
    page = _ENVIRONMENT.get_template("report.html").render(
        report=report,
        title=TITLES[report.kind],
        summary=summary(report),
        unit=unit,
        group=group,
        headline_names=headlines(report),
        sets=_sets(report),
        curves=_curves(report),
        measures=used_measures(report),
        by_measure=_heat(report),
        by_system=_heat_of_systems(report),
        listing=list_units(report),
    )
    return page.encode("utf-8", "replace").decode()  # half of a surrogate pair can't be written


def _sets(report: Report) -> list[SetView]:
    names = headlines(report)
    views = []
    for whole in wholes(report):
        leads = tuple(
            Lead(
                other,
                tuple((report.measures[name], _lead(report, whole, name, other)) for name in names),
            )
            for other in report.systems[1:]
        )
        groups = len({(unit.set_name, unit.group) for unit in whole.units})
        views.append(SetView(bar_chart(report, whole, names), leads, groups))
    return [view for view in views if view.chart.groups]


def _lead(report: Report, whole: Selection, name: str, other: str) -> Difference | None:
    """The first system less the other."""
    return difference(
        whole.units,
        whole.units,
        name,
        systems=(other, report.systems[0]),
        counted=report.measures[name].unit == "count",
        seed=report.seed,
    )


def _curves(report: Report) -> list[tuple[str, str, list[LineChart]]]:
    found = []
    for title, pattern, unit in CURVES:
        names = amounts(report, pattern)
        if len(names) > 1:
            charts = [line_chart(report, whole, names) for whole in wholes(report)]
            found.append((title, unit, [chart for chart in charts if chart.lines]))
    return [curve for curve in found if curve[2]]


def _heat(report: Report) -> list[HeatRow]:
    """The first system, by category and measure."""
    names = used_measures(report)
    return [
        _row(row, [_cell(report, row, report.systems[0], name) for name in names])
        for row in selections(report)
        if report.systems
    ]


def _heat_of_systems(report: Report) -> list[HeatRow]:
    """The first headline measure, by category and system; empty for one system alone."""
    name = next(iter(headlines(report)), None)
    if name is None or len(report.systems) < 2:
        return []
    return [
        _row(row, [_cell(report, row, system, name) for system in report.systems])
        for row in selections(report)
    ]


def _row(row: Selection, cells: list[Cell]) -> HeatRow:
    return HeatRow(row.set_name, row.category, row.category == ALL, len(row.units), tuple(cells))


def _cell(report: Report, row: Selection, system: str, name: str) -> Cell:
    measure = report.measures[name]
    counted = measure.unit == "count"
    amount = value(row.units, system, name, counted=counted)
    if amount is None:
        return Cell("–")
    between = interval(row.units, system, name, counted=counted, seed=report.seed)
    strength = round(100 * min(1.0, max(0.0, amount)))
    return Cell(
        value_text(measure, amount),
        margin_text(measure, between),
        None if counted and measure.better == "higher" else strength,
        measure.better == "higher",
    )


def _plain(scalar: object) -> str:
    """A scalar in plain words and figures."""
    if isinstance(scalar, bool):
        return "yes" if scalar else "no"
    if isinstance(scalar, int):
        return f"{scalar:,}"
    if isinstance(scalar, float):
        return f"{scalar:,.4f}".rstrip("0").rstrip(".")
    return "none" if scalar is None else str(scalar)


def _words(name: object) -> str:
    """A key in words: "falseAccept" reads "false accept"; "R@10" and "MRR" stay as they are."""
    return re.sub(r"(?<=[a-z0-9])[A-Z](?=[a-z])", lambda found: f" {found[0].lower()}", str(name))


def _columns(rows: list[object]) -> list[str]:
    """The keys of a list of flat objects, which reads best as a table; empty for any other list."""
    found: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, Mapping) or not _is_flat(row.values()):
            return []
        found |= dict.fromkeys(row)
    return list(found)


def _is_flat(values: Iterable[object]) -> bool:
    return not any(isinstance(one, Mapping | list | tuple) for one in values)


def _when(moment: str) -> str:
    try:
        return f"{datetime.fromisoformat(moment):%-d %B %Y, %H:%M %Z}".strip().rstrip(",")
    except ValueError:
        return moment


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS else name[: NAME_CHARACTERS - 1] + "…"


def _json(anything: Any) -> str:
    return json.dumps(anything, ensure_ascii=False)


_ENVIRONMENT = Environment(
    loader=PackageLoader("bench.quality"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {"plain": _plain, "words": _words, "columns": _columns, "when": _when}
_ENVIRONMENT.filters |= {
    "as_json": _json,
    "counted": count_of,
    "short": _short,
    "change": change_text,
}
_ENVIRONMENT.tests["flat"] = _is_flat
_ENVIRONMENT.globals |= {"arrow": arrow, "color_of": color_of, "DEEPEST": DEEPEST, "ALL": ALL}
