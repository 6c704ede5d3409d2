"""Many messages beside a few phrases in letters: as `lexical.Matrix` has it for one message, for all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.search.lexical import BLOCKS, SHARES, Floats, Ints, Matrix

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Spelt:
    """A message's features by number, and how often each stands in it."""

    features: Ints
    often: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Messages as rows of features: whose each is, which, and its weight."""

    size: int
    owners: Places
    ids: Ints
    weights: Floats

    def nearest(self, letters: Matrix, phrases: range) -> Floats:
        """The likeness of every message to the nearest of some phrases; 0 where there is none."""
        best = np.zeros(self.size, dtype=np.float32)
        for phrase in phrases:
            span = slice(letters.row_starts[phrase], letters.row_starts[phrase + 1])
            column = np.zeros(len(letters.idf), dtype=np.float32)
            column[letters.row_ids[span]] = letters.row_weights[span]
            likeness = np.bincount(self.owners, column[self.ids] * self.weights, self.size)
            best = np.maximum(best, likeness.astype(np.float32))
        return best


def weighed(messages: Sequence[Spelt], names: Sequence[str], letters: Matrix) -> Weighed:
    """Messages, and the names of their features by number, in; the same as vectors of a matrix out."""
    if not messages:
        return Weighed(0, np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    numbers = np.concatenate([message.features for message in messages])
    often = np.concatenate([message.often for message in messages])
    owners = np.repeat(np.arange(len(messages)), [len(message.features) for message in messages])
    ids = np.array([letters.ids_of.get(name, -1) for name in names], dtype=np.int32)[numbers]
    kinds = np.array([BLOCKS.index(name[0]) for name in names], dtype=np.intp)[numbers]
    weights = (1 + np.log(often)) * np.where(ids >= 0, letters.idf[ids], letters.unknown)
    blocks = owners * len(BLOCKS) + kinds
    squares = np.bincount(blocks, weights * weights, len(messages) * len(BLOCKS))
    weights *= np.sqrt(SHARES)[kinds] / np.sqrt(np.maximum(squares, 1e-12))[blocks]
    keep = (ids >= 0) & letters.used[ids]
    return Weighed(len(messages), owners[keep], ids[keep], weights[keep].astype(np.float32))
