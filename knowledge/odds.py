"""From odds to chances."""

from __future__ import annotations

import math

MOST = 30.0
"""Beyond it a chance is 0 or 1 to thirteen places, and the exponential would overflow."""


def chance_of_odds(odds: float) -> float:
    """The logarithm of odds in, a chance between 0 and 1 out (the logistic curve)."""
    return 1 / (1 + math.exp(-max(min(odds, MOST), -MOST)))
