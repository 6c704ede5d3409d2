"""What is done to one visit by the team. Every function is one step of an open transaction; False: nothing was done.

Who may do it is not asked here: see office.py.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Referral, Visit, VisitTask
from bot.visits import booking, erasing, tasks, waiting
from bot.visits.booking import BOOKED, CANCELLED
from handlers.office import Ended
from knowledge.visits.questions import Visits

NOTES = "visit.notes"
MENDABLE = dt.timedelta(days=1)
MOST_NOTES = 8000
"""Characters on one visit."""
BEFORE = (*tasks.REMINDERS, tasks.EARLIER, tasks.ON_THE_WAY)
ENDED = ("done", "not_in", "refused")
SHOWN = (BOOKED, *ENDED, CANCELLED)
"""States of a visit that the team sees: not what somebody is still filling in, and not what came to nothing."""


async def end(unit: Unit, visit_id: int, ended: Ended, visits: Visits) -> bool:
    """What came of a booked visit that has begun, or, within a day, something else after all: thumbs slip. What was
    still to be said about it is dropped, but for the question afterwards where the visit was done."""
    slip = and_(col(Visit.state).in_(ENDED), col(Visit.state) != ended, col(Visit.ended_at) > unit.now - MENDABLE)
    statement = (
        update(Visit)
        .where(col(Visit.id) == visit_id, or_(col(Visit.state) == BOOKED, slip), col(Visit.starts) <= unit.now)
        .values(state=ended, ended_at=unit.now)
        .returning(col(Visit.id))
    )
    if (await unit.session.execute(statement)).scalar_one_or_none() is None:
        return False
    await waiting.wait(unit, visit_id, False)
    await tasks.drop(unit, visit_id, BEFORE if ended == "done" else tasks.UNANSWERED)
    await erasing.set_timer(unit, visit_id, ended, visits)
    return True


async def cancel(unit: Unit, visit_id: int, visits: Visits) -> bool:
    """A booked visit that is not over is off; its time is free again."""
    visit = await unit.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None or visit.ends <= unit.now or not await booking.cancel(unit, visit_id):
        return False
    await waiting.wait(unit, visit_id, False)
    await tasks.drop(unit, visit_id)
    await erasing.set_timer(unit, visit_id, "cancelled", visits)
    return True


async def follow_up(unit: Unit, visit_id: int, wanted: bool) -> bool:
    """Somebody should come or call again, or need not any more."""
    return await _set(unit, visit_id, follow_up=wanted)


async def safeguard(unit: Unit, visit_id: int, flagged: bool) -> bool:
    """Raise or lower the safeguarding flag."""
    return await _set(unit, visit_id, safeguarding=flagged)


async def note(unit: Unit, visit_id: int, text: str, by: str, zone: str) -> bool:
    """Add a note with its local date and who wrote it. False too for an empty one, and where there is no more room."""
    visit = await _kept(unit, visit_id)
    if visit is None or not text.strip():
        return False
    before = unit.vault.open(NOTES, visit.notes) if visit.notes else ""
    head = f"{unit.now.astimezone(ZoneInfo(zone)):%d %b %Y %H:%M}, {by}"
    written = f"{before}\n{head}: {text.strip()}".strip()
    return len(written) <= MOST_NOTES and await _set(unit, visit_id, notes=unit.vault.seal(NOTES, written))


async def refer(unit: Unit, visit_id: int, organisation: str, staff_id: int | None) -> bool:
    """Note that the resident was put in touch with an organisation. Only with their consent; twice is once."""
    visit = await _kept(unit, visit_id)
    if visit is None or "partners" not in visit.consents.split(","):
        return False
    if organisation not in await referrals(unit, visit_id):
        unit.session.add(Referral(visit_id=visit_id, organisation=organisation, staff_id=staff_id, at=unit.now))
        await unit.session.flush()
    return True


async def referrals(unit: Unit, visit_id: int) -> tuple[str, ...]:
    """The organisations that a visit's resident was put in touch with, in order."""
    statement = select(col(Referral.organisation)).where(col(Referral.visit_id) == visit_id).order_by(col(Referral.id))
    return tuple((await unit.session.execute(statement)).scalars())


async def rung(unit: Unit, task_id: int) -> bool:
    """A call on the ring list was made."""
    statement = (
        update(VisitTask)
        .where(col(VisitTask.id) == task_id, col(VisitTask.state) == "ring")
        .values(state="rung", done_at=unit.now)
        .returning(col(VisitTask.id))
    )
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


def _still_kept(unit: Unit) -> ColumnElement[bool]:
    """What is written on a visit after its details were erased would never be erased itself."""
    no_timer_yet = and_(col(Visit.state) == BOOKED, col(Visit.erase_at).is_(None))
    return or_(no_timer_yet, and_(col(Visit.state).in_(SHOWN), col(Visit.erase_at) > unit.now))


async def _kept(unit: Unit, visit_id: int) -> Visit | None:
    statement = select(Visit).where(col(Visit.id) == visit_id, _still_kept(unit)).with_for_update()
    found = await unit.session.execute(statement.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def _set(unit: Unit, visit_id: int, **values: object) -> bool:
    statement = update(Visit).where(col(Visit.id) == visit_id, _still_kept(unit)).values(**values)
    return (await unit.session.execute(statement.returning(col(Visit.id)))).scalar_one_or_none() is not None
