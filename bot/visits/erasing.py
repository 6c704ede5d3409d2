"""A visit's personal details go by a timer, or at once for somebody who asks. What stays is a bare row to count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Resident, Visit, VisitFeedback, VisitTask, WaitingPlace
from bot.visits import booking
from knowledge.visits.questions import End, Visits

AT_ONCE = 200
"""Visits that one call erases: the next call takes the next ones."""
PERSONAL = ("chat_id", "resident_id", "household", "answers", "needs", "doorstep_word", "notes")
"""The columns of a visit that are emptied."""
KEPT_FOR_SOMEBODY = ("held", "offered")


async def set_timer(unit: Unit, visit_id: int, end: End, visits: Visits) -> None:
    """From now, a visit that has ended this way keeps its details for the days that the place says."""
    erase_at = _erase_at(unit, visits, end)
    await unit.session.execute(update(Visit).where(col(Visit.id) == visit_id).values(erase_at=erase_at))


async def start_timers(unit: Unit, visits: Visits) -> int:
    """Every visit that is over gets its timer, also where nobody said how it ended; how many had none."""
    started = 0
    for end in visits.erase_after_days:
        statement = (
            update(Visit)
            .where(col(Visit.erase_at).is_(None), _over(unit, end))
            .values(erase_at=_erase_at(unit, visits, end))
            .returning(col(Visit.id))
        )
        started += len((await unit.session.execute(statement)).all())
    return started


async def erase_due(unit: Unit) -> int:
    """Empty the visits whose timer has run out, whatever state they ended in; how many there were."""
    to_come = and_(col(Visit.state) == booking.BOOKED, col(Visit.ends) > unit.now)
    statement = (
        select(col(Visit.id))
        .where(col(Visit.erase_at) <= unit.now, ~to_come, personal())
        .order_by(col(Visit.erase_at))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    due = list((await unit.session.execute(statement)).scalars())
    await _erase(unit, due)
    return len(due)


async def forget(unit: Unit, chat_id: int) -> int:
    """Somebody wants to be forgotten: nobody will knock, nothing of them is left. How many visits were cancelled."""
    coming = await forget_visits(unit, col(Visit.chat_id) == chat_id)
    await unit.session.execute(delete(Resident).where(col(Resident.chat_id) == chat_id))
    return coming


async def forget_visits(unit: Unit, which: ColumnElement[bool]) -> int:
    """Empty these visits, whatever their state; those to come are cancelled. How many that were."""
    statement = select(Visit).where(which).with_for_update()
    own = (await unit.session.execute(statement.execution_options(populate_existing=True))).scalars().all()
    kept = [visit.id for visit in own if visit.state in KEPT_FOR_SOMEBODY]
    coming = [visit.id for visit in own if visit.state == booking.BOOKED and visit.ends > unit.now]
    for visit_id in kept:
        await booking.release(unit, visit_id)
    for visit_id in coming:
        await booking.cancel(unit, visit_id)
    await _erase(unit, [visit.id for visit in own])
    return len(coming)


def personal() -> ColumnElement[bool]:
    """Is anything personal left in a visit's row?"""
    columns: Sequence[Any] = [getattr(Visit, name) for name in PERSONAL]
    return or_(*(column.is_not(None) for column in columns))


def _erase_at(unit: Unit, visits: Visits, end: End) -> dt.datetime:
    return unit.now + dt.timedelta(days=visits.erase_after_days[end])


def _over(unit: Unit, end: End) -> ColumnElement[bool]:
    """Ended this way. A visit that is past and has no outcome counts as done, which is kept longest."""
    ended = col(Visit.state) == end
    return or_(ended, and_(col(Visit.state) == booking.BOOKED, col(Visit.ends) < unit.now)) if end == "done" else ended


async def _erase(unit: Unit, visit_ids: Sequence[int]) -> None:
    these = col(Visit.id).in_(visit_ids)
    whose = select(col(Visit.resident_id)).where(these, col(Visit.resident_id).is_not(None))
    residents = list((await unit.session.execute(whose)).scalars())
    await unit.session.execute(delete(VisitTask).where(col(VisitTask.visit_id).in_(visit_ids)))
    await unit.session.execute(delete(WaitingPlace).where(col(WaitingPlace.visit_id).in_(visit_ids)))
    said = col(VisitFeedback.visit_id).in_(visit_ids)
    await unit.session.execute(update(VisitFeedback).where(said).values(words=None))
    await unit.session.execute(update(Visit).where(these).values(dict.fromkeys(PERSONAL)))
    # somebody who is visited again stays until the timer of their last visit
    visited_again = exists().where(col(Visit.resident_id) == col(Resident.id))
    await unit.session.execute(delete(Resident).where(col(Resident.id).in_(residents), ~visited_again))
