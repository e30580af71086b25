"""Trains `backend/safety/classifier.json`: `python -m bench.safety.training`.

Nothing here looks at the evaluation set. Thresholds are set on predictions that cross-validation
makes for rows it wasn't fitted to. A scenario stays in one fold, so that the figures are those of
something new, not of a twin of what was learned.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.safety.signals import feature_names, features, read_signals
from backend.safety.verdict import CATEGORIES, Category
from bench.safety.dataset import TRAINING, Labelled, digest, read_labelled, targets
from bench.safety.lengthening import lengthened
from bench.safety.regression import Array, fit, predict
from embeddings.minilm import MiniLmModel
from embeddings.registry import DEFAULT

COMMAND = "python -m bench.safety.training"
WEIGHTS = Path(__file__).parents[2] / "backend" / "safety" / "classifier.json"
FOLDS = 5
BATCH = 16
RESAMPLES = 200
RIDGE_VECTOR, RIDGE_LEXICAL = 0.5, 1.0  # by cross-validation, of 0.3 to 3 each
LENGTHENED_COUNTS = 0.5
BETA_SQUARED = 0.5  # a false alarm refuses somebody: precision counts twice
# One of self-harm only shows where help is, and who is missed stays alone: recall counts twice.
BETA_SQUARED_SELF_HARM = 2.0
DECIMALS = 4
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Rows as numbers: `vectors` float64[rows, 384], `lexical` float64[rows, features], `truth`
    bool[rows, categories], `scenario`, `fold` and `counts` by row; `written`: not lengthened."""

    vectors: Array
    lexical: Array
    truth: Truth
    scenario: npt.NDArray[np.int64]
    fold: npt.NDArray[np.int64]
    counts: Array
    written: Truth

    def of(self, layer: str) -> tuple[Array, Array]:
        """What a layer reads, and how it is penalised."""
        plain = np.full(self.lexical.shape[1], RIDGE_LEXICAL)
        if layer == "lexical":
            return self.lexical, plain
        ridge = np.concatenate([np.full(self.vectors.shape[1], RIDGE_VECTOR), plain])
        return np.hstack([self.vectors, self.lexical]), ridge


def embed(texts: Sequence[str]) -> Array:
    """`float64[texts, 384]` by the default encoder."""
    model = MiniLmModel(DEFAULT)
    model.load()
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    vectors = np.empty((len(texts), DEFAULT.dimension))
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        vectors[chosen] = model.encode([texts[at] for at in chosen], "document")
    return vectors


def lexical(texts: Sequence[str]) -> Array:
    """`float64[texts, features]`."""
    return np.array([features(read_signals(text), text) for text in texts], dtype=np.float64)


def prepare(rows: Sequence[Labelled]) -> Inputs:
    """Rows and their lengthened twins, which share the fold of what they were made of."""
    everything = [*rows, *lengthened(rows)]
    longer = len(everything) - len(rows)
    texts = [row.text for row in everything]
    scenarios = sorted({row.scenario for row in rows})
    return Inputs(
        embed(texts),
        lexical(texts),
        targets(everything),
        np.array([scenarios.index(row.scenario) for row in everything]),
        np.array([_fold(row) for row in everything]),
        np.array([1.0] * len(rows) + [LENGTHENED_COUNTS] * longer),
        np.array([True] * len(rows) + [False] * longer),
    )


def _fold(row: Labelled) -> int:
    return int.from_bytes(hashlib.sha256(row.scenario.encode()).digest()[:4], "big") % FOLDS


def cross_validated(inputs: Inputs, layer: str) -> Array:
    """Probabilities float64[written rows, categories] by models that haven't seen the row."""
    read, ridge = inputs.of(layer)
    chances = np.zeros(inputs.truth.shape)
    for fold in range(FOLDS):
        rest = inputs.fold != fold
        for at in range(len(CATEGORIES)):
            weights, bias = fit(read[rest], inputs.truth[rest, at], ridge, inputs.counts[rest])
            chances[~rest, at] = predict(read[~rest], weights, bias)
    return chances[inputs.written]


def best_threshold(
    truth: Truth, chances: Array, scenario: npt.NDArray[np.int64], beta_squared: float
) -> float:
    """Where F-beta is highest: the mean over resamples of the scenarios. Of one set of rows the highest
    point is an accident; the curve is flat around it."""
    random = np.random.default_rng(0)
    rows = [np.flatnonzero(scenario == each) for each in np.unique(scenario)]
    bars = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([rows[at] for at in random.integers(0, len(rows), len(rows))])
        if truth[chosen].any():
            bars.append(_highest(truth[chosen], chances[chosen], beta_squared))
    return float(np.mean(bars))


def _highest(truth: Truth, chances: Array, beta_squared: float) -> float:
    """The bar with the highest F-beta, half-way to the next lower probability."""
    order = np.argsort(-chances)
    sorted_chances, hits = chances[order], np.cumsum(truth[order])
    flagged = np.arange(1, len(order) + 1)
    scores = (1 + beta_squared) * hits / (flagged + beta_squared * truth.sum())
    scores[:-1][sorted_chances[:-1] == sorted_chances[1:]] = 0  # equals are flagged together
    best = int(np.argmax(scores))
    return float((sorted_chances[best] + sorted_chances[min(best + 1, len(order) - 1)]) / 2)


def train(path: Path) -> dict[str, Any]:
    """The classifier as JSON."""
    inputs = prepare(read_labelled(path))
    return {
        "made": {
            "command": COMMAND,
            "data": path.name,
            "sha256": digest(path),
            "rows": int(inputs.written.sum()),
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
        },
        "encoder": DEFAULT.name,
        "categories": list(CATEGORIES),
        "features": list(feature_names()),
        "lexical": _layer(inputs, "lexical"),
        "full": _layer(inputs, "full"),
    }


def _layer(inputs: Inputs, layer: str) -> dict[str, Any]:
    read, ridge = inputs.of(layer)
    chances = cross_validated(inputs, layer)
    truth, scenario = inputs.truth[inputs.written], inputs.scenario[inputs.written]
    fitted = [fit(read, column, ridge, inputs.counts) for column in inputs.truth.T]
    thresholds = {
        category: round(
            best_threshold(truth[:, at], chances[:, at], scenario, _beta_squared(category)), 2
        )
        for at, category in enumerate(CATEGORIES)
    }
    return {
        "thresholds": thresholds,
        "crossValidated": {
            category: _measured(truth[:, at], chances[:, at] >= thresholds[category])
            for at, category in enumerate(CATEGORIES)
        },
        "bias": [round(bias, DECIMALS) for _, bias in fitted],
        "weights": [[round(float(each), DECIMALS) for each in weights] for weights, _ in fitted],
    }


def _beta_squared(category: Category) -> float:
    return BETA_SQUARED_SELF_HARM if category == "self_harm" else BETA_SQUARED


def _measured(truth: Truth, flagged: Truth) -> dict[str, float]:
    """Precision, recall and F1 on unseen rows."""
    hits, found = int((flagged & truth).sum()), int(flagged.sum())
    precision, recall = hits / max(1, found), hits / max(1, int(truth.sum()))
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(2 * hits / max(1, found + int(truth.sum())), 3),
    }


def write(classifier: dict[str, Any], path: Path) -> None:
    """As JSON with one row of weights a line, so that a change can be read."""
    text = json.dumps(classifier, ensure_ascii=False, separators=(",", ": "))
    for mark in ("[[", "],[", '"lexical"', '"full"', '"features"', '"bias"', '"thresholds"'):
        text = text.replace(mark, "\n" + mark if mark[0] == '"' else mark.replace("[", "\n[", 1))
    path.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    made = train(TRAINING)
    write(made, WEIGHTS)
    for layer in ("lexical", "full"):
        print(layer, made[layer]["thresholds"], made[layer]["crossValidated"], sep="\n")
