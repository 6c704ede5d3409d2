"""A week of visits laid out as a table: rows of people or of areas, a column a day. Pure: visits in, cells out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers.office import StaffVisit

DAYS = 7


@dataclass(frozen=True, slots=True)
class Row:
    """A person or an area, and their visits of each day."""

    name: str
    cells: tuple[tuple[StaffVisit, ...], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The dates from Monday, a row for each person or area, and the same visits by day."""

    days: tuple[dt.date, ...]
    rows: tuple[Row, ...]
    by_day: tuple[tuple[StaffVisit, ...], ...]


def monday(day: dt.date) -> dt.date:
    """The first day of a date's week."""
    return day - dt.timedelta(days=day.weekday())


def by_person(visits: Sequence[StaffVisit], first: dt.date, zone: str, people: Mapping[int, str]) -> Week:
    """`people` have a row even without visits; whoever goes to a visit has one too."""
    goers = {number: name for visit in visits for number, name in visit.visitors}
    named = sorted({**people, **goers}.items(), key=lambda one: (one[1].casefold(), one[0]))
    rows = ((name, [visit for visit in visits if number in dict(visit.visitors)]) for number, name in named)
    return _week(visits, first, zone, rows)


def by_area(visits: Sequence[StaffVisit], first: dt.date, zone: str, unknown: str) -> Week:
    """`unknown` names the row of visits whose home is not kept any more."""
    areas = sorted({area(visit) for visit in visits})
    rows = ((name or unknown, [visit for visit in visits if area(visit) == name]) for name in areas)
    return _week(visits, first, zone, rows)


def area(visit: StaffVisit) -> str:
    """Where a visit is, as far as a diary says it: the first half of the postcode, and the area's name."""
    return " ".join(filter(None, (visit.outward, visit.area)))


def _week(
    visits: Sequence[StaffVisit], first: dt.date, zone: str, rows: Iterable[tuple[str, Sequence[StaffVisit]]]
) -> Week:
    days = tuple(first + dt.timedelta(days=n) for n in range(DAYS))
    laid_out = tuple(Row(name, _cells(some, days, ZoneInfo(zone))) for name, some in rows)
    return Week(days, laid_out, _cells(visits, days, ZoneInfo(zone)))


def _cells(visits: Sequence[StaffVisit], days: Sequence[dt.date], zone: ZoneInfo) -> tuple[tuple[StaffVisit, ...], ...]:
    return tuple(tuple(one for one in visits if one.starts.astimezone(zone).date() == day) for day in days)
