"""Trains `backend/adapters/llm/offline/worth.json`: `python -m bench.worth.training`.

It learns from what rules wrote as well; it judges statements alone. The bar is set on predictions
that cross-validation makes for messages it wasn't fitted to.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.adapters.llm.offline.worth import inputs_of, sign_names
from bench.safety.dataset import digest
from bench.safety.folds import FOLDS, fold_of
from bench.safety.regression import Array, fit, predict
from bench.safety.training import embed
from bench.worth.dataset import LABELLED, read_proposed
from embeddings.registry import DEFAULT

COMMAND = "python -m bench.worth.training"
WEIGHTS = Path(__file__).parents[2] / "backend" / "adapters" / "llm" / "offline" / "worth.json"
RIDGE = 1.0  # by cross-validation, of 0.3 to 3
OPTIONAL_COUNTS = 0.3  # as something not to keep: it would be no fault to keep it
WANTED_PRECISION = 0.83  # of statements kept, the optional ones left out
DECIMALS = 4
Truth = npt.NDArray[np.bool_]


def train(path: Path) -> dict[str, Any]:
    """The weights as JSON."""
    rows = read_proposed(path)
    contents = [row.content for row in rows]
    inputs = inputs_of(contents, embed(contents).astype(np.float32)).astype(np.float64)
    keep = np.array([row.label == "keep" for row in rows])
    counts = np.array([OPTIONAL_COUNTS if row.label == "optional" else 1.0 for row in rows])
    chances = _cross_validated(
        inputs, keep, counts, np.array([fold_of(row.message) for row in rows])
    )
    clear = np.array([row.label != "optional" for row in rows])
    among = clear & np.array([not row.by_rule for row in rows])
    bar = _precise(keep, chances, among)
    weights, bias = fit(inputs, keep.astype(np.float64), np.full(inputs.shape[1], RIDGE), counts)
    return {
        "made": {
            "command": COMMAND,
            "data": path.name,
            "sha256": digest(path),
            "rows": len(rows),
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
        },
        "encoder": DEFAULT.name,
        "signs": list(sign_names()),
        "bar": bar,
        "crossValidated": _measured(keep, chances >= bar, among),
        "bias": round(bias, DECIMALS),
        "weights": [round(float(each), DECIMALS) for each in weights],
    }


def _cross_validated(
    inputs: Array, keep: Truth, counts: Array, folds: npt.NDArray[np.int64]
) -> Array:
    """Probabilities by models that haven't seen the message."""
    chances = np.zeros(len(keep))
    ridge = np.full(inputs.shape[1], RIDGE)
    for fold in range(FOLDS):
        held = folds == fold
        weights, bias = fit(inputs[~held], keep[~held].astype(np.float64), ridge, counts[~held])
        chances[held] = predict(inputs[held], weights, bias)
    return chances


def _precise(keep: Truth, chances: Array, among: Truth) -> float:
    """The lowest bar, in steps of 0.01, with the wanted precision."""
    for bar in np.arange(0.3, 0.95, 0.01):
        chosen = among & (chances >= bar)
        if chosen.any() and keep[chosen].mean() >= WANTED_PRECISION:
            return round(float(bar), 2)
    return 0.95


def _measured(keep: Truth, kept: Truth, among: Truth) -> dict[str, float]:
    """How many are proposed and kept, precision and recall, and the precision of keeping all."""
    hits, chosen = int((keep & kept & among).sum()), int((kept & among).sum())
    return {
        "proposed": int(among.sum()),
        "kept": chosen,
        "precision": round(hits / max(1, chosen), 3),
        "recall": round(hits / max(1, int((keep & among).sum())), 3),
        "precisionOfAll": round(float(keep[among].mean()), 3),
    }


def write(made: dict[str, Any], path: Path) -> None:
    """As JSON, the weights last."""
    path.write_text(json.dumps(made, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    trained = train(LABELLED)
    write(trained, WEIGHTS)
    print(trained["bar"], trained["crossValidated"])
