"""The report of one `keepsake eval` run: what was asked, what every system scored, and where.

A score is a numerator and a denominator, so that any selection of units has a value: the sum of
the numerators over the sum of the denominators. Nothing is averaged before it is written.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from backend.errors import InvalidRequest
from bench.figures import stamp

KEEPSAKE = "keepsake"  # the name of the measured system; every other system is a baseline
DATA_WARNINGS = "data warnings"  # of `Report.extra`: what was repaired, in the data's own words
SUMMARY = "it holds a run's figures, not its questions, so there is nothing to compare with."

Kind = Literal["recall", "scenarios"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Field(allow_inf_nan=False, ge=0)]


class Score(NamedTuple):
    """One system's score of one measure in one unit; 0 / 0 says "nothing to score here"."""

    numerator: Finite
    denominator: NotNegative


Scores = Mapping[str, Mapping[str, Score]]  # system -> measure -> score


@dataclass(frozen=True, slots=True)
class Measure:
    """What a measure says, and which way is better.

    `unit`: "share" (0-1, shown in percent), "rank" (0-1, as a mean reciprocal rank, shown in
    percent) or "count" (the numerators' sum, shown as an integer).
    """

    label: str
    unit: Literal["share", "count", "rank"] = "share"
    better: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that is scored: a question of a conversation, or a whole story.

    `id` is unique in the report and the same in every run over the same data. `group` names what
    isn't independent (a conversation, a story): confidence intervals resample groups. `label` is
    the question's or story's text; `notes` say what was missed and why. A measure that doesn't
    apply is left out of `scores`.
    """

    id: str
    set_name: Annotated[str, Field(alias="set")]
    group: str
    category: str
    label: str
    notes: tuple[str, ...] = ()
    scores: Scores = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one operation took: how often it was timed, and percentiles in milliseconds."""

    count: int
    p50: Finite
    p95: Finite


@dataclass(frozen=True)
class Report:
    """One run. Build it with `new_report`, which adds the time, the commit and the machine.

    `settings` and `extra` hold any JSON: what the run was set to, and what else is worth knowing
    ("matcher": its own error rate, "judge", "tokens"). `latency` may be empty. The order of
    `measures` is the order they are shown in.
    """

    kind: Kind
    command: str
    measured_at: Annotated[str, Field(alias="measuredAt")]
    commit: str
    machine: Mapping[str, Any]
    seed: int
    settings: Mapping[str, Any]
    measures: Mapping[str, Measure]
    units: tuple[Unit, ...]
    latency: Mapping[str, Latency] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def systems(self) -> list[str]:
        """Every system with a score: Keepsake first, the others as they first occur."""
        seen = dict.fromkeys(system for unit in self.units for system in unit.scores)
        return sorted(seen, key=lambda system: system != KEEPSAKE)

    @cached_property
    def set_names(self) -> list[str]:
        """Every set, as they first occur."""
        return list(dict.fromkeys(unit.set_name for unit in self.units))


def new_report(
    kind: Kind,
    command: str,
    *,
    seed: int,
    settings: Mapping[str, Any],
    measures: Mapping[str, Measure],
    units: Sequence[Unit],
    latency: Mapping[str, Latency] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Report:
    """A report of a run that has just ended, on this machine, at this commit."""
    when = stamp(command)
    return Report(
        kind,
        command,
        when["measuredAt"],
        when["commit"],
        when["machine"],
        seed,
        settings,
        measures,
        tuple(units),
        latency or {},
        extra or {},
    )


def without_texts(report: Report) -> Report:
    """The report with nothing that the data says, only its ids and scores."""
    return replace(
        report,
        units=tuple(replace(unit, label="", notes=()) for unit in report.units),
        extra={name: told for name, told in report.extra.items() if name != DATA_WARNINGS},
    )


_REPORTS = TypeAdapter(Report)
_UNITS = TypeAdapter(Unit)


def to_json(report: Report) -> dict[str, Any]:
    """The report as JSON values, keys as in the file (`set`, `measuredAt`)."""
    data: dict[str, Any] = _REPORTS.dump_python(report, mode="json", by_alias=True)
    return data


def write_report(path: Path, report: Report) -> None:
    """Write the file whole or not at all; a unit a line, so that two runs can be compared by eye.

    Raises:
        InvalidRequest: the report breaks its own rules (see `read_report`).
    """
    _check(report, str(path))
    fields = {
        key: json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        for key, value in to_json(replace(report, units=())).items()
    }
    units = [
        json.dumps(_UNITS.dump_python(unit, mode="json", by_alias=True), ensure_ascii=False)
        for unit in report.units
    ]
    fields["units"] = "[\n    " + ",\n    ".join(units) + "\n  ]" if units else "[]"
    lines = ",\n".join(f"  {json.dumps(key)}: {text}" for key, text in fields.items())
    write_whole(path, f"{{\n{lines}\n}}\n")


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place and move it there, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(text.encode("utf-8", "replace"))  # half a surrogate pair becomes "?"
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_report(path: Path) -> Report:
    """Read a report that `write_report` wrote.

    Raises:
        InvalidRequest: the file isn't a report; says where it breaks the format.
        OSError: it can't be read.
    """
    data = path.read_bytes()
    try:
        report = _REPORTS.validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidRequest(
            f"{path} isn't a report of keepsake eval: "
            + (SUMMARY if b'"percent"' in data else f"{where}: {first['msg']}".removeprefix(": "))
        ) from error
    _check(report, str(path))
    return report


def _check(report: Report, name: str) -> None:
    seen: set[str] = set()
    for unit in report.units:
        if unit.id in seen:
            raise InvalidRequest(f"{name}: two units have the id {unit.id!r}.")
        seen.add(unit.id)
        for system, scores in unit.scores.items():
            for measure, score in scores.items():
                if measure not in report.measures:
                    fault = "no such measure is named"
                elif not all(map(isfinite, score)):
                    fault = f"{tuple(score)} isn't finite"
                else:
                    continue
                raise InvalidRequest(
                    f"{name}: {system} scores {measure!r} in {unit.id!r}; {fault}."
                )
