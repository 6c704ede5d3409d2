"""The learners find what is there, and the numbers they are made of hold."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.classify.learners import Floats, descend, logistic, ridge

POINTS = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], dtype=np.float32)
WANTED = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
LIKENESS: Floats = POINTS @ POINTS.T


def test_descend_finds_the_lowest_point() -> None:
    lowest = np.array([[3.0, -2.0]], dtype=np.float32)
    steep = np.array([[1.0, 20.0]], dtype=np.float32)

    def bowl(at: Floats) -> tuple[float, Floats]:
        return float((steep * (at - lowest) ** 2).sum()), 2 * steep * (at - lowest)

    assert descend(bowl, np.zeros_like(lowest)) == pytest.approx(lowest, abs=0.05)


def test_ridge_is_kernel_ridge_where_every_example_is_a_landmark() -> None:
    likeness = np.exp(4 * (LIKENESS - 1))
    closed = likeness @ np.linalg.solve(likeness + 0.5 * np.eye(4), WANTED)
    assert likeness @ ridge(likeness, likeness, WANTED, 0.5) == pytest.approx(closed, abs=0.01)


@pytest.mark.parametrize("landmarks", [[0, 1, 2, 3], [0, 2]])
def test_both_learners_tell_labels_apart(landmarks: list[int]) -> None:
    rows, among = LIKENESS[:, landmarks], LIKENESS[np.ix_(landmarks, landmarks)]
    weights, constants = logistic(rows, among, WANTED, 0.1)
    for scores in (rows @ ridge(rows, among, WANTED, 0.1), rows @ weights + constants):
        assert scores.argmax(axis=1).tolist() == [0, 0, 1, 1]
