"""What a diary has no visits for: who is away on which days, and the days that are closed. Why is told by the rota."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Absence, ClosedDay, StaffMember
from bot.visits.conflicts import bounds

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody is away on a local date: from a moment to a moment in UTC; None: from its beginning, to its end."""

    staff_id: int
    starts: dt.datetime | None = None
    ends: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Gaps:
    """By local date, who is away; and the closed dates, with what was written about each."""

    away: Mapping[dt.date, Sequence[Gone]] = field(default_factory=dict)
    closed: Mapping[dt.date, str] = field(default_factory=dict)


async def of_days(unit: Unit, first: dt.date, days: int, zone: str, own: int | None = None) -> Gaps:
    """The gaps of so many local dates from one on; of absences only those of `own`, a person's number."""
    begins, after = bounds(first, zone, days)
    found = select(Absence).join(StaffMember, col(StaffMember.id) == col(Absence.staff_id))
    found = found.where(col(StaffMember.left_at).is_(None), col(Absence.starts) < after, col(Absence.ends) > begins)
    if own is not None:
        found = found.where(col(Absence.staff_id) == own)
    rows = (await unit.session.execute(found.order_by(col(Absence.starts), col(Absence.id)))).scalars().all()
    dates = [first + number * ONE_DAY for number in range(days)]
    return Gaps({day: gone_on(day, rows, zone) for day in dates}, await _closed(unit, dates[0], dates[-1]))


def gone_on(day: dt.date, absences: Sequence[Absence], zone: str) -> tuple[Gone, ...]:
    """Who of these is away on a local date, and for which part of it."""
    begins, after = bounds(day, zone)
    return tuple(
        Gone(one.staff_id, one.starts if one.starts > begins else None, one.ends if one.ends < after else None)
        for one in absences
        if one.starts < after and one.ends > begins
    )


async def _closed(unit: Unit, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    statement = select(ClosedDay).where(col(ClosedDay.day) >= first, col(ClosedDay.day) <= last)
    return {row.day: row.why for row in (await unit.session.execute(statement)).scalars()}
