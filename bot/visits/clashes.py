"""Booked visits that something is wrong with: a visitor is away or has left, the day is closed, nobody works then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import ClosedDay, Occupied, StaffMember, Visit
from bot.visits import rota
from bot.visits.booking import BOOKED
from bot.visits.rota import Away, Hours
from knowledge.visits.slots import CELL

Why = Literal["away", "left", "closed", "outside"]


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody who goes to a booked visit to come. Times are in UTC; `leaves` and `home` are with the road."""

    visit_id: int
    reference: str
    starts: dt.datetime
    ends: dt.datetime
    staff_id: int
    leaves: dt.datetime
    home: dt.datetime
    left: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """Why somebody has to look after a visit; of a closed day the visitor does not matter, and is None."""

    visit_id: int
    reference: str
    starts: dt.datetime
    why: Why
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A local date without visits, and why."""

    day: dt.date
    why: str = ""


def found(goings: Iterable[Going], away: Sequence[Away], closed: Iterable[Closed], zone: str) -> tuple[Clash, ...]:
    """What stands in the way of visits, each thing once, by time."""
    days, local = {one.day for one in closed}, ZoneInfo(zone)
    clashes = {clash for going in goings for clash in _of(going, away, days, local)}
    return tuple(sorted(clashes, key=lambda one: (one.starts, one.reference, one.why, one.staff_id or 0)))


def outside(goings: Iterable[Going], hours: Mapping[int, Sequence[Hours]], zone: str) -> tuple[Clash, ...]:
    """The visits that none of their visitor's working hours holds: a favour that was asked, or a rota that changed."""
    local = ZoneInfo(zone)
    return tuple(
        _clash(going, "outside")
        for going in goings
        if not any(
            one.holds(going.starts.astimezone(local), going.ends.astimezone(local))
            for one in hours.get(going.staff_id, ())
        )
    )


async def coming(unit: Unit, zone: str, own: int | None = None) -> tuple[Clash, ...]:
    """What is wrong with the visits to come; only with those of `own`, a person's number."""
    going = await goings(unit)
    clashes = found(going, await rota.absences(unit), await closed_days(unit, zone), zone)
    mine = {one.visit_id for one in going if own in (None, one.staff_id)}
    return tuple(one for one in clashes if one.visit_id in mine)


async def goings(unit: Unit) -> tuple[Going, ...]:
    """Who goes to the booked visits that are not over, by time."""
    first, last = func.min(col(Occupied.cell)), func.max(col(Occupied.cell))
    statement = (
        select(Visit, StaffMember, first, last)
        .join(Occupied, col(Occupied.visit_id) == col(Visit.id))
        .join(StaffMember, col(StaffMember.id) == col(Occupied.staff_id))
        .where(col(Visit.state) == BOOKED, col(Visit.ends) > unit.now)
        .group_by(col(Visit.id), col(StaffMember.id))
        .order_by(col(Visit.starts), col(Visit.id), col(StaffMember.id))
    )
    return tuple(
        Going(
            visit.id, visit.reference, visit.starts, visit.ends, member.id, leaves, home + CELL,
            member.left_at is not None,
        )
        for visit, member, leaves, home in (await unit.session.execute(statement)).all()
    )  # fmt: skip


async def closed_days(unit: Unit, zone: str) -> tuple[Closed, ...]:
    """The closed days from today on, the soonest first."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    statement = select(ClosedDay).where(col(ClosedDay.day) >= today).order_by(col(ClosedDay.day))
    return tuple(Closed(row.day, row.why) for row in (await unit.session.execute(statement)).scalars())


def _of(going: Going, away: Sequence[Away], closed: set[dt.date], local: ZoneInfo) -> Iterator[Clash]:
    if going.left:
        yield _clash(going, "left")
    if any(_in_the_way(one, going) for one in away):
        yield _clash(going, "away")
    if going.starts.astimezone(local).date() in closed:
        yield Clash(going.visit_id, going.reference, going.starts, "closed")


def _in_the_way(away: Away, going: Going) -> bool:
    return away.staff_id == going.staff_id and away.starts < going.home and going.leaves < away.ends


def _clash(going: Going, why: Why) -> Clash:
    return Clash(going.visit_id, going.reference, going.starts, why, going.staff_id)
