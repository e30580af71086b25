"""The form of pairs: what a plain regression can't say, and what is kept of it."""

import numpy as np

from bench.safety.pairs import OFFSET, RANK, RIDGE, STEPS, fit_pairs, to_odds
from bench.safety.regression import chance_of


def corners(times: int) -> np.ndarray:
    """The four corners of a square, over and over: float64[4 · times, 2]."""
    return np.tile([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]], (times, 1))


def test_what_comes_together_is_learned() -> None:
    inputs = corners(50)
    truth = (inputs[:, :1] == inputs[:, 1:]).astype(np.float64)  # neither input says it alone
    outputs = fit_pairs(inputs, truth, np.ones(len(inputs))).outputs(inputs)
    slopes, shifts = to_odds(outputs + np.sin(np.arange(len(inputs)))[:, None], truth)
    chances = chance_of(outputs * slopes + shifts)
    assert chances[truth == 1].min() > 0.5 > chances[truth == 0].max()


def test_few_directions_in_steps_say_what_the_kernel_says() -> None:
    random = np.random.default_rng(3)
    inputs = random.normal(size=(60, 6))
    truth = (random.random((60, 2)) < 0.4).astype(np.float64)
    counts = random.choice([0.5, 1.0], 60)
    form = fit_pairs(inputs, truth, counts)
    weighed = np.diag(RIDGE / counts) + (OFFSET + inputs @ inputs.T) ** 2
    usual = np.average(truth, axis=0, weights=counts)
    exact = usual + (weighed - np.diag(RIDGE / counts)) @ np.linalg.solve(weighed, truth - usual)
    assert np.abs(form.outputs(inputs) - exact).max() < 0.02
    assert form.directions.shape == (2, min(RANK, 6), 6)
    assert np.array_equal(form.directions, np.clip(np.round(form.directions), -STEPS, STEPS))
