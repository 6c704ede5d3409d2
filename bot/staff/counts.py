"""How much waits for the team at this moment: numbers only, no personal details."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, Visit
from bot.visits.booking import BOOKED
from bot.visits.conflicts import bounds


@dataclass(frozen=True, slots=True)
class Count:
    """So many of a thing. `since` is the moment of the first: when the oldest came in, or when the first visit is."""

    number: int
    since: dt.datetime | None = None


async def visits_today(unit: Unit, zone: str, own: int | None = None) -> Count:
    """The booked visits of the present local day; only those that `own`, a person's number, goes to."""
    first, after = bounds(unit.now.astimezone(ZoneInfo(zone)).date(), zone)
    booked = (col(Visit.state) == BOOKED, col(Visit.starts) >= first, col(Visit.starts) < after)
    statement = select(func.count(), func.min(col(Visit.starts))).where(*booked)
    if own is not None:
        goes = (col(Occupied.visit_id) == col(Visit.id), col(Occupied.staff_id) == own)
        statement = statement.where(exists().where(*goes))
    number, since = (await unit.session.execute(statement)).one()
    return Count(number, since)
