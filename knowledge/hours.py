"""Open now, closes soon, opens next: one algorithm for the badge, the filter and every text.

Opening hours are wall-clock times in London. They become instants in UTC before anything is compared: Python
compares two times of one zone by their wall clocks, which is wrong on the days the clocks change.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import holidays

from knowledge.entry import Day, Hours

LONDON = ZoneInfo("Europe/London")
LOOK_AHEAD = 14
"""Days in which the next opening or closing is looked for."""
CLOSES_SOON = dt.timedelta(minutes=30)
ONE_DAY = dt.timedelta(days=1)
ONE_WEEK = dt.timedelta(days=7)
WEEK: tuple[Day, ...] = get_args(Day)

Times = tuple[tuple[dt.time, dt.time], ...]
Facts = dict[str, dt.datetime | dt.date | int | str]
TextId = Literal[
    "hours.always",
    "hours.open-until",
    "hours.open-until-day",
    "hours.closes-in",
    "hours.opens-today",
    "hours.opens-tomorrow",
    "hours.opens-on",
    "hours.opens-on-date",
    "hours.bank-holiday-unknown",
    "hours.unknown",
    "hours.closed",
]
"""All that `describe` can say; the catalogue holds the words."""


@dataclass(frozen=True)
class Stretch:
    """Open from `start` up to, but not at, `end`, in UTC. Not `sure` where a bank holiday may close it."""

    start: dt.datetime
    end: dt.datetime
    sure: bool = True

    def holds(self, moment: dt.datetime) -> bool:
        """Does `moment` lie in it?"""
        return self.start <= moment < self.end


@dataclass(frozen=True)
class State:
    """How somebody's hours stand at one moment. Times are in UTC.

    `open` is None where nobody can tell. `opens_at` is the next opening one can rely on, if one is in sight.
    """

    open: bool | None = None
    closes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    maybe_closed_bank_holiday: bool = False

    @property
    def always(self) -> bool:
        """Open, with no closing in sight?"""
        return self.open is True and self.closes_at is None


def state(hours: Hours, now: dt.datetime, bank_holidays: frozenset[dt.date]) -> State:
    """Hours, an aware `now` and the bank holidays around it in; how things stand out."""
    if not hours.known:
        return State()
    today = in_london(now).date()
    # Yesterday too: a night that began then may still run.
    days = [today + dt.timedelta(days=n) for n in range(-1, LOOK_AHEAD + 1)]
    stretches = [stretch for day in days for stretch in stretches_of(hours, day, bank_holidays)]
    sure = joined(stretch for stretch in stretches if stretch.sure)
    for stretch in sure:
        if stretch.holds(now):
            out_of_sight = instant(days[-1] + ONE_DAY, dt.time())
            return State(open=True, closes_at=stretch.end if stretch.end < out_of_sight else None)
    doubtful = [s for s in stretches if not s.sure and s.end > now and in_london(s.start).date() <= today]
    return State(
        open=None if any(stretch.holds(now) for stretch in doubtful) else False,
        opens_at=next((stretch.start for stretch in sure if stretch.start > now), None),
        maybe_closed_bank_holiday=bool(doubtful),
    )


def is_open_at(hours: Hours, moment: dt.datetime, bank_holidays: frozenset[dt.date]) -> bool | None:
    """Is somebody there at `moment`? None where nobody can tell. For filters."""
    return state(hours, moment, bank_holidays).open


def stretches_of(hours: Hours, day: dt.date, bank_holidays: frozenset[dt.date]) -> Iterator[Stretch]:
    """The stretches that begin on `day`; each may run into the next."""
    times, sure = times_on(hours, day, bank_holidays)
    for opens, closes in times:
        start = instant(day, opens)
        end = instant(day if closes > opens else day + ONE_DAY, closes)
        if start < end:  # not so for a stretch within the hour that spring leaves out
            yield Stretch(start, end, sure)


def times_on(hours: Hours, day: dt.date, bank_holidays: frozenset[dt.date]) -> tuple[Times, bool]:
    """The opening times that begin on `day`, and whether they are sure. Exceptions win."""
    for exception in hours.exceptions:
        if exception.date == day:
            return exception.openings, True
    if day in bank_holidays:
        return times_on_bank_holiday(hours, day)
    return usual_times(hours, day), True


def times_on_bank_holiday(hours: Hours, day: dt.date) -> tuple[Times, bool]:
    """The same for a bank holiday. Times given for it win; `always` holds on it unless it says "closed"."""
    if hours.bank_holiday_openings:
        return hours.bank_holiday_openings, True
    if hours.bank_holidays == "closed":
        return (), True
    return usual_times(hours, day), hours.always or hours.bank_holidays == "as usual"


def usual_times(hours: Hours, day: dt.date) -> Times:
    """The opening times of that day of the week."""
    if hours.always:
        return ((dt.time(), dt.time()),)
    return tuple((o.opens, o.closes) for o in hours.weekly if weekday(day) in o.days)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, those that touch or overlap made one, so that midnight closes nobody who stays open."""
    result: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda stretch: stretch.start):
        if result and stretch.start <= result[-1].end:
            result[-1] = replace(result[-1], end=max(result[-1].end, stretch.end))
        else:
            result.append(stretch)
    return result


def instant(day: dt.date, time: dt.time) -> dt.datetime:
    """When a clock in London shows `time` on `day`, in UTC; the first of two in autumn."""
    utc = dt.datetime.combine(day, time, LONDON).astimezone(dt.UTC)
    if in_london(utc).hour == time.hour:
        return utc
    # In spring the clock leaves out an hour: a time within it comes at the jump, to the full hour after it.
    return dt.datetime.combine(day, dt.time(time.hour + 1), LONDON).astimezone(dt.UTC)


def in_london(moment: dt.datetime) -> dt.datetime:
    """The same moment on a clock in London. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(LONDON)


def weekday(day: dt.date) -> Day:
    """The key of a day of the week."""
    return WEEK[day.weekday()]


@cache
def bank_holidays(years: range) -> frozenset[dt.date]:
    """Years in, their bank holidays in England out. For `state`: last year, this one and the next."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))


def describe(state: State, now: dt.datetime) -> tuple[TextId, Facts]:
    """What to say about a state at `now`: a text id, and its facts with times in London."""
    if state.maybe_closed_bank_holiday:
        return "hours.bank-holiday-unknown", {}
    if state.open is None:
        return "hours.unknown", {}
    if not state.open:
        return describe_opening(state.opens_at, now)
    return describe_closing(state.closes_at, now)


def describe_closing(closes_at: dt.datetime | None, now: dt.datetime) -> tuple[TextId, Facts]:
    """The same for one who is open."""
    if closes_at is None or closes_at - now >= ONE_WEEK:
        return "hours.always", {}
    left, closing = closes_at - now, in_london(closes_at)
    if left <= CLOSES_SOON:
        return "hours.closes-in", {"minutes": math.ceil(left / dt.timedelta(minutes=1))}
    if left <= ONE_DAY:
        return "hours.open-until", {"time": closing}
    # Midnight belongs to the day it ends.
    last_day = (closing - dt.timedelta(minutes=1)).date()
    return "hours.open-until-day", {"day": weekday(last_day), "time": closing}


def describe_opening(opens_at: dt.datetime | None, now: dt.datetime) -> tuple[TextId, Facts]:
    """The same for one who is closed."""
    if opens_at is None:
        return "hours.closed", {}
    opening = in_london(opens_at)
    day = opening.date()
    ahead = day - in_london(now).date()
    if not ahead:
        return "hours.opens-today", {"time": opening}
    if ahead == ONE_DAY:
        return "hours.opens-tomorrow", {"time": opening}
    if ahead < ONE_WEEK:
        return "hours.opens-on", {"day": weekday(day), "time": opening}
    return "hours.opens-on-date", {"day": weekday(day), "date": day, "time": opening}


def clock_words(time: dt.time | dt.datetime) -> str:
    """A time as the British write it: 9am, 9.30am, noon, midnight."""
    if time.minute == 0 and time.hour in (0, 12):
        return "noon" if time.hour else "midnight"
    minutes = f".{time.minute:02}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{'pm' if time.hour >= 12 else 'am'}"
