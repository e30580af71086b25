"""What changed from one report to another: the differences, how sure they are, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backend.errors import InvalidRequest
from bench.quality.presentation import Selection, change_text, value_text, wholes
from bench.quality.results import KEEPSAKE, Measure, Report, Unit
from bench.quality.statistics import FEW_GROUPS, Difference, difference, value

UNITS_EACH_WAY = 10
CHANGES_SHOWN = 4
LABEL_WIDTH = 160
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class ComparedMeasure:
    """One measure over one set's common units, before (A) and after (B)."""

    set_name: str
    name: str
    measure: Measure
    difference: Difference

    @property
    def gain(self) -> float:
        """The change, positive where it is for the better."""
        return _gain(self.measure, self.difference.change)


@dataclass(frozen=True, slots=True)
class ChangedUnit:
    """A unit that scores otherwise: `gain` is the sum of its measures' changes, each at most 1."""

    unit: Unit
    gain: float
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows` by set and measure; `changed` units, the most improved first; `warnings` are
    sentences on what makes the two runs less alike."""

    rows: tuple[ComparedMeasure, ...]
    changed: tuple[ChangedUnit, ...]
    warnings: tuple[str, ...]


def compare(a: Report, b: Report, *, systems: tuple[str, str] = (KEEPSAKE, KEEPSAKE)) -> Comparison:
    """Compare the units that both reports have; `systems` names the one to look at in A and in B.

    Raises:
        InvalidRequest: the reports are of different kinds, or have no scored unit in common.
    """
    if a.kind != b.kind:
        raise InvalidRequest(f"A report of {a.kind} can't be compared with one of {b.kind}.")
    measures = {name: one for name, one in a.measures.items() if _alike(one, b.measures.get(name))}
    rows = tuple(
        ComparedMeasure(whole.set_name, name, measure, found)
        for whole in wholes(a)
        for name, measure in measures.items()
        if (found := _difference(a, b, whole, name, systems))
    )
    if not rows:
        raise InvalidRequest(
            f"The two reports have no unit in common that {systems[0]} scores in A"
            f" and {systems[1]} in B."
        )
    after = {unit.id: unit for unit in b.units}
    changed = [
        _changed(unit, after[unit.id], measures, systems) for unit in a.units if unit.id in after
    ]
    changed = sorted((one for one in changed if one.changes), key=lambda one: -one.gain)
    return Comparison(rows, tuple(changed), tuple(_warnings(a, b, measures)))


def _alike(one: Measure, other: Measure | None) -> bool:
    return other is not None and (one.unit, one.better) == (other.unit, other.better)


def _difference(
    a: Report, b: Report, whole: Selection, name: str, systems: tuple[str, str]
) -> Difference | None:
    counted = a.measures[name].unit == "count"
    return difference(whole.units, b.units, name, systems=systems, counted=counted, seed=a.seed)


def _gain(measure: Measure, change: float) -> float:
    return change if measure.better == "higher" else -change


def _changed(
    before: Unit, after: Unit, measures: Mapping[str, Measure], systems: tuple[str, str]
) -> ChangedUnit:
    """The biggest changes first, so that a short list says the most."""
    found = []
    for name, measure in measures.items():
        counted = measure.unit == "count"
        values = (
            value([before], systems[0], name, counted=counted),
            value([after], systems[1], name, counted=counted),
        )
        if values[0] is None or values[1] is None or abs(values[1] - values[0]) < SAME:
            continue
        gain = _gain(measure, min(1, max(-1, values[1] - values[0])))
        there, here = (value_text(measure, one) for one in values)
        found.append((gain, f"{name} {there} → {here}"))
    found.sort(key=lambda pair: -abs(pair[0]))
    return ChangedUnit(before, sum(gain for gain, _ in found), tuple(text for _, text in found))


def _warnings(a: Report, b: Report, measures: Mapping[str, Measure]) -> Iterator[str]:
    settings = [{**report.settings, "seed": report.seed} for report in (a, b)]
    differing = [
        f"{name} {_shown(settings[0], name)} → {_shown(settings[1], name)}"
        for name in dict.fromkeys([*settings[0], *settings[1]])
        if settings[0].get(name) != settings[1].get(name)
    ]
    if differing:
        yield f"The settings differ: {'; '.join(differing)}."
    labels = {unit.id: unit.label for unit in b.units}
    common = [unit for unit in a.units if unit.id in labels]
    if not len(a.units) == len(b.units) == len(common):
        yield (
            f"A has {len(a.units):,} units and B {len(b.units):,};"
            f" only the {len(common):,} that both have are compared."
        )
    # A report without texts can't tell.
    reworded = sum(bool(u.label and labels[u.id]) and u.label != labels[u.id] for u in common)
    if reworded:
        yield f"{reworded:,} common units have another text in B: the data isn't the same."
    elif len(a.units) == len(b.units) == len(common) and _other_data(a, b):
        yield "The data isn't the same: its hash differs."
    if left_out := sorted((a.measures.keys() | b.measures.keys()) - measures.keys()):
        yield f"Not in both in the same way, so left out: {', '.join(left_out)}."


def _other_data(a: Report, b: Report) -> bool:
    """Whether both say what they were measured on, and it isn't the same."""
    hashes = [report.extra.get("data", {}).get("sha256") for report in (a, b)]
    return None not in hashes and hashes[0] != hashes[1]


def _shown(settings: Mapping[str, Any], name: str) -> str:
    return str(settings[name]) if name in settings else "(not set)"


def show_comparison(console: Console, comparison: Comparison, *, units: bool = False) -> None:
    """Print the warnings and the differences; with `units`, those that changed most, too."""
    for warning in comparison.warnings:
        console.print(Text(f"Note: {warning}", style="yellow"))
    console.print(_table(comparison))
    if units:
        _show_changed(console, comparison)


def _table(comparison: Comparison) -> Table:
    table = Table(
        title="From A to B",
        title_style="bold",
        title_justify="left",
        caption="Shares in percent, changes in percentage points. ▲ better and ▼ worse:"
        " the 95 % interval of the change leaves 0 out; a dot: it doesn't, or there is none."
        f" Groups (conversations or stories): {_groups(comparison)}; below {FEW_GROUPS} intervals"
        " are too narrow.",
        caption_justify="left",
        box=box.SIMPLE,
        padding=(0, 1, 0, 0),
    )
    for heading in ("set", "measure"):
        table.add_column(heading, overflow="fold")
    for heading in ("n", "A", "B", "change", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    above = ""
    for row in comparison.rows:
        if row.set_name != above:
            table.add_section()
        name = Text(row.set_name if row.set_name != above else "")
        table.add_row(name, Text(row.name), *_cells(row))
        above = row.set_name
    return table


def _groups(comparison: Comparison) -> str:
    """How many groups each set has, as "locomo 3, beam 4"."""
    counts: dict[str, int] = {}
    for row in comparison.rows:
        counts[row.set_name] = max(counts.get(row.set_name, 0), row.difference.groups)
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _cells(row: ComparedMeasure) -> list[Text]:
    found, measure = row.difference, row.measure
    better = row.gain > 0
    sign, style = "·", "dim"
    if found.excludes_zero:
        sign, style = ("▲", "green") if better else ("▼", "red")
    ends = [change_text(measure, end) for end in found.interval or ()]
    return [
        Text(f"{found.units:,}"),
        Text(value_text(measure, found.before)),
        Text(value_text(measure, found.after)),
        Text(change_text(measure, found.change), style=style),
        Text(f"[{', '.join(ends)}]" if ends else "none", style="dim"),
        Text(sign, style=style),
    ]


def _show_changed(console: Console, comparison: Comparison) -> None:
    better = [one for one in comparison.changed if one.gain > SAME]
    worse = [one for one in reversed(comparison.changed) if one.gain < -SAME]
    for title, found, style in (("Better", better, "green"), ("Worse", worse, "red")):
        shown = found[:UNITS_EACH_WAY]
        console.print(Text(f"{title}: {len(found):,} units", style=f"bold {style}"))
        for one in shown:
            console.print(Text(f"  {one.unit.id}", style="bold"))
            console.print(Text(f"    {shorten(one.unit.label, LABEL_WIDTH, placeholder='…')}"))
            console.print(Text(f"    {', '.join(one.changes[:CHANGES_SHOWN])}", style="dim"))
        if len(found) > len(shown):
            console.print(Text(f"  … and {len(found) - len(shown):,} more", style="dim"))
