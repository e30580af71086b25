"""Labelled messages: JSON lines of {id, text, labels, kind, language, scenario}."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.errors import InvalidRequest
from backend.safety.verdict import CATEGORIES, Category

FOLDER = Path(__file__).parent
TRAINING = FOLDER / "training.jsonl"
EVALUATION = FOLDER / "evaluation.jsonl"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message. `labels` are empty for a harmless one; `kind` says what makes it worth having
    (`plain`, `look-alike`, `obfuscated`, …); `scenario` is the list it was written for."""

    id: str
    text: str
    labels: frozenset[Category]
    kind: str
    language: str
    scenario: str


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """Every message of a file.

    Raises:
        InvalidRequest: a line isn't as it should be; names file and line.
    """
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            labels = frozenset(row["labels"])
            known = labels <= set(CATEGORIES)
            rows.append(
                Labelled(
                    row["id"],
                    row["text"],
                    labels,
                    row["kind"],
                    row["language"],
                    row["scenario"],
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidRequest(f"{path.name}, line {number}: {error!r}") from error
        if not known:
            raise InvalidRequest(f"{path.name}, line {number}: an unknown label in {row['labels']}")
    return tuple(rows)


def targets(rows: Sequence[Labelled]) -> npt.NDArray[np.bool_]:
    """bool[rows, categories], in the order of `CATEGORIES`."""
    return np.array([[category in row.labels for category in CATEGORIES] for row in rows])


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
