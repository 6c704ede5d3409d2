"""A week of visits laid out as a table: rows of people or of areas, a column a day, with who is away and the closed
days. Pure: visits in, cells out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.visits.gaps import Gaps, Gone
from handlers.office import StaffVisit

DAYS = 7
NO_GAPS = Gaps()


@dataclass(frozen=True, slots=True)
class Row:
    """A person or an area, their visits of each day, and when a person is away on it."""

    name: str
    cells: tuple[tuple[StaffVisit, ...], ...]
    away: tuple[tuple[Gone, ...], ...] = ((),) * DAYS


@dataclass(frozen=True, slots=True)
class Week:
    """The dates from Monday, a row for each person or area, and the same visits and absences by day. `closed` has the
    dates without visits, with why."""

    days: tuple[dt.date, ...]
    rows: tuple[Row, ...]
    by_day: tuple[tuple[StaffVisit, ...], ...]
    away: tuple[tuple[Gone, ...], ...] = ((),) * DAYS
    closed: Mapping[dt.date, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Is there nothing to be told of this week?"""
        return not (any(self.by_day) or any(self.away) or self.closed)


def monday(day: dt.date) -> dt.date:
    """The first day of a date's week."""
    return day - dt.timedelta(days=day.weekday())


def by_person(
    visits: Sequence[StaffVisit], first: dt.date, zone: str, people: Mapping[int, str], gaps: Gaps = NO_GAPS
) -> Week:
    """`people` have a row even without visits; whoever goes to a visit has one too."""
    goers = {number: name for visit in visits for number, name in visit.visitors}
    named = sorted({**people, **goers}.items(), key=lambda one: (one[1].casefold(), one[0]))
    rows = (
        Row(name, _cells([visit for visit in visits if number in dict(visit.visitors)], days_from(first), zone),
            _away(gaps, first, number))
        for number, name in named
    )  # fmt: skip
    return _week(visits, first, zone, rows, gaps)


def by_area(visits: Sequence[StaffVisit], first: dt.date, zone: str, unknown: str, gaps: Gaps = NO_GAPS) -> Week:
    """`unknown` names the row of visits whose home is not kept any more."""
    areas = sorted({area(visit) for visit in visits})
    rows = (
        Row(name or unknown, _cells([visit for visit in visits if area(visit) == name], days_from(first), zone))
        for name in areas
    )
    return _week(visits, first, zone, rows, gaps)


def days_from(first: dt.date) -> tuple[dt.date, ...]:
    """The dates of the week from its Monday."""
    return tuple(first + dt.timedelta(days=n) for n in range(DAYS))


def area(visit: StaffVisit) -> str:
    """Where a visit is, as far as a diary says it: the first half of the postcode, and the area's name."""
    return " ".join(filter(None, (visit.outward, visit.area)))


def _week(visits: Sequence[StaffVisit], first: dt.date, zone: str, rows: Iterable[Row], gaps: Gaps) -> Week:
    days = days_from(first)
    return Week(days, tuple(rows), _cells(visits, days, zone), _away(gaps, first), gaps.closed)


def _cells(visits: Sequence[StaffVisit], days: Sequence[dt.date], zone: str) -> tuple[tuple[StaffVisit, ...], ...]:
    local = ZoneInfo(zone)
    return tuple(tuple(one for one in visits if one.starts.astimezone(local).date() == day) for day in days)


def _away(gaps: Gaps, first: dt.date, person: int | None = None) -> tuple[tuple[Gone, ...], ...]:
    """Who is away on each day; only one person where a number is given."""
    return tuple(
        tuple(one for one in gaps.away.get(day, ()) if person in (None, one.staff_id)) for day in days_from(first)
    )
