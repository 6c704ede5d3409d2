"""Logistic regression by Newton's method, small enough to need no library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

STEPS = 40
"""Far more than Newton's method needs here."""

Array = npt.NDArray[np.float64]


def fit(x: Array, y: Array, damping: float) -> tuple[float, ...]:
    """Rows of signs and what was so (1 or 0) in, one weight a sign out, rounded. `damping` keeps weights small."""
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        given = 1 / (1 + np.exp(-x @ weights))
        slope: Array = x.T @ (given - y) + damping * weights
        curve = (x * (given * (1 - given))[:, None]).T @ x + damping * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return tuple(float(weight) for weight in weights.round(3))
