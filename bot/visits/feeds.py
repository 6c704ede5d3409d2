"""Calendars by their secret addresses. Whoever has a wrong one learns nothing from the answer, nor from its time."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, Resident, StaffMember, Visit
from bot.visits import calendars
from bot.visits.booking import BOOKED, CANCELLED
from handlers.catalogue import Texts
from knowledge.place import Place
from knowledge.visits.names import parse_reference

SHOWN = (BOOKED, CANCELLED, "done", "not_in", "refused")
"""What somebody once was promised; a time that is only held or offered is in no calendar."""
BACK = dt.timedelta(days=30)
"""How long visits stay in the calendar of the team."""
MOST_DIGITS = 18
"""Of a number that both databases can look up."""


async def resident_calendar(unit: Unit, reference: str, token: str, texts: Texts, place: Place) -> str | None:
    """The calendar file of one visit; None for a wrong address, and once the visit's details are erased."""
    visit = await _visit(unit, reference) if parse_reference(reference) == reference else None
    opens = _same(token, calendars.visit_token(unit.vault, visit.uid if visit else ""))
    return calendars.calendar_file_of(visit, texts, place, unit.now) if visit and opens else None


async def staff_calendar(unit: Unit, staff_id: str, token: str, texts: Texts, place: Place) -> str | None:
    """The visits of one of the team, from 30 days back; None for a wrong address, and for who has left.

    `staff_id` is as it stands in the address.
    """
    number = int(staff_id) if _is_number(staff_id) else 0
    if not _same(token, calendars.staff_token(unit.vault, number)) or not await _is_here(unit, number):
        return None
    return calendars.staff_feed(await _visits_of(unit, number), texts, place, unit.now)


def _is_number(text: str) -> bool:
    """As `staff_feed_path` writes it: one address for one person."""
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS and not text.startswith("0")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


async def _visit(unit: Unit, reference: str) -> Visit | None:
    statement = (
        select(Visit)
        .where(col(Visit.reference) == reference, col(Visit.state).in_(SHOWN))
        .where(col(Visit.resident_id).is_not(None))  # erasing takes the resident away and leaves a bare row
    )
    return (await unit.session.execute(statement)).scalars().first()


async def _is_here(unit: Unit, staff_id: int) -> bool:
    statement = select(col(StaffMember.id)).where(col(StaffMember.id) == staff_id, col(StaffMember.left_at).is_(None))
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def _visits_of(unit: Unit, staff_id: int) -> Sequence[tuple[Visit, str]]:
    """Those whose time is theirs, with the outward postcode; it is empty once it is erased."""
    theirs = select(col(Occupied.visit_id)).where(col(Occupied.staff_id) == staff_id)
    statement = (
        select(Visit, col(Resident.outward))
        .join(Resident, col(Resident.id) == col(Visit.resident_id), isouter=True)
        .where(col(Visit.id).in_(theirs), col(Visit.state).in_(SHOWN), col(Visit.starts) >= unit.now - BACK)
        .order_by(col(Visit.starts), col(Visit.id))
    )
    return [(visit, outward or "") for visit, outward in (await unit.session.execute(statement)).all()]
