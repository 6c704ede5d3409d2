"""The candidates of many messages as one table, and which of them decide how a message is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Floats
from knowledge.evaluating.questions import Met
from knowledge.search import Index
from knowledge.search.decide import WORTH_OFFERING
from knowledge.search.index import CLEAR, LETTERS, OF_HALVES
from knowledge.search.likeness import Spelt

SURELY = 0.95
"""A little less than what an offer needs is looked at too: sums in another order differ in the last places."""
FIRST = 2
"""Candidates of a message in one piece that decide it, whatever the distance between them."""
SAME = 1e-5

Marked = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One version of a message: how much of every column is in it, the likeness in letters to the nearest of each
    column's own phrases, how it is spelt, how many parts it has, and whether a second need is looked for in them."""

    shares: Floats
    letters: Floats
    spelt: Spelt
    parts: int
    two: bool


Known = Mapping[int, tuple[Row, ...]]
"""The rows of messages, by their key (vectors.key_of)."""
Outcomes = Mapping[int, Met]
"""How messages are met, by their key."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of several messages on top of one another; `owners` says whose each is."""

    rows: Sequence[Row]
    owners: npt.NDArray[np.intp]
    shares: Floats
    letters: Floats
    cut: Marked

    @classmethod
    def of(cls, rows: Mapping[int, Sequence[Row]], width: int) -> Self:
        """The rows of some messages, by number, and how many columns an index has."""
        flat = [row for found in rows.values() for row in found]
        return cls(
            flat, np.repeat(np.array(list(rows), dtype=np.intp), [len(found) for found in rows.values()]),
            _stacked([row.shares for row in flat], width), _stacked([row.letters for row in flat], width),
            np.array([row.two for row in flat], dtype=np.bool_),
        )  # fmt: skip

    def scores(self, index: Index, letters: Floats) -> Floats:
        """As the index ranks: columns that are no candidates have less than nothing."""
        low = self.shares[:, index.ranked].max(axis=1, initial=0.0) < CLEAR
        scored = np.full(self.shares.shape, -1.0, dtype=np.float32)
        ranked = index.ranked
        scored[:, ranked] = self.shares[:, ranked] + LETTERS * letters[:, ranked] * low[:, None]
        return scored


def counting(scores: Floats, changed: Sequence[int], cut: Marked, offering: Marked, stays: bool) -> Marked:
    """Which of the changed columns are among the candidates that decide a message: the first two, or the first alone
    where it `stays` and only its tier changes; as many as halves are held against, where a second need is looked for;
    and those that may be offered, where anything is. What has nothing of a message decides nothing."""
    first = -np.partition(-scores, OF_HALVES - 1, axis=1)[:, :OF_HALVES]
    first.sort(axis=1)
    offered = np.where(offering & (not stays), SURELY * WORTH_OFFERING * first[:, -1], np.inf)
    limit = np.minimum(offered, np.where(cut, first[:, 0], first[:, -1 if stays else -FIRST])) - SAME
    found: Marked = (scores[:, changed] >= limit[:, None]) & (scores[:, changed] > SAME)
    return found


def _stacked(rows: Sequence[Floats], width: int) -> Floats:
    found = np.zeros((len(rows), width), dtype=np.float32)
    for at, row in enumerate(rows):
        found[at, : len(row)] = row
    return found
