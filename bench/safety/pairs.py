"""A classifier that reads what comes together: every pair of inputs has a weight.

Least squares with the kernel (OFFSET + x·y)², in closed form, so that the same rows give the same
numbers. What it learns for a category is x'Ax + w·x + b. A has as many entries as there are pairs;
its RANK strongest eigenvectors say nearly as much (Schölkopf and Smola, Learning with Kernels, 2002,
sections 2.3 and 4.2). A line through the cross-validated outputs makes odds of them (Platt, 1999).
"""

from dataclasses import dataclass

import numpy as np

from bench.safety.regression import Array, fit

OFFSET, RIDGE = 0.5, 0.5  # by cross-validation, of 0.3 to 1 each
RANK = 32  # 16 lose 0.01 of average precision, 64 gain nothing that shows
STEPS = 127  # of an eigenvector's entries to either side, stored as a byte


@dataclass(frozen=True, slots=True)
class Form:
    """Per category: x'Ax = Σ `strengths`[rank] · (`directions`[rank, inputs] · x)², and `weights`
    [inputs] · x + `bias`. `directions` hold whole numbers of -STEPS to STEPS."""

    directions: Array
    strengths: Array
    weights: Array
    bias: Array

    def outputs(self, inputs: Array) -> Array:
        """float64[rows, categories]."""
        found = inputs @ self.weights.T + self.bias
        for at, (axes, strengths) in enumerate(zip(self.directions, self.strengths, strict=True)):
            found[:, at] += (inputs @ axes.T) ** 2 @ strengths
        return found

    def scaled(self, slopes: Array, shifts: Array) -> "Form":
        """With every category's output times its slope plus its shift."""
        return Form(
            self.directions,
            self.strengths * slopes[:, None],
            self.weights * slopes[:, None],
            self.bias * slopes + shifts,
        )


def fit_pairs(inputs: Array, truth: Array, counts: Array) -> Form:
    """Inputs float64[rows, inputs], truth 0 or 1 float64[rows, categories], counts by row."""
    root = np.sqrt(counts)[:, None]
    kernel = (OFFSET + inputs @ inputs.T) ** 2 * root * root.T
    kernel[np.diag_indices_from(kernel)] += RIDGE
    usual = np.average(truth, axis=0, weights=counts)
    shares = np.linalg.solve(kernel, (truth - usual) * root) * root
    forms = [_strongest((inputs.T * share) @ inputs) for share in shares.T]
    return Form(
        np.array([directions for directions, _ in forms]),
        np.array([strengths for _, strengths in forms]),
        2 * OFFSET * shares.T @ inputs,
        usual + OFFSET**2 * shares.sum(axis=0),
    )


def _strongest(pairs: Array) -> tuple[Array, Array]:
    """The eigenvectors with the largest eigenvalues of either sign, in steps."""
    values, vectors = np.linalg.eigh(pairs)
    chosen = np.argsort(-np.abs(values))[:RANK]
    directions = vectors[:, chosen].T
    largest = np.abs(directions).argmax(axis=1)[:, None]
    # An eigenvector may come with either sign; its largest entry is made the positive one.
    directions = directions / np.take_along_axis(directions, largest, axis=1)
    peaks = np.abs(np.take_along_axis(vectors[:, chosen].T, largest, axis=1))[:, 0]
    return np.round(directions * STEPS), values[chosen] * (peaks / STEPS) ** 2


def to_odds(outputs: Array, truth: Array) -> tuple[Array, Array]:
    """Slope and shift by category that turn outputs for unseen rows into log odds."""
    even = np.ones(len(outputs))
    lines = [fit(outputs[:, [at]], column, np.zeros(1), even) for at, column in enumerate(truth.T)]
    return np.array([slope[0] for slope, _ in lines]), np.array([shift for _, shift in lines])
