"""What a sentence encoder is: words in, one vector of length one out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Progress = Callable[[int], None]
"""Told how many more texts are done."""


@dataclass(frozen=True, slots=True, eq=False)
class Sense:
    """What a message means. `whole` has length one. `parts` has a row for each part it was handed in as: the sum over
    the part's pieces, so that rows can be added up; what several parts mean together is `unit` of their sum."""

    whole: Floats
    parts: Floats


class Encoder(Protocol):
    """Turns sentences into vectors whose cosine says how alike their meaning is. Pure; the same text gives the same."""

    @property
    def name(self) -> str:
        """Which weights, exactly: vectors of another name must not be compared with these."""
        ...

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        ...

    def sense(self, parts: Sequence[str]) -> Sense:
        """A message, cut into one or more parts, in; one vector for the whole and one for each part out."""
        ...

    def vectors(self, texts: Sequence[str], done: Progress | None = None) -> Floats:
        """Many whole texts in, one row each out."""
        ...


def unit(rows: Floats) -> Floats:
    """Rows of length one; a row of zeros stays as it is."""
    length = np.sqrt(np.square(rows).sum(axis=-1, keepdims=True))
    return np.asarray(rows / np.maximum(length, 1e-12), dtype=np.float32)
