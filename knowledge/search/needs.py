"""One message, several needs: where a text may be cut, and which two needs its halves speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from knowledge.encoder import Floats

# Sentence ends, line ends, and the little words and commas that join one need to the next.
CUT = re.compile(
    r"[.!?;\n]+|\s[-–—]\s|,|&|\+"
    r"|\b(?:and also|and then|and|also|plus|as well as|as well|on top of that|another thing|but)\b",
    re.IGNORECASE,
)
MOST_PARTS = 6
LEAST = 0.05
"""Added to every share, so that what is not there is unlikely and not impossible."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places among the candidates; `margin`: how much better the halves are explained by two needs than by one, as
    the logarithm of a ratio."""

    first: int
    second: int
    margin: float


def cut(text: str) -> tuple[str, ...]:
    """A message in, the parts of it that could be needs of their own; one part where it cannot be cut."""
    parts = (part.strip() for part in CUT.split(text))
    found = tuple(part for part in parts if part)
    return found if 1 < len(found) <= MOST_PARTS else (text,)


def best_pair(whole: Floats, before: Floats, after: Floats, may: Floats) -> Pair | None:
    """The candidates' scores in the whole message (m), and their shares in what stands before and after each cut
    (cuts, m), in; which two explain both halves and the whole best, out. `may` (m, m) holds 1 for pairs that may be."""
    weight = np.log(np.maximum(whole, 0) + LEAST)
    left, right = np.log(before + LEAST) + weight, np.log(after + LEAST) + weight
    fits = (left[:, :, None] + right[:, None, :]).max(axis=0)
    pairs = np.where(may > 0, fits, -np.inf)
    first, second = divmod(int(pairs.argmax()), len(whole))
    margin = float(pairs[first, second] - np.diag(fits).max())
    return Pair(first, second, margin) if np.isfinite(margin) else None
