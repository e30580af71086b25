"""Logistic regression with a ridge, by Newton's method; deterministic.

Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.3 (iterative reweighted least
squares). The bias isn't penalised.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_STEPS = 25
_CLOSE_ENOUGH = 1e-4


def fit(inputs: Array, labels: Array, ridge: Array, weights: Array) -> tuple[Array, float]:
    """Weights float64[inputs] and the bias.

    `inputs` float64[rows, inputs], `labels` 0 or 1 by row, `ridge` the penalty of each input,
    `weights` how much each row counts.
    """
    rows = np.hstack([inputs, np.ones((len(inputs), 1))])
    penalty = np.append(ridge, 1e-6)
    found = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = predict(rows, found)
        slope = rows.T @ (weights * (chance - labels)) + penalty * found
        curvature = weights * np.maximum(chance * (1 - chance), 1e-6)
        step = np.linalg.solve((rows.T * curvature) @ rows + np.diag(penalty), slope)
        found -= step
        if np.abs(step).max() < _CLOSE_ENOUGH:
            break
    return found[:-1], float(found[-1])


def predict(inputs: Array, weights: Array, bias: float | Array = 0.0) -> Array:
    """Probabilities by row; by row and column where `weights` has columns."""
    return chance_of(inputs @ weights + bias)


def chance_of(odds: Array) -> Array:
    """The probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
