"""The waiting list as the team reads it: whose visit wants an earlier time, and what is kept for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Visit, WaitingPlace
from bot.visits.booking import BOOKED


@dataclass(frozen=True, slots=True)
class Waits:
    """A visit that wants an earlier time. `offered` is the time kept for it until `until`. All in UTC."""

    visit_id: int
    reference: str
    starts: dt.datetime
    priority: str
    since: dt.datetime
    offered: dt.datetime | None = None
    until: dt.datetime | None = None


async def places(unit: Unit) -> tuple[Waits, ...]:
    """Who is asked first stands first: by priority, then by who has waited longest."""
    offer = aliased(Visit)
    order = case((col(Visit.priority) == "high", 0), (col(Visit.priority) == "medium", 1), else_=2)
    statement = (
        select(WaitingPlace, Visit, offer)
        .join(Visit, col(Visit.id) == col(WaitingPlace.visit_id))
        .outerjoin(offer, col(offer.id) == col(WaitingPlace.offer_id))
        .where(col(Visit.state) == BOOKED, col(Visit.starts) > unit.now)
        .order_by(order, col(WaitingPlace.since), col(WaitingPlace.id))
    )
    rows = (await unit.session.execute(statement)).all()
    return tuple(_waits(unit, place, visit, kept) for place, visit, kept in rows)


def _waits(unit: Unit, place: WaitingPlace, visit: Visit, kept: Visit | None) -> Waits:
    stands = kept is not None and place.offer_until is not None and place.offer_until >= unit.now
    offered = kept.starts if kept is not None and stands else None
    until = place.offer_until if stands else None
    return Waits(visit.id, visit.reference, visit.starts, visit.priority, place.since, offered, until)
