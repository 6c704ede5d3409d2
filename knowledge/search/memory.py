"""All known phrases as vectors: which are nearest to a message, and how much of each target is in it.

Kernel ridge regression on the nearest 64 phrases alone: a phrase that says nothing new beside its neighbours has
little weight, and there is nothing to train, so a phrase more is one row more, at once and exactly. Measured against
ridge over landmarks and plain votes (docs/decisions/0015). Phrases lie in cells around fixed centres, and only the
cells nearest to a message are looked at, so that 100,000 phrases take little longer than 10,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Floats

NEAREST = 64
SHARPNESS, RIDGE = 3.0, 0.2
"""The kernel is exp(3 (cosine − 1)). Found on the corpus's held-out families; half or double moves little."""
CELLS, PROBED = 256, 20
SKETCHED, CLOSER_LOOK = 64, 3
"""Axes of the sketch, and how many times more rows than are wanted are looked at in full."""
ROUNDS = 8
SLAB = 4096
VOTE = 32.0
"""A plain vote's sharpness, where one is enough."""
MOST_TARGETS = 3

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Rows in order of their cell, which begins at `begins`. `codes` are the vectors in eight bits, `lengths` what
    their codes are long; `sketch` the vectors along the `axes` in which phrases differ most, enough to find those worth
    a closer look. `targets` (row, 3) are numbers of columns, −1 for none."""

    codes: npt.NDArray[np.int8]
    lengths: Floats
    sketch: Floats
    targets: npt.NDArray[np.int16]
    weights: Floats
    centres: Floats
    begins: Ints
    axes: Floats

    @classmethod
    def build(cls, vectors: Floats, targets: npt.NDArray[np.int16], weights: Floats, cells: int = CELLS) -> Self:
        """Rows in any order in."""
        axes, centres = choose_axes(vectors), choose_centres(vectors, cells)
        codes = in_eight_bits(vectors)
        empty = cls(
            codes[:0], weights[:0], np.zeros((0, axes.shape[1]), dtype=np.float32), targets[:0], weights[:0],
            centres, np.zeros(len(centres) + 1, dtype=np.intp), axes,
        )  # fmt: skip
        return empty.plus(codes, targets, weights)

    def __len__(self) -> int:
        return len(self.codes)

    def plus(self, codes: npt.NDArray[np.int8], targets: npt.NDArray[np.int16], weights: Floats) -> Self:
        """The same with more rows, each at the end of its cell. Quick where they are few."""
        lengths, sketch = measured(codes, self.axes)
        cell = np.concatenate([_cells(part, self.centres) for part in np.array_split(codes, len(codes) // SLAB + 1)])
        order = np.argsort(cell, kind="stable")
        at = self.begins[cell[order] + 1]

        def grown(old: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return np.insert(old, at, new[order], axis=0)

        return replace(
            self, codes=grown(self.codes, codes), lengths=grown(self.lengths, lengths),
            sketch=grown(self.sketch, sketch), targets=grown(self.targets, targets),
            weights=grown(self.weights, weights),
            begins=self.begins + np.searchsorted(cell[order], np.arange(len(self.begins))),
        )  # fmt: skip

    def vectors(self, rows: Ints) -> Floats:
        """Some rows' vectors, of length one."""
        return np.asarray(self.codes[rows] / self.lengths[rows, None], dtype=np.float32)

    def nearest(self, meant: Floats, most: int = NEAREST) -> tuple[Ints, Floats, Floats]:
        """A vector in; the nearest rows, their cosines and their vectors out."""
        cells = _first(self.centres @ meant, PROBED)
        spans = [slice(self.begins[cell], self.begins[cell + 1]) for cell in cells]
        about = meant @ self.axes
        sketched = np.concatenate([self.sketch[span] @ about for span in spans])
        rows = np.concatenate([np.arange(span.start, span.stop) for span in spans])
        rows = rows[_first(sketched, CLOSER_LOOK * most)]
        vectors = self.vectors(rows)
        likeness = vectors @ meant
        best = _first(likeness, most)
        return rows[best], likeness[best], vectors[best]

    def shares(self, meant: Floats, columns: int, without: int | None = None) -> tuple[Floats, Floats]:
        """A vector in; how much of every column is in it, and the cosine of each column's nearest row, out (0 for one
        with no row near). `without` one row it is what that row would have been given if nobody had written it."""
        rows, likeness, vectors = self.nearest(meant)
        if without is not None:
            others = rows != without
            rows, likeness, vectors = rows[others], likeness[others], vectors[others]
        kernel = np.exp(SHARPNESS * (vectors @ vectors.T - 1))
        kernel[np.diag_indices(len(rows))] += RIDGE / self.weights[rows]
        pull = np.linalg.solve(kernel, np.exp(SHARPNESS * (likeness - 1)))
        near = np.zeros(columns + 1, dtype=np.float32)
        np.maximum.at(near, self.targets[rows].ravel() + 1, np.repeat(likeness, MOST_TARGETS))
        return self._shared(rows, pull, columns), near[1:]

    def votes(self, rows: Ints, meant: Floats, columns: int) -> Floats:
        """Several vectors in; how much of each column some rows alone give them, by plain vote, out."""
        pull = np.exp(VOTE * (meant @ self.vectors(rows).T - 1))
        return np.stack([self._shared(rows, row, columns) for row in pull])

    def _shared(self, rows: Ints, pull: Floats, columns: int) -> Floats:
        """Each row's pull, given to each of its targets. Column −1 takes what belongs to none and is cut off."""
        given = np.repeat(pull, MOST_TARGETS)
        return np.bincount(self.targets[rows].ravel() + 1, given, columns + 1)[1:].astype(np.float32)


def _first(values: Floats, most: int) -> Ints:
    """Where the highest stand, in no order."""
    return np.argpartition(-values, most)[:most] if len(values) > most else np.arange(len(values))


def _cells(codes: npt.NDArray[np.int8], centres: Floats) -> Ints:
    """The cell of every row; a row's length does not matter for which centre is nearest."""
    nearest: Ints = np.argmax(codes.astype(np.float32) @ centres.T, axis=1)
    return nearest


def measured(codes: npt.NDArray[np.int8], axes: Floats) -> tuple[Floats, Floats]:
    """What codes are long, and their vectors along some axes. A slab at a time, so that little memory is needed."""
    lengths, sketch = np.zeros(len(codes), dtype=np.float32), np.zeros((len(codes), axes.shape[1]), dtype=np.float32)
    for at in range(0, len(codes), SLAB):
        slab = codes[at : at + SLAB].astype(np.float32)
        lengths[at : at + SLAB] = np.maximum(np.linalg.norm(slab, axis=1), 1e-9)
        sketch[at : at + SLAB] = slab @ axes / lengths[at : at + SLAB, None]
    return lengths, sketch


def in_eight_bits(vectors: Floats) -> npt.NDArray[np.int8]:
    """Vectors in, their codes out: each row stretched so that its largest part is 127."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.round(vectors * (127 / largest)), dtype=np.int8)


def choose_axes(vectors: Floats, most: int = SKETCHED) -> Floats:
    """The directions in which vectors differ most: principal axes, (width, most)."""
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(axes[:, ::-1][:, :most], dtype=np.float32)


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
