"""Visits that stand in the way of an absence, a closed day or somebody's leaving. Nothing evicts them: people do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, Visit
from knowledge.visits.slots import DAY, instant

STANDING = ("booked", "held", "offered")
"""States of a visit that has a time. The last two are not sure yet: somebody is still filling in a form."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A visit that somebody has to look after. Times are in UTC."""

    visit_id: int
    reference: str
    starts: dt.datetime
    ends: dt.datetime
    state: str


async def of_visits(unit: Unit, visit_ids: Iterable[int]) -> tuple[Conflict, ...]:
    """Those of some visits that still have a time to come, in order."""
    return await _found(unit, _standing(unit).where(col(Visit.id).in_(list(visit_ids))))


async def of_visitor(unit: Unit, staff_id: int) -> tuple[Conflict, ...]:
    """All visits still to come that somebody goes to."""
    own = select(col(Occupied.visit_id)).where(col(Occupied.staff_id) == staff_id, col(Occupied.visit_id).is_not(None))
    return await _found(unit, _standing(unit).where(col(Visit.id).in_(own)))


async def of_day(unit: Unit, day: dt.date, zone: str) -> tuple[Conflict, ...]:
    """All visits still to come on a local date."""
    first, after = bounds(day, zone)
    return await _found(unit, _standing(unit).where(col(Visit.starts) >= first, col(Visit.starts) < after))


def bounds(day: dt.date, zone: str, days: int = 1) -> tuple[dt.datetime, dt.datetime]:
    """The first moment, in UTC, of a local date, and of the date so many days later."""
    local = ZoneInfo(zone)
    return instant(day, dt.time(), local), instant(day + days * DAY, dt.time(), local)


def _standing(unit: Unit) -> Select[Visit]:
    return select(Visit).where(col(Visit.state).in_(STANDING), col(Visit.ends) > unit.now)


async def _found(unit: Unit, statement: Select[Visit]) -> tuple[Conflict, ...]:
    found = (await unit.session.execute(statement.order_by(col(Visit.starts), col(Visit.id)))).scalars()
    return tuple(Conflict(visit.id, visit.reference, visit.starts, visit.ends, visit.state) for visit in found)
