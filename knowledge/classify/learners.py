"""Two ways to learn from examples, in closed form or by few steps, in numpy alone: ridge and logistic regression."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

STEPS = 40
"""Steps of the logistic regression; more changed no result by more than 0.2 points."""
REMEMBERED = 8
"""Past steps that L-BFGS keeps; 5 to 20 are usual."""
ENOUGH = 1e-3
"""Stop when the slope is this share of what it was at the start."""
SHORTEST_STEP = 1e-5
JITTER = 1e-3
"""Added to a matrix's diagonal before its root is taken, so that examples said twice do no harm."""


def ridge(rows: Floats, among: Floats, wanted: Floats, penalty: float) -> Floats:
    """Likeness of examples to landmarks (n, m), of landmarks to one another (m, m), and a one-hot row an example in.

    Weights for likeness to the landmarks out, one column a label. With every example a landmark this is kernel ridge
    regression, else its Nyström approximation.
    """
    inner = (rows.T @ rows + penalty * among).astype(np.float64)
    inner[np.diag_indices_from(inner)] += JITTER
    weights: Floats = np.linalg.solve(inner, rows.T @ wanted).astype(np.float32)
    return weights


def logistic(rows: Floats, among: Floats, wanted: Floats, penalty: float) -> tuple[Floats, Floats]:
    """The same in; weights for likeness to the landmarks and one constant a label out (multinomial, L-BFGS)."""
    steady = among.astype(np.float64)
    steady[np.diag_indices_from(steady)] += JITTER
    root = np.linalg.inv(np.linalg.cholesky(steady)).T.astype(np.float32)
    inputs = np.hstack([rows @ root, np.ones((len(rows), 1), dtype=np.float32)])
    found = descend(_Loss(inputs, wanted, penalty), np.zeros((inputs.shape[1], wanted.shape[1]), dtype=np.float32))
    return root @ found[:-1], found[-1]


class Slope(Protocol):
    """A function to make small: a point in, its height and its slope out."""

    def __call__(self, at: Floats, /) -> tuple[float, Floats]: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Loss:
    inputs: Floats
    wanted: Floats
    penalty: float

    def __call__(self, at: Floats, /) -> tuple[float, Floats]:
        scores = self.inputs @ at
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        height = float((self.wanted * (np.log(sums) - scores)).sum() + self.penalty / 2 * np.square(at).sum())
        return height, self.inputs.T @ (powers / sums - self.wanted) + np.float32(self.penalty) * at


@dataclass(slots=True)
class _Memory:
    """The last moves and how the slope changed along each: all that L-BFGS knows of the curve."""

    pairs: list[tuple[Floats, Floats, float]] = field(default_factory=list)

    def learn(self, move: Floats, change: Floats) -> None:
        if (curve := float(np.vdot(move, change))) > 0:
            self.pairs = [*self.pairs, (move, change, curve)][-REMEMBERED:]

    def direction(self, slope: Floats) -> Floats:
        """Nocedal's two loops."""
        if not self.pairs:
            return slope / np.float32(max(float(np.linalg.norm(slope)), 1e-9))
        down, shares = slope.copy(), []
        for move, change, curve in reversed(self.pairs):
            shares.append(np.float32(np.vdot(move, down) / curve))
            down -= shares[-1] * change
        _, change, curve = self.pairs[-1]
        down *= np.float32(curve / float(np.vdot(change, change)))
        for (move, change, curve), share in zip(self.pairs, reversed(shares), strict=True):
            down += (share - np.float32(np.vdot(change, down) / curve)) * move
        return down


def descend(loss: Slope, start: Floats, steps: int = STEPS) -> Floats:
    """A function and where to start in, where it is about lowest out."""
    memory, at = _Memory(), start
    height, slope = loss(at)
    enough = ENOUGH * float(np.linalg.norm(slope))
    for _ in range(steps):
        down = memory.direction(slope)
        size, fall = 1.0, float(np.vdot(slope, down))
        while True:
            there = at - np.float32(size) * down
            new_height, new_slope = loss(there)
            if new_height <= height - 1e-4 * size * fall or size < SHORTEST_STEP:
                break
            size /= 2
        memory.learn(there - at, new_slope - slope)
        at, height, slope = there, new_height, new_slope
        if float(np.linalg.norm(slope)) < enough:
            break
    return at
