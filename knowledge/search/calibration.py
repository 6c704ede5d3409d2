"""From scores to chances, and from chances to what we do.

The chances are fitted on the corpus's held-out families (rows marked "validation", which neither encoder nor index has
seen) by knowledge/training/shipped.py. The thresholds were read off the trade-off curves of those rows and of
questions-dev.csv. All are the tuned encoder's; the others borrow them.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from knowledge.odds import chance_of_odds
from knowledge.prose import Frozen
from knowledge.search.ranking import Ranking

FILE = Path(__file__).parent / "fitted" / "calibration.json"


class Chance(Frozen):
    """Logistic regression: the chance that the first candidate is what was meant."""

    bias: float
    best: float
    close: float
    none: float
    near: float
    near_none: float
    words: float

    def of(self, ranking: Ranking) -> float:
        """0 to 1; 0 where there is no candidate."""
        if not ranking.candidates:
            return 0.0
        odds = self.bias + sum(weight * value for weight, value in zip(self._weights, features(ranking), strict=True))
        return chance_of_odds(odds)

    @property
    def _weights(self) -> tuple[float, ...]:
        return (self.best, self.close, self.none, self.near, self.near_none, self.words)


def features(ranking: Ranking) -> tuple[float, ...]:
    """What the chance depends on, in the order of Chance's fields."""
    close = ranking.runner_up / max(ranking.best, 0.05)
    return ranking.best, close, ranking.none, ranking.near, ranking.near_none, math.log(1 + len(ranking.words))


class Thresholds(Frozen):
    """At or above which chance we do what. A wrong answer costs more where lives depend on the entry; an order of few
    words needs less, for whatever matters is asked back before it is done."""

    answer: float
    answer_life_safety: float
    offer: float
    act: float
    act_short: float
    too_close: float
    """The second's share of the first one's score above which the sender chooses."""
    two: float
    """The margin by which two needs must explain a message better than one (needs.Pair)."""


class Calibration(Frozen):
    """All that turns scores into what we do."""

    chance: Chance
    thresholds: Thresholds


@cache
def calibration() -> Calibration:
    """What ships."""
    return Calibration.model_validate(json.loads(FILE.read_text(encoding="utf-8")))
