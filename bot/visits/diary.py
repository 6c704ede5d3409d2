"""The team's diary: who works when, who is taken, which days are closed, and the times that may be offered from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import ClosedDay, Occupied, RotaPattern, StaffMember
from bot.visits.booking import Rules
from knowledge.visits.questions import Visits
from knowledge.visits.slots import CELL, Busy, Pattern, Slot, Terms, free_slots


def rules_of(visits: Visits) -> Rules:
    """What a place's visits.yaml says about booking."""
    return Rules(
        visitors=visits.visitors,
        buffer=dt.timedelta(minutes=visits.buffer_minutes),
        hold=dt.timedelta(minutes=visits.hold_minutes),
        most_moves=visits.most_moves,
    )


def terms_of(visits: Visits, zone: str) -> Terms:
    """What a place's visits.yaml says about times."""
    return Terms(
        minutes=visits.minutes,
        buffer_minutes=visits.buffer_minutes,
        notice=dt.timedelta(hours=visits.notice_hours),
        window_days=visits.window_days,
        visitors_needed=visits.visitors,
        zone=zone,
    )


async def anybody_works(unit: Unit) -> bool:
    """Does anybody who has not left have working hours?"""
    statement = (
        select(col(RotaPattern.id))
        .join(StaffMember, col(StaffMember.id) == col(RotaPattern.staff_id))
        .where(col(StaffMember.left_at).is_(None))
        .limit(1)
    )
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def offer(
    unit: Unit, terms: Terms, holidays: Iterable[dt.date] = (), *, by_staff: bool = False, moving: int | None = None
) -> tuple[Slot, ...]:
    """All times that are free at this moment, in order; what the visit `moving` has counts as free. Claiming one is
    another matter: booking.hold."""
    closed = {*holidays, *await _closed(unit)}
    return free_slots(await _patterns(unit), await _busy(unit, moving), closed, terms, unit.now, for_staff=by_staff)


async def _patterns(unit: Unit) -> list[Pattern]:
    statement = (
        select(RotaPattern)
        .join(StaffMember, col(StaffMember.id) == col(RotaPattern.staff_id))
        .where(col(StaffMember.left_at).is_(None))
        .order_by(col(RotaPattern.id))
    )
    found = (await unit.session.execute(statement)).scalars()
    return [Pattern(row.staff_id, row.weekday, row.begins, row.ends, row.first, row.last) for row in found]


async def _busy(unit: Unit, moving: int | None) -> list[Busy]:
    """One span for each visit or absence of a visitor; a hold that has run out is none."""
    statement = (
        select(col(Occupied.staff_id), func.min(col(Occupied.cell)), func.max(col(Occupied.cell)))
        .where(col(Occupied.cell) >= unit.now - dt.timedelta(days=7))  # this week counts for whose turn it is
        .where(or_(col(Occupied.hold_until).is_(None), col(Occupied.hold_until) >= unit.now))
        .group_by(col(Occupied.staff_id), col(Occupied.visit_id), col(Occupied.absence_id))
    )
    if moving is not None:
        statement = statement.where(or_(col(Occupied.visit_id).is_(None), col(Occupied.visit_id) != moving))
    rows = (await unit.session.execute(statement)).all()
    return [Busy(visitor, first, last + CELL) for visitor, first, last in rows]


async def _closed(unit: Unit) -> set[dt.date]:
    return set((await unit.session.execute(select(col(ClosedDay.day)))).scalars())
