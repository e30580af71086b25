"""Trains `backend/safety/classifier.json`: `python -m bench.safety.training`.

Nothing here looks at the evaluation set. Thresholds are set on predictions that cross-validation
makes for rows it wasn't fitted to. A scenario stays in one fold, so that the figures are those of
something new, not of a twin of what was learned.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.safety.classifier import FEATURE_SIZE
from backend.safety.signals import feature_names, features, read_signals
from backend.safety.verdict import CATEGORIES, Category
from bench.safety.dataset import TRAINING, Labelled, digest, read_labelled, targets
from bench.safety.folds import FOLDS, fold_of
from bench.safety.lengthening import lengthened
from bench.safety.pairs import Form, fit_pairs, to_odds
from bench.safety.regression import Array, chance_of, fit, predict
from embeddings.minilm import MiniLmModel
from embeddings.registry import DEFAULT

COMMAND = "python -m bench.safety.training"
WEIGHTS = Path(__file__).parents[2] / "backend" / "safety" / "classifier.json"
BATCH = 16
RESAMPLES = 200
RIDGE_LEXICAL = 1.0  # by cross-validation, of 0.3 to 3
LENGTHENED_COUNTS = 0.5
BETA_SQUARED = 0.5  # a false alarm refuses somebody: precision counts twice
# One of self-harm only shows where help is, and who is missed stays alone: recall counts more.
BETA_SQUARED_SELF_HARM = 3.0
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

    def together(self) -> Array:
        """float64[rows, inputs]: vectors and features, as the form of pairs reads them."""
        return np.hstack([self.vectors, self.lexical * FEATURE_SIZE])


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
        np.array([fold_of(row.scenario) for row in everything]),
        np.array([1.0] * len(rows) + [LENGTHENED_COUNTS] * longer),
        np.array([True] * len(rows) + [False] * longer),
    )


def cross_validated(inputs: Inputs, outputs: Callable[[Truth, Truth], Array]) -> Array:
    """Outputs float64[written rows, categories] of models that haven't seen the row:
    `outputs(rows, held)` fits one to `rows` and asks it about `held`."""
    found = np.zeros(inputs.truth.shape)
    for fold in range(FOLDS):
        held = inputs.fold == fold
        found[held] = outputs(~held, held)
    return found[inputs.written]


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
        "lexical": _words_layer(inputs),
        "full": _full_layer(inputs),
    }


def _words_layer(inputs: Inputs) -> dict[str, Any]:
    """One regression a category, on the features alone."""

    def fitted(rows: Truth) -> tuple[Array, Array]:
        read, counts = inputs.lexical[rows], inputs.counts[rows]
        ridge = np.full(read.shape[1], RIDGE_LEXICAL)
        found = [fit(read, column, ridge, counts) for column in inputs.truth[rows].T]
        return np.array([weights for weights, _ in found]), np.array([bias for _, bias in found])

    def chances(rows: Truth, held: Truth) -> Array:
        weights, bias = fitted(rows)
        return predict(inputs.lexical[held], weights.T, bias)

    weights, bias = fitted(np.full(len(inputs.truth), True))
    return {
        **_judged(inputs, cross_validated(inputs, chances)),
        "bias": _rounded(bias),
        "weights": [_rounded(row) for row in weights],
        "strengths": [[] for _ in CATEGORIES],
        "directions": [],
    }


def _full_layer(inputs: Inputs) -> dict[str, Any]:
    """A form of pairs a category, on vectors and features."""
    read = inputs.together()

    def fitted(rows: Truth) -> Form:
        return fit_pairs(read[rows], inputs.truth[rows].astype(np.float64), inputs.counts[rows])

    outputs = cross_validated(inputs, lambda rows, held: fitted(rows).outputs(read[held]))
    slopes, shifts = to_odds(outputs, inputs.truth[inputs.written].astype(np.float64))
    form = fitted(np.full(len(read), True)).scaled(slopes, shifts)
    return {
        **_judged(inputs, chance_of(outputs * slopes + shifts)),
        "bias": _rounded(form.bias),
        "weights": [_rounded(row) for row in form.weights],
        "strengths": [[float(f"{each:.4g}") for each in row] for row in form.strengths],
        "directions": [
            base64.b64encode(axes.astype(np.int8).tobytes()).decode() for axes in form.directions
        ],
    }


def _rounded(numbers: Array) -> list[float]:
    return [round(float(each), DECIMALS) for each in numbers]


def _judged(inputs: Inputs, chances: Array) -> dict[str, Any]:
    """Thresholds, and what they give, by chances for unseen rows."""
    truth, scenario = inputs.truth[inputs.written], inputs.scenario[inputs.written]
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
    marks = '"lexical"', '"full"', '"features"', '"bias"', '"thresholds"', '"strengths"'
    for mark in ("[[", "],[", '"directions"', *marks):
        text = text.replace(mark, "\n" + mark if mark[0] == '"' else mark.replace("[", "\n[", 1))
    path.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    made = train(TRAINING)
    write(made, WEIGHTS)
    for layer in ("lexical", "full"):
        print(layer, made[layer]["thresholds"], made[layer]["crossValidated"], sep="\n")
