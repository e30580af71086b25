"""What Keepsake costs beside bare servers, as rows and as a table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.realtime.wires import WIRES

Json = dict[str, Any]
Found = dict[str, dict[str, list[Json]]]
"""The phases of each target ("keepsake", "bare") over each transport."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is compared. `budget` is for Keepsake; `more` where more is better."""

    name: str
    value: Callable[[Json], float | None]
    phase: str
    where: tuple[str, float] | None = None
    budget: float | None = None
    more: bool = False


def compare(found: Found) -> list[Json]:
    """Rows {what, transport, keepsake, bare, ratio, budget, met}; `ratio` is Keepsake's to bare's."""
    return [
        row
        for transport, targets in found.items()
        for line in _lines(targets["keepsake"])
        if (row := _row(line, transport, targets)) is not None
    ]


def show_comparison(console: Console, rows: list[Json]) -> None:
    """Print the rows, a table for each transport."""
    for transport in dict.fromkeys(row["transport"] for row in rows):
        table = Table(title=f"{WIRES[transport].name}: Keepsake beside a bare server")
        for heading in ("what", "ratio", "Keepsake", "bare", "budget"):
            table.add_column(heading, justify="left" if heading == "what" else "right")
        for row in rows:
            if row["transport"] == transport:
                table.add_row(
                    row["what"],
                    "" if row["ratio"] is None else f"{row['ratio']:.2f}",
                    _shown(row["keepsake"]),
                    _shown(row["bare"]),
                    "" if row["budget"] is None else f"{row['budget']:g} {_met(row)}",
                )
        console.print(table)


def _met(row: Json) -> str:
    return "met" if row["met"] else "not met"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _row(line: Line, transport: str, targets: dict[str, list[Json]]) -> Json | None:
    ours, bare = (_value(line, targets[target]) for target in ("keepsake", "bare"))
    if ours is None:
        return None
    met = None
    if line.budget is not None:
        met = ours >= line.budget if line.more else ours <= line.budget
    return {
        "what": line.name,
        "transport": transport,
        "keepsake": ours,
        "bare": bare,
        "ratio": round(ours / bare, 3) if bare else None,
        "budget": line.budget,
        "met": met,
    }


def _value(line: Line, phases: list[Json]) -> float | None:
    for phase in phases:
        if phase["phase"] == line.phase and (line.where is None or _fits(phase, *line.where)):
            return line.value(phase)
    return None


def _fits(phase: Json, key: str, value: float) -> bool:
    return bool(phase[key] == value)


def _lines(phases: list[Json]) -> Iterator[Line]:
    for phase in phases:
        if phase["phase"] == "connect":
            yield from _connecting(phase["connections"])
        if phase["phase"] == "steady":
            yield from _steady(phase["rate"])
        if phase["phase"] == "held":
            size = phase["connections"]
            at = ("connections", size)
            yield Line(f"{size:,} held, dropped", _at("dropped"), "held", at, budget=0)
    yield Line("fan-out to 10, p50 ms", _at("ms", "p50"), "fan-out")
    yield Line("fan-out to 10, p95 ms", _at("ms", "p95"), "fan-out")
    yield Line("fan-out, first to last, p95 ms", _at("firstToLastMs", "p95"), "fan-out")
    yield Line("back after a drop, p50 ms", _at("ms", "p50"), "resume")
    yield Line("back after a drop, p95 ms", _at("ms", "p95"), "resume")
    yield Line("all back at once, ms", _at("allBackMs"), "all come back")
    yield Line("all back at once, refused attempts", _refused, "all come back")
    yield Line("turns a second, flat out", _at("perSecond"), "flat out", budget=50, more=True)
    yield Line("flat out, refused", _at("refused"), "flat out", budget=0)
    yield Line("flat out, lost", _at("lost"), "flat out", budget=0)
    yield Line("dropped by then", _at("dropped"), "after turns", budget=0)
    yield Line("memory by then, MB", _at("memory", "pss"), "after turns", budget=1200)


def _connecting(size: int) -> Iterator[Line]:
    at = ("connections", size)
    yield Line(f"{size:,} connections, opened a second", _at("perSecond"), "connect", at, more=True)
    yield Line(f"{size:,} connections, kB each", _at("kbPerConnection"), "connect", at)
    budget = 1200 if size == 1000 else None
    yield Line(f"{size:,} connections, MB", _at("memory", "pss"), "connect", at, budget)


def _steady(rate: float) -> Iterator[Line]:
    at = ("rate", rate)
    name = f"{rate:g} turns a second"
    yield Line(f"{name}, reached", _at("perSecond"), "steady", at, more=True)
    yield Line(f"{name}, stored p95 ms", _at("storedMs", "p95"), "steady", at)
    yield Line(f"{name}, first delta p95 ms", _at("firstDeltaMs", "p95"), "steady", at)
    yield Line(f"{name}, whole reply p50 ms", _at("wholeMs", "p50"), "steady", at)
    yield Line(f"{name}, whole reply p95 ms", _at("wholeMs", "p95"), "steady", at, budget=250)
    yield Line(f"{name}, refused", _at("refused"), "steady", at, budget=0)
    yield Line(f"{name}, lost", _at("lost"), "steady", at, budget=0)


def _at(*way: str) -> Callable[[Json], float | None]:
    def value(phase: Json) -> float | None:
        part: Any = phase
        for step in way:
            if part is None:
                return None
            part = part[step]
        return None if part is None else float(part)

    return value


def _refused(phase: Json) -> float:
    return float(sum(phase["refused"].values()))
