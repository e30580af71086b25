"""Labelled proposals: JSON lines of {id, question?, message, proposed: [{content, by, label}]}.

`by` is "rule" or "statement". `label` is "keep" (true, whole, still of interest in a month),
"optional", "passing" (true and of no interest), or "wrong" (not said, or cut so that it misleads).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.errors import InvalidRequest

LABELLED = Path(__file__).parent / "labelled.jsonl"
LABELS = frozenset({"keep", "optional", "passing", "wrong"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """One sentence proposed for memory; `message` is the id of the message it was read from."""

    message: str
    content: str
    by_rule: bool
    label: str


def read_proposed(path: Path) -> Sequence[Proposed]:
    """Every proposal of a file.

    Raises:
        InvalidRequest: a line isn't as it should be; names file and line.
    """
    rows: list[Proposed] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            for each in row["proposed"]:
                rule = {"rule": True, "statement": False}[each["by"]]
                rows.append(Proposed(row["id"], each["content"], rule, each["label"]))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidRequest(f"{path.name}, line {number}: {error!r}") from error
        if not {each.label for each in rows} <= LABELS:
            raise InvalidRequest(f"{path.name}, line {number}: an unknown label")
    return rows
