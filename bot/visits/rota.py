"""Working hours, absences and closed days. What they cut off is told and never evicted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.unit import Unit
from bot.store.visit_tables import Absence, ClosedDay, RotaPattern
from bot.visits import cells, conflicts, team
from bot.visits.conflicts import Conflict
from knowledge.visits.slots import cells_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_ABSENCE = dt.timedelta(days=366)
CELLS_AT_ONCE = 1000
"""Databases limit how much one statement may hold."""

Fault = Literal["nobody", "no-visits", "ends-first", "last-first", "too-long"]


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly working hours on the wall clock; Monday is 0. `first` and `last` are days of work too."""

    weekday: int
    begins: dt.time
    ends: dt.time
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def fault(self) -> Fault | None:
        """Why nobody can work like that."""
        if self.ends <= self.begins:
            return "ends-first"
        return "last-first" if self.first and self.last and self.last < self.first else None

    def holds(self, starts: dt.datetime, ends: dt.datetime) -> bool:
        """Is a local time wholly within these hours?"""
        day = starts.date()
        in_dates = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        same_day = in_dates and day.weekday() == self.weekday and ends.date() == day
        return same_day and self.begins <= starts.time() and ends.time() <= self.ends


@dataclass(frozen=True, slots=True)
class Pattern:
    """Somebody's hours, as they are kept."""

    id: int
    staff_id: int
    hours: Hours


@dataclass(frozen=True, slots=True)
class Away:
    """An absence, in UTC, and the visits that it leaves without this visitor."""

    id: int
    staff_id: int
    starts: dt.datetime
    ends: dt.datetime
    why: str = ""
    conflicts: tuple[Conflict, ...] = ()


async def add(unit: Unit, staff_id: int, hours: Hours) -> Pattern | Fault:
    """Somebody works these hours every week from now on, or why they cannot."""
    if (fault := hours.fault or await _may_not_visit(unit, staff_id)) is not None:
        return fault
    row = RotaPattern(
        staff_id=staff_id, weekday=hours.weekday, begins=hours.begins, ends=hours.ends, first=hours.first,
        last=hours.last,
    )  # fmt: skip
    unit.session.add(row)
    await unit.session.flush()
    return _pattern(row)


async def patterns(unit: Unit) -> tuple[Pattern, ...]:
    """The hours of all who have not left, by person, day and hour."""
    here = {one.id for one in await team.everybody(unit)}
    order = (col(RotaPattern.staff_id), col(RotaPattern.weekday), col(RotaPattern.begins), col(RotaPattern.id))
    found = (await unit.session.execute(select(RotaPattern).order_by(*order))).scalars()
    return tuple(_pattern(row) for row in found if row.staff_id in here)


async def remove(unit: Unit, pattern_id: int) -> Pattern | None:
    """Hours that somebody works no more; visits booked in them stay. None where there were none such."""
    row = await unit.session.get(RotaPattern, pattern_id)
    if row is None:
        return None
    await unit.session.execute(delete(RotaPattern).where(col(RotaPattern.id) == pattern_id))
    return _pattern(row)


async def outside(unit: Unit, staff_id: int, zone: str) -> tuple[Conflict, ...]:
    """The visits to come of somebody that none of their working hours holds."""
    mine = [pattern.hours for pattern in await patterns(unit) if pattern.staff_id == staff_id]
    local = ZoneInfo(zone)
    return tuple(
        one
        for one in await conflicts.of_visitor(unit, staff_id)
        if not any(hours.holds(one.starts.astimezone(local), one.ends.astimezone(local)) for hours in mine)
    )


async def be_away(unit: Unit, staff_id: int, starts: dt.datetime, ends: dt.datetime, why: str = "") -> Away | Fault:
    """Somebody cannot come from `starts` to `ends`. Visits that stand in its way are named and keep their time."""
    if (fault := _fault_of_span(starts, ends) or await _may_not_visit(unit, staff_id)) is not None:
        return fault
    absence = Absence(staff_id=staff_id, starts=starts, ends=ends, why=why)
    unit.session.add(absence)
    await unit.session.flush()
    in_the_way = await _block(unit, absence)
    return _away(absence, await conflicts.of_visits(unit, in_the_way))


async def absences(unit: Unit) -> tuple[Away, ...]:
    """The absences that are not over, the soonest first."""
    coming = select(Absence).where(col(Absence.ends) > unit.now).order_by(col(Absence.starts), col(Absence.id))
    return tuple(_away(row) for row in (await unit.session.execute(coming)).scalars())


async def come_back(unit: Unit, absence_id: int) -> bool:
    """An absence that is none after all. False where there is none such."""
    row = await unit.session.get(Absence, absence_id)
    if row is None:
        return False
    await unit.session.execute(delete(Absence).where(col(Absence.id) == absence_id))
    # Of two absences at one time, the first has the cells: the other gets them now.
    for other in await _others(unit, row):
        await _block(unit, other)
    return True


async def close_day(unit: Unit, day: dt.date, zone: str, why: str = "") -> tuple[Conflict, ...]:
    """No more visits on a local date; those that stand there are named and stay."""
    closed = upsert(unit, ClosedDay).values(day=day, why=why)
    await unit.session.execute(closed.on_conflict_do_update(index_elements=["day"], set_={"why": why}))
    return await conflicts.of_day(unit, day, zone)


async def open_day(unit: Unit, day: dt.date) -> bool:
    """Visits again on a local date. False where it was not closed."""
    statement = delete(ClosedDay).where(col(ClosedDay.day) == day).returning(col(ClosedDay.day))
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def _may_not_visit(unit: Unit, staff_id: int) -> Fault | None:
    if await team.member(unit, staff_id) is None:
        return "nobody"
    return None if staff_id in await team.visitors(unit) else "no-visits"


def _fault_of_span(starts: dt.datetime, ends: dt.datetime) -> Fault | None:
    if ends <= starts:
        return "ends-first"
    return "too-long" if ends - starts > LONGEST_ABSENCE else None


async def _block(unit: Unit, absence: Absence) -> set[int]:
    wanted = cells_of(absence.starts, absence.ends, dt.timedelta())
    in_the_way: set[int] = set()
    for some in _parts(wanted):
        in_the_way.update(await cells.block(unit, absence.staff_id, some, absence.id))
    return in_the_way


def _parts(wanted: Sequence[dt.datetime]) -> Iterable[Sequence[dt.datetime]]:
    return (wanted[at : at + CELLS_AT_ONCE] for at in range(0, len(wanted), CELLS_AT_ONCE))


async def _others(unit: Unit, gone: Absence) -> Sequence[Absence]:
    statement = (
        select(Absence)
        .where(col(Absence.staff_id) == gone.staff_id, col(Absence.id) != gone.id)
        .where(col(Absence.starts) < gone.ends, col(Absence.ends) > gone.starts)
        .order_by(col(Absence.id))
    )
    return (await unit.session.execute(statement)).scalars().all()


def _pattern(row: RotaPattern) -> Pattern:
    return Pattern(row.id, row.staff_id, Hours(row.weekday, row.begins, row.ends, row.first, row.last))


def _away(row: Absence, in_the_way: tuple[Conflict, ...] = ()) -> Away:
    return Away(row.id, row.staff_id, row.starts, row.ends, row.why, in_the_way)
