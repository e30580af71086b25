"""The local classifier: a logistic regression a category, on a sentence's vector and the lexical
features and on what of them comes together; and a plain one on the features alone for when there is
no vector.

`keepsake`'s own training data and `python -m bench.safety.training` make `classifier.json`; the
same data give the same weights.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.safety.signals import Features, feature_names
from backend.safety.verdict import CATEGORIES, Category
from embeddings.base import Vector

FEATURE_SIZE = 0.3  # of a lexical feature beside a vector of length 1, by cross-validation
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """`weights` float32[categories, inputs], `bias` float32[categories]; a score of `thresholds` or
    above flags its category.

    What two inputs mean together ("you" and a word of blood) is in `directions` float32[categories,
    rank, inputs]: how far a text goes in each, squared, counts by `strengths` float32[categories,
    rank]. A plain regression has rank 0."""

    weights: Weights
    bias: Weights
    directions: Weights
    strengths: Weights
    thresholds: Mapping[Category, float]

    def scores(self, inputs: Features) -> dict[Category, float]:
        """Probabilities by category, 0-1."""
        odds = self.weights @ inputs + self.bias
        if self.strengths.size:
            odds += (self.strengths * (self.directions @ inputs) ** 2).sum(axis=1)
        probabilities = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        return dict(zip(CATEGORIES, map(float, probabilities), strict=True))


@dataclass(frozen=True, slots=True)
class Classifier:
    """`encoder` is the name of the model whose vectors `full` was trained on: no other's fit.
    `made` says from what and how: {command, data, sha256, date, rows}."""

    encoder: str
    lexical: Layer
    full: Layer
    made: Mapping[str, Any]

    def fits(self, encoder: str) -> bool:
        """Whether this encoder's vectors may be used."""
        return encoder == self.encoder


@cache
def classifier() -> Classifier:
    """The packaged weights, read once."""
    return read_classifier(files("backend.safety").joinpath("classifier.json").read_text("utf-8"))


def read_classifier(text: str) -> Classifier:
    """From the JSON that training writes.

    Raises:
        ValueError: it was trained on other features or categories than this code has.
    """
    data = json.loads(text)
    if data["features"] != list(feature_names()) or data["categories"] != list(CATEGORIES):
        raise ValueError("the classifier was trained for another lexicon; train it again")
    return Classifier(data["encoder"], _layer(data["lexical"]), _layer(data["full"]), data["made"])


def _layer(data: Mapping[str, Any]) -> Layer:
    weights = np.array(data["weights"], dtype=np.float32)
    categories, inputs = weights.shape
    strengths = np.array(data["strengths"], dtype=np.float32)
    steps = np.frombuffer(b"".join(map(base64.b64decode, data["directions"])), np.int8)
    return Layer(
        weights,
        np.array(data["bias"], dtype=np.float32),
        steps.astype(np.float32).reshape(categories, strengths.shape[1], inputs),
        strengths,
        data["thresholds"],
    )


def inputs_of(vector: Vector, found: Features) -> Features:
    """What `full` reads: the vector (float32[384], unit length), then the features."""
    return np.concatenate([np.asarray(vector, dtype=np.float32), found * FEATURE_SIZE])
