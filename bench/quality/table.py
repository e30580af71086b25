"""A report as tables in a terminal, readable from 80 columns on."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.quality.presentation import (
    ALL,
    Selection,
    arrow,
    grouped,
    headlines,
    is_best,
    margin_text,
    selections,
    summary,
    value_text,
    wholes,
)
from bench.quality.results import Measure, Report
from bench.quality.statistics import FEW_GROUPS, group_count, interval, value

COLUMNS = 5  # measures side by side, where there is room
VALUE = 11  # characters of "100.0 ±12.3"
GAP = 2  # between columns
LONGEST_WORD = 24  # of a name; a longer one is broken


def show_report(console: Console, report: Report) -> None:
    """Print what was measured and the headline figures, then Keepsake's by set and category, then
    every system's by set.

    Cells are percentages with half the width of their 95 % interval; counts are integers.
    """
    if not headlines(report):
        console.print("Nothing was measured: the report has no scores.")
        return
    _show_summary(console, report)
    for heading, names in grouped(report).items():
        _show_categories(console, report, heading, names)
    if len(report.systems) > 1:
        _show_systems(console, report, headlines(report))
    _show_latency(console, report)
    _show_caution(console, report)
    console.print(Text("Shares in percent, ± half of the 95 % interval; n units.", style="dim"))


def _show_summary(console: Console, report: Report) -> None:
    system = report.systems[0]
    console.print(Text(summary(report)))
    for whole in wholes(report) if report.kind == "recall" else wholes(report)[:1]:
        figures = ", ".join(
            f"{name} {value_text(measure, amount)}"
            for name in headlines(report)
            for measure in [report.measures[name]]
            for amount in [_value(whole, system, name, measure)]
            if amount is not None
        )
        console.print(Text(f"{system}, {whole.set_name}: {figures}", style="bold"))


def _show_categories(console: Console, report: Report, heading: str, names: Sequence[str]) -> None:
    system = report.systems[0]
    rows = [row for row in selections(report) if _scored(row, system, names)]
    left = [[row.set_name, row.category] for row in rows]
    for beside, widths in _beside(console, ("set", "category"), left, names):
        table = _table(report, f"{system}: {heading}", ("set", "category"), widths, beside)
        above = ALL
        for row in rows:
            count = _scored(row, system, beside)
            if not count:
                continue
            if row.category == ALL and above != ALL:
                table.add_section()
            above = row.category
            cells = [_cell(report, row, system, name) for name in beside]
            table.add_row(
                Text(row.set_name if row.category == ALL else ""),
                Text(row.category),
                Text(f"{count:,}"),
                *cells,
                style="bold" if row.category == ALL else "",
            )
        if table.row_count:
            console.print(table)


def _show_systems(console: Console, report: Report, names: Sequence[str]) -> None:
    left = [[whole.set_name, system] for whole in wholes(report) for system in report.systems]
    for beside, widths in _beside(console, ("set", "system"), left, names):
        table = _table(report, "Every system", ("set", "system"), widths, beside)
        for whole in wholes(report):
            table.add_section()
            rows = [system for system in report.systems if _scored(whole, system, beside)]
            for place, system in enumerate(rows):
                cells = [_cell(report, whole, system, name, rivals=rows) for name in beside]
                table.add_row(
                    Text("" if place else whole.set_name),
                    Text(system),
                    Text(f"{_scored(whole, system, beside):,}"),
                    *cells,
                )
        console.print(table)


def _beside(
    console: Console, headings: Sequence[str], left: Sequence[Sequence[str]], names: Sequence[str]
) -> Iterator[tuple[Sequence[str], list[int]]]:
    """As few tables as fit, of about the same number of measures, and the widths of the columns
    on the left, in which no word is broken."""
    columns = [[heading, *texts] for heading, *texts in zip(headings, *left, strict=True)]
    room = console.width - len("9,999") - GAP * (len(columns) + 1)
    least = [
        min(LONGEST_WORD, max(len(word) for text in c for word in text.split())) for c in columns
    ]
    fitting = max(1, min(COLUMNS, (room - sum(least)) // (VALUE + GAP)))
    tables = -(-len(names) // fitting)
    size = -(-len(names) // tables)
    spare = room - sum(least) - size * (VALUE + GAP)
    widths = []
    for narrow, column in zip(least, columns, strict=True):
        widths.append(min(max(map(len, column)), narrow + max(0, spare)))
        spare -= max(0, widths[-1] - narrow)
    for first in range(0, len(names), size):
        yield names[first : first + size], widths


def _table(
    report: Report, title: str, left: Sequence[str], widths: Sequence[int], names: Sequence[str]
) -> Table:
    legend = "; ".join(f"{name}: {report.measures[name].label}" for name in names)
    table = Table(
        title=Text(title),
        title_style="bold",
        caption=Text(legend),
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE,
        padding=(0, 1, 0, 0),
    )
    for heading, width in zip(left, widths, strict=True):
        table.add_column(heading, overflow="fold", width=width)
    table.add_column("n", justify="right", no_wrap=True)
    for name in names:
        above = Text(f"{name} {arrow(report.measures[name])}")
        table.add_column(above, justify="right", width=VALUE)
    return table


def _cell(
    report: Report, selection: Selection, system: str, name: str, rivals: Sequence[str] = ()
) -> Text:
    measure = report.measures[name]
    counted = measure.unit == "count"
    amount = _value(selection, system, name, measure)
    others = [_value(selection, rival, name, measure) for rival in rivals]
    text = Text(
        value_text(measure, amount), style="bold" if is_best(measure, amount, others) else ""
    )
    between = interval(selection.units, system, name, counted=counted, seed=report.seed)
    return text.append(f" {margin_text(measure, between):<5}", style="dim not bold")


def _value(selection: Selection, system: str, name: str, measure: Measure) -> float | None:
    return value(selection.units, system, name, counted=measure.unit == "count")


def _scored(selection: Selection, system: str, names: Sequence[str]) -> int:
    """How many units have at least one of the measures for this system."""
    return sum(any(n in unit.scores.get(system, {}) for n in names) for unit in selection.units)


def _show_latency(console: Console, report: Report) -> None:
    for name, times in report.latency.items():
        console.print(
            Text(f"{name}: p50 {times.p50:.1f} ms, p95 {times.p95:.1f} ms (n = {times.count:,})")
        )


def _show_caution(console: Console, report: Report) -> None:
    """Say where an interval is missing or narrower than it should be."""
    system, names = report.systems[0], headlines(report)
    few = {
        selection.set_name: max(group_count(selection.units, system, name) for name in names)
        for selection in wholes(report)
    }
    few = {name: count for name, count in few.items() if 0 < count < FEW_GROUPS}
    if few:
        listed = ", ".join(f"{name} ({count})" for name, count in few.items())
        console.print(
            Text(
                f"Few conversations or stories: {listed}. With one there is no interval (±); with "
                f"fewer than {FEW_GROUPS} it is narrower than it should be.",
                style="dim",
            )
        )
