"""Working days: when somebody who waits has waited too long. Weekends, bank holidays and closed days do not count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from knowledge.entry import Hours
from knowledge.hours import ONE_DAY, Stretch, in_london, instant, stretches_of

LOOK_AHEAD = 60
"""Days in which working days are looked for."""


def after(since: dt.datetime, days: int, known: Hours, bank_holidays: frozenset[dt.date]) -> dt.datetime | None:
    """The moment, in UTC, at which so many working days have passed since an aware one: the same time of day. What
    comes in when nobody is there any more counts from the next opening. None where nobody works in sight."""
    working = list(islice(_from(since, known, bank_holidays), days + 1))
    if len(working) <= days:
        return None
    begins = max(since, working[0].start)
    return instant(in_london(working[days].start).date(), in_london(begins).time())


def _from(since: dt.datetime, known: Hours, bank_holidays: frozenset[dt.date]) -> Iterator[Stretch]:
    """The working days that are not over at a moment, each from its first opening to its last closing."""
    today = in_london(since).date()
    for day in (today + number * ONE_DAY for number in range(LOOK_AHEAD)):
        stretches = [one for one in stretches_of(known, day, bank_holidays) if one.sure]
        if stretches and (end := max(one.end for one in stretches)) > since:
            yield Stretch(min(one.start for one in stretches), end)
