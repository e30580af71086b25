"""An evaluation of the classifier as tables."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

WAYS = {"classifierVector": "Words and vector", "wordsAlone": "Words alone"}


def show(console: Console, report: Mapping[str, Any]) -> None:
    """Print everything that the report holds."""
    for way, title in WAYS.items():
        console.print(_categories(title, report[way]))
    for name, key in (("kind", "byKind"), ("language", "byLanguage")):
        console.print(_groups(name, report["classifierVector"][key]))
    latency = report["latencyMs"]
    console.print(
        f"Screening: p50 {latency['p50']} ms, p95 {latency['p95']} ms, vector not counted"
    )
    first, whole = report["turnMs"]["untilFirstDelta"], report["turnMs"]["inAll"]
    console.print(
        f"A turn: p95 {first['p95']} ms until its first delta, {whole['p95']} ms in all, of CPU time"
    )
    if xstest := report.get("xstest"):
        low, high = xstest["safeFlaggedInterval"]
        console.print(
            f"XSTest: {xstest['safeFlagged']:.1%} ({low:.1%} to {high:.1%}) of {xstest['safe']} safe"
            f" prompts flagged, {xstest['safeNotAllowed']:.1%} not allowed;"
            f" {xstest['unsafeFlagged']:.1%} of {xstest['unsafe']} unsafe ones flagged"
        )
        for kind, rate in xstest["safeFlaggedByType"].items():
            console.print(f"  {kind}: {rate:.0%}")


def _categories(title: str, measured: Mapping[str, Any]) -> Table:
    table = Table(title=title)
    for heading in ("category", "messages", "precision", "recall", "F1", "average precision"):
        table.add_column(heading, justify="left" if heading == "category" else "right")
    rows = {**measured["categories"], "any harm": measured["anyHarm"]}
    for category, figures in rows.items():
        table.add_row(
            category,
            str(figures["messages"]),
            *(_with_interval(figures, name) for name in ("precision", "recall", "f1")),
            f"{figures['averagePrecision']:.2f}" if "averagePrecision" in figures else "",
        )
    low, high = measured["harmlessFlagged"]["interval"]
    rate = measured["harmlessFlagged"]["rate"]
    table.caption = f"{rate:.1%} ({low:.1%} to {high:.1%}) of harmless ones flagged"
    return table


def _with_interval(figures: Mapping[str, Any], name: str) -> str:
    low, high = figures[f"{name}Interval"]
    return f"{figures[name]:.2f} ({low:.2f}-{high:.2f})"


def _groups(name: str, groups: Mapping[str, Mapping[str, int]]) -> Table:
    table = Table(name, "harmful", "found", "harmless", "flagged")
    for group, counts in groups.items():
        table.add_row(group, *(str(counts[each]) for each in counts))
    return table
