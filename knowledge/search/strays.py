"""Phrasings that fit another entry better than their own: what each would be met with if nobody had written it there.

The memory answers that without learning anything anew: each phrasing is asked without its own row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from knowledge.encoder import Floats, Progress
from knowledge.library import Library
from knowledge.search.index import Index
from knowledge.search.vectors import Vectors

FITS, DOES_NOT = 0.5, 0.1
"""The share that the other entry must have at least, and its own at most. Chosen so that an editor sees few, and real,
doubts; not measured further."""
SAME = 0.9999


@dataclass(frozen=True, slots=True)
class Stray:
    """A phrasing, the entry it stands in, and the one it fits better."""

    text: str
    entry: str
    better: str


def strays(index: Index, library: Library, vectors: Vectors, done: Progress | None = None) -> Iterator[Stray]:
    """In the order of the library; `done` hears of each phrasing asked."""
    asked = [(text, entry.id) for entry in library.entries.values() for text in entry.phrasings]
    meanings = vectors.of([text for text, _ in asked])
    for (text, entry), meaning in zip(asked, meanings, strict=True):
        better = _better(index, meaning, entry)
        if done is not None:
            done(1)
        if better is not None:
            yield Stray(text, entry, better)


def _better(index: Index, meaning: Floats, entry: str) -> str | None:
    own = index.targets.index(entry)
    rows, likeness, _ = index.memory.nearest(meaning)
    itself = rows[(likeness > SAME) & (index.memory.targets[rows, 0] == own)]
    shares, _ = index.memory.shares(meaning, len(index.targets), int(itself[0]) if len(itself) else None)
    best = int(index.ranked[np.argmax(shares[index.ranked])])
    strays_there = shares[best] >= FITS and shares[own] <= DOES_NOT
    return index.targets[best] if best != own and strays_there else None
