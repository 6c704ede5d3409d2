"""When a resident hears of a visit before it comes, and the hours in which nobody is written to.

"A week before" is the same time on the wall clock seven days earlier, whatever the clocks did in between.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.visits.slots import instant

Kind = Literal["week-before", "day-before"]

DAYS_BEFORE: tuple[tuple[Kind, dt.timedelta], ...] = (
    ("week-before", dt.timedelta(days=7)),
    ("day-before", dt.timedelta(days=1)),
)
QUIET_FROM, QUIET_UNTIL = dt.time(20), dt.time(8)
# A phone that lights up at night frightens people or wakes a child. At six in the evening, rather than the morning
# after, the resident can still ring and change the visit; at nine even late risers are up.
EVENING, MORNING = dt.time(18), dt.time(9)
SINCE_BOOKING = dt.timedelta(hours=1)
"""Sooner than that, a reminder repeats what the resident has just read."""
ON_THE_WAY = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message before a visit, and the moment in UTC when it is due."""

    kind: Kind
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class VisitDay:
    """The local date of a visit, and the moment in UTC from which "your visitors are on their way" may be sent."""

    date: dt.date
    on_the_way_from: dt.datetime


def reminders(starts: dt.datetime, booked_at: dt.datetime, zone: str) -> tuple[Reminder, ...]:
    """When a visit starts and when it was booked, in UTC, and an IANA zone in; its reminders out, in order of time.

    Raises ValueError for a time without a zone, ZoneInfoNotFoundError for an unknown one.
    """
    earliest = _aware(booked_at) + SINCE_BOOKING
    every = (Reminder(kind, _earlier(starts, days, zone)) for kind, days in DAYS_BEFORE)
    return tuple(reminder for reminder in every if reminder.at >= earliest)


def is_last(reminder: Reminder) -> bool:
    """Does nothing but the visit come after it?"""
    return reminder.kind == DAYS_BEFORE[-1][0]


def on_the_day(starts: dt.datetime, zone: str) -> VisitDay:
    """When a visit starts, in UTC, and its zone in; its day out. Raises as `reminders` does.

    Quiet hours do not bind that message: somebody is about to knock, at an hour that the resident chose.
    """
    return VisitDay(_local(starts, zone).date(), (starts - ON_THE_WAY).astimezone(dt.UTC))


def quiet(moment: dt.datetime, zone: str) -> bool:
    """Is it night on the zone's clocks, from 20:00 up to, but not at, 08:00? Raises as `reminders` does."""
    time = _local(moment, zone).time()
    return time >= QUIET_FROM or time < QUIET_UNTIL


def next_allowed(moment: dt.datetime, zone: str) -> dt.datetime:
    """The moment itself where it is not quiet, otherwise 08:00 after that night, in UTC. Raises as `reminders` does."""
    if not quiet(moment, zone):
        return moment.astimezone(dt.UTC)
    local = _local(moment, zone)
    tomorrow = local.time() >= QUIET_FROM
    return instant(local.date() + dt.timedelta(days=tomorrow), QUIET_UNTIL, ZoneInfo(zone))


def _earlier(starts: dt.datetime, days: dt.timedelta, zone: str) -> dt.datetime:
    visit = _local(starts, zone)
    moment = instant(visit.date() - days, visit.time(), ZoneInfo(zone))
    if not quiet(moment, zone):
        return moment
    local = _local(moment, zone)
    return instant(local.date(), MORNING if local.time() < QUIET_UNTIL else EVENING, ZoneInfo(zone))


def _local(moment: dt.datetime, zone: str) -> dt.datetime:
    return _aware(moment).astimezone(ZoneInfo(zone))


def _aware(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment
