"""What the table and the page share: which measures and units stand together, and how a value reads.

Measures are known by their names, so that a report of an older or a newer Keepsake is shown, too:
a name that no rule knows ends in the last group.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.quality.results import Kind, Measure, Report, Unit
from bench.quality.statistics import Interval

HEADLINES_AT_MOST = 6
NO_WIDTH = 1e-9
OTHERS = "Other measures"
ALL = "all"
ALL_LANGUAGES = "all languages"
WORDS: Mapping[Kind, tuple[str, str, str]] = {  # a unit, a group and a set
    "recall": ("question", "conversation", "set"),
    "scenarios": ("story", "story", "language"),
}

_GROUPS: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    "recall": (
        ("Within so many items", r"^(R|all)@\d+$"),
        ("Within so many tokens of recalled text", r"^(R|all)@\d+t$"),
        ("Order", r"MRR|newer|order|rank"),
    ),
    "scenarios": (
        ("Updates, dates and owners", r"updat|contradict|reinforc|date|owner"),
        ("Extraction", r"precision|recall$|f1|false|trap|extract|chit"),
        ("What recall brings", r"answer|stale|leak|residue|isolat|abst"),
    ),
}
_SHOWN_FIRST = ("Extraction", "Updates, dates and owners")
_HEADLINES: Mapping[Kind, tuple[str, ...]] = {
    "recall": (r"^R@10$", r"^R@1000t$", r"^all@10$", r"^MRR$", r"accura|judge"),
    "scenarios": (r"f1$", r"false", r"updat.*right", r"answer", r"leak", r"residue"),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Some units under a name: one category of one set, or all of it."""

    set_name: str
    category: str
    units: tuple[Unit, ...]


def used_measures(report: Report) -> list[str]:
    """The measures that any unit has, in the report's order."""
    used = {name for unit in report.units for scores in unit.scores.values() for name in scores}
    return [name for name in report.measures if name in used]


def grouped(report: Report) -> dict[str, list[str]]:
    """The used measures by their groups' headings."""
    rules = _GROUPS[report.kind]
    found: dict[str, list[str]] = {name: [] for name in (*_SHOWN_FIRST, *dict(rules), OTHERS)}
    for measure in used_measures(report):
        heading = next((name for name, rule in rules if re.search(rule, measure, re.I)), OTHERS)
        found[heading].append(measure)
    return {heading: names for heading, names in found.items() if names}


def headlines(report: Report) -> list[str]:
    """The few measures that stand for the rest, the most telling one first; empty without any."""
    found: list[str] = []
    used = used_measures(report)
    for rule in _HEADLINES[report.kind]:
        found += [name for name in used if re.search(rule, name, re.I)][:1]
    return list(dict.fromkeys(found or used))[:HEADLINES_AT_MOST]


def selections(report: Report) -> list[Selection]:
    """Every set's "all", then its categories.

    Sets of questions are never thrown together: they ask different things. Stories of different
    languages tell the same things, so they are: first all languages with their categories, then
    each language whole, since a category of one language holds only a story or two.
    """
    sets = [
        Selection(name, ALL, tuple(unit for unit in report.units if unit.set_name == name))
        for name in report.set_names
    ]
    if report.kind == "scenarios" and len(sets) > 1:
        return [*_with_categories(Selection(ALL_LANGUAGES, ALL, report.units)), *sets]
    return [row for whole in sets for row in _with_categories(whole)]


def wholes(report: Report) -> list[Selection]:
    """The "all" rows of `selections`."""
    return [selection for selection in selections(report) if selection.category == ALL]


def _with_categories(whole: Selection) -> list[Selection]:
    categories = sorted({unit.category for unit in whole.units}, key=category_order)
    if len(categories) < 2:
        return [whole]
    return [whole] + [
        Selection(whole.set_name, name, tuple(u for u in whole.units if u.category == name))
        for name in categories
    ]


def category_order(category: str) -> tuple[bool, int, str]:
    """Sorts categories by name, numbers by value and first."""
    number = category.isdecimal()
    return not number, int(category) if number else 0, category


def is_best(measure: Measure, score: float | None, all_scores: Sequence[float | None]) -> bool:
    """Better than every other of `all_scores`; False for a tie, and for the only one there is."""
    known = [value_text(measure, one) for one in all_scores if one is not None]
    if score is None or len(known) < 2 or known.count(value_text(measure, score)) > 1:
        return False
    best = max if measure.better == "higher" else min
    return score == best(one for one in all_scores if one is not None)


def summary(report: Report) -> str:
    """What was measured, in a sentence."""
    unit, group, set_word = WORDS[report.kind]
    if not report.units:
        return "Nothing was measured."
    groups = len({(one.set_name, one.group) for one in report.units})
    where = f" in {count_of(groups, group)}" if group != unit else ""
    systems = report.systems
    asked = f"measured on {systems[0]}" if systems else "with no system"
    beside = f" beside {_listed(systems[1:])}" if systems[1:] else ""
    return (
        f"{count_of(len(report.units), unit)}{where}, in"
        f" {count_of(len(report.set_names), set_word)}, {asked}{beside}."
    )


def count_of(number: int, word: str) -> str:
    """A number of something, as "1 story" or "2 stories"."""
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{number:,} {word if number == 1 else plural}"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def value_text(measure: Measure, amount: float | None) -> str:
    """A share or rank in percent with one decimal ("77.1"), a count as an integer, none as "–"."""
    if amount is None:
        return "–"
    return f"{amount:,.0f}" if measure.unit == "count" else f"{100 * amount:.1f}"


def margin_text(measure: Measure, interval: Interval | None) -> str:
    """Half the interval's width, as "±2.3"; empty without one.

    Empty, too, where every group scored alike: resampling them can't say how sure that is.
    """
    if interval is None or interval[1] - interval[0] < NO_WIDTH:
        return ""
    half = (interval[1] - interval[0]) / 2
    return f"±{half:,.0f}" if measure.unit == "count" else f"±{100 * half:.1f}"


def change_text(measure: Measure, change: float) -> str:
    """A difference with its sign: percentage points, or a count."""
    return f"{change:+,.0f}" if measure.unit == "count" else f"{100 * change:+.1f}"


def arrow(measure: Measure) -> str:
    """Which way is better: ↑ or ↓."""
    return "↑" if measure.better == "higher" else "↓"
