"""All known phrases as vectors: which are nearest to a message, and how much of each target is in it.

Kernel ridge regression on the nearest hundred phrases alone: a phrase that says nothing new beside its neighbours has
little weight, and there is nothing to train, so a phrase more is one row more, at once and exactly. Measured against
ridge over landmarks and plain votes (docs/decisions/0015). Phrases lie in cells around fixed centres, and only the
cells nearest to a message are looked at, so that 100,000 phrases take little longer than 10,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Floats

NEAREST = 100
SHARPNESS, RIDGE = 3.0, 0.2
"""The kernel is exp(3 (cosine − 1)). Found on the corpus's held-out families; half or double moves little."""
CELLS, PROBED = 256, 20
ROUNDS = 8
VOTE = 32.0
"""A plain vote's sharpness, where one is enough."""
MOST_TARGETS = 3

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Rows in order of their cell, which begins at `begins`; `targets` (row, 3) are numbers of columns, −1 for none."""

    vectors: Floats
    targets: npt.NDArray[np.int16]
    weights: Floats
    centres: Floats
    begins: Ints

    @classmethod
    def build(cls, vectors: Floats, targets: npt.NDArray[np.int16], weights: Floats, centres: Floats) -> Self:
        """Rows in any order, and the cells' centres, in."""
        cell = np.argmax(vectors @ centres.T, axis=1)
        order = np.argsort(cell, kind="stable")
        begins = np.searchsorted(cell[order], np.arange(len(centres) + 1))
        return cls(vectors[order], targets[order], weights[order], centres, begins)

    def __len__(self) -> int:
        return len(self.vectors)

    def plus(self, vectors: Floats, targets: npt.NDArray[np.int16], weights: Floats) -> Self:
        """The same with more rows."""
        return type(self).build(
            np.concatenate([self.vectors, vectors]), np.concatenate([self.targets, targets]),
            np.concatenate([self.weights, weights]), self.centres,
        )  # fmt: skip

    def nearest(self, meant: Floats, most: int = NEAREST) -> tuple[Ints, Floats]:
        """A vector in; the nearest rows, and their cosines, out."""
        cells = np.argpartition(-(self.centres @ meant), min(PROBED, len(self.centres)) - 1)[:PROBED]
        spans = [slice(self.begins[cell], self.begins[cell + 1]) for cell in cells]
        likeness = np.concatenate([self.vectors[span] @ meant for span in spans])
        rows = np.concatenate([np.arange(span.start, span.stop) for span in spans])
        best = np.argpartition(-likeness, most)[:most] if len(likeness) > most else np.arange(len(likeness))
        return rows[best], likeness[best]

    def shares(self, meant: Floats, columns: int, without: int | None = None) -> tuple[Floats, float]:
        """A vector in; how much of every column is in it, and the cosine of the nearest row, out. `without` one row
        it is what that row would have been given if nobody had written it."""
        rows, likeness = self.nearest(meant)
        if without is not None:
            rows, likeness = rows[rows != without], likeness[rows != without]
        near = self.vectors[rows]
        kernel = np.exp(SHARPNESS * (near @ near.T - 1))
        kernel[np.diag_indices(len(rows))] += RIDGE / self.weights[rows]
        pull = np.linalg.solve(kernel, np.exp(SHARPNESS * (likeness - 1)))
        return self._shared(rows, pull, columns), float(likeness.max(initial=0.0))

    def votes(self, rows: Ints, meant: Floats, columns: int) -> Floats:
        """Several vectors in; how much of each column some rows alone give them, by plain vote, out."""
        pull = np.exp(VOTE * (meant @ self.vectors[rows].T - 1))
        return np.stack([self._shared(rows, row, columns) for row in pull])

    def _shared(self, rows: Ints, pull: Floats, columns: int) -> Floats:
        """Each row's pull, given to each of its targets. Column −1 takes what belongs to none and is cut off."""
        given = np.repeat(pull, MOST_TARGETS)
        return np.bincount(self.targets[rows].ravel() + 1, given, columns + 1)[1:].astype(np.float32)


def choose_centres(vectors: Floats, cells: int = CELLS) -> Floats:
    """Centres of so many cells by k-means, begun with rows at equal steps: the same rows give the same centres."""
    centres = vectors[np.linspace(0, len(vectors) - 1, min(cells, len(vectors))).astype(np.intp)]
    for _ in range(ROUNDS):
        cell = np.argmax(vectors @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, cell, vectors)
        length = np.sqrt(np.square(sums).sum(axis=1, keepdims=True))
        centres = np.where(length > 0, sums / np.maximum(length, 1e-12), centres)
    return np.asarray(centres, dtype=np.float32)


def numbered(targets: Sequence[Sequence[str]], names: Sequence[str]) -> npt.NDArray[np.int16]:
    """The targets of every row, by name, in; by number, three a row, out."""
    number = {name: at for at, name in enumerate(names)}
    found = np.full((len(targets), MOST_TARGETS), -1, dtype=np.int16)
    for row, own in enumerate(targets):
        for place, name in enumerate(own[:MOST_TARGETS]):
            found[row, place] = number[name]
    return found
