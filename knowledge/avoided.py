"""How many calls answers may have saved: a range for each way of calling, never one bare number.

**The method.** Of `helped` answers that helped, `answered` people said what they would have done without one; `k` of
them name a way of calling.

- *low* is `k`: the calls that people told us of, and nothing for those who did not say; not the least that is possible,
  for people name more calls than they would have made;
- *likely* applies to all helped answers the lower end of Wilson's 95% interval for `k` of `answered`, and is never less
  than `k`. It is rounded down;
- *high* applies the upper end to them. It is rounded up.

Wilson's interval (E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the
American Statistical Association 22, 1927, 209–212) stays within 0 and 1 and holds for small numbers and rare answers,
where the textbook's does not. Its lower end, rather than its middle, is called likely, because all that is known of the
faults of such answers points upwards: what people say they would have done is more than what they would have done; who
was helped most is likelier to answer; each call is likelier to come to mind when it is named on a button. The discount
is the larger the fewer people answered, as it should be.

**The limits.** The interval knows only chance. It does not know who did not answer, nor that one person may answer
several times (once a week at most), nor that a call that was not made might have been right. With fewer than
`ENOUGH` answers there is no estimate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

CALLS = ("999", "101", "111")
"""The ways that are calls; 111 stands for the GP too."""
WAYS = (*CALLS, "nothing")
"""All that can be said."""
ENOUGH = 30
"""Answers from which something is estimated. With fewer the range is so wide that it says nothing."""
Z = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""


class Range(NamedTuple):
    """An estimate in calls; low ≤ likely ≤ high."""

    low: int
    likely: int
    high: int


def estimates(answered: int | None, said: Mapping[str, int | None], helped: int | None) -> dict[str, Range]:
    """How many said what they would have done, how many of them named each way, and how many answers of the period
    helped, in; a range for each way of calling out. None is a count that is not published: nothing is estimated from
    it, for the range would give it away. Empty where too few answered.

    Raises ValueError for counts that cannot be: below zero, or more of one way than answered.
    """
    if answered is None or missing(answered):
        return {}
    counted = {way: count for way in CALLS if (count := said.get(way)) is not None}
    return {way: within(count, answered, helped or 0) for way, count in counted.items()}


def missing(answered: int | None) -> int:
    """How many more people would have to answer before there is an estimate. An unpublished count is taken for none."""
    return max(0, ENOUGH - (answered or 0))


def within(named: int, answered: int, helped: int) -> Range:
    """The range for one way. Every answer is itself about something that helped, so that `helped` counts for at least
    `answered`: the older of the two counts may have been forgotten already. Raises ValueError as `estimates` does."""
    whole = max(helped, answered)
    below, above = wilson(named, answered)
    likely = max(named, math.floor(below * whole))
    return Range(named, likely, min(whole, max(likely, math.ceil(above * whole))))


def wilson(named: int, answered: int) -> tuple[float, float]:
    """Both ends of Wilson's 95% interval for a share, from 0 to 1. Raises ValueError as `estimates` does."""
    if not 0 <= named <= answered or answered == 0:
        raise ValueError(f"{named} of {answered} cannot be")
    share, whole = named / answered, 1 + Z * Z / answered
    middle = share + Z * Z / (2 * answered)
    spread = Z * math.sqrt(share * (1 - share) / answered + Z * Z / (4 * answered * answered))
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
