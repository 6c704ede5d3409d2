"""Visits as the team reads them: one, a day's round, what is coming, and whom to ring. Personal details are opened
here and go nowhere but to whoever asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, Resident, StaffMember, Visit, VisitTask
from bot.visits import acts, crew, details, team
from bot.visits.booking import BOOKED
from bot.visits.conflicts import bounds
from bot.visits.details import Details
from handlers.office import RingTask, StaffVisit
from knowledge.visits.names import parse_reference
from knowledge.visits.questions import Visits

Found = Select[Visit, Resident]
IN_A_RECORD = 20
"""References that one record of the audit has room for."""


async def of_day(
    unit: Unit, day: dt.date, zone: str, visits: Visits, own: int | None = None, days: int = 1
) -> tuple[StaffVisit, ...]:
    """The booked and ended visits of a local date, or of so many from it, by time and then by area; only those of
    `own`, a person's number."""
    first, after = bounds(day, zone, days)
    that_day = (col(Visit.starts) >= first, col(Visit.starts) < after)
    return await _read(unit, _all(own).where(_in((BOOKED, *acts.ENDED)), *that_day), visits)


async def coming(unit: Unit, days: int, zone: str, visits: Visits, own: int | None = None) -> tuple[StaffVisit, ...]:
    """The booked visits from now to the end of so many local days from today, by time and then by area."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    _, after = bounds(today, zone, days + 1)
    not_over = col(Visit.ends) > unit.now
    return await _read(unit, _all(own).where(_in((BOOKED,)), not_over, col(Visit.starts) < after), visits)


async def undecided(unit: Unit, visits: Visits, own: int | None = None) -> tuple[StaffVisit, ...]:
    """Visits that are over, and nobody has said what came of them."""
    return await _read(unit, _all(own).where(_in((BOOKED,)), col(Visit.ends) <= unit.now), visits)


async def one(unit: Unit, which: str | int, visits: Visits, own: int | None = None) -> StaffVisit | None:
    """A visit by its number, or its reference as somebody typed it."""
    named = col(Visit.id) == which if isinstance(which, int) else col(Visit.reference) == parse_reference(which)
    found = await _read(unit, _all(own).where(_in(acts.SHOWN), named), visits)
    return found[0] if found else None


async def ring_list(unit: Unit, own: int | None = None) -> tuple[RingTask, ...]:
    """The calls that are due, oldest first."""
    statement = (
        select(VisitTask, Visit, Resident)
        .join(Visit, col(Visit.id) == col(VisitTask.visit_id))
        .outerjoin(Resident, col(Resident.id) == col(Visit.resident_id))
        .where(col(VisitTask.state) == "ring", col(VisitTask.due_at) <= unit.now)
        .order_by(col(VisitTask.due_at), col(VisitTask.id))
    )
    if own is not None:
        statement = statement.where(col(Visit.id).in_(_visits_of(own)))
    rows = (await unit.session.execute(statement)).all()
    return tuple(_call(unit, task, visit, resident) for task, visit, resident in rows)


async def visit_of_task(unit: Unit, task_id: int) -> int | None:
    """The visit that a call is about."""
    task = await unit.session.get(VisitTask, task_id)
    return None if task is None else task.visit_id


async def reference_of(unit: Unit, visit_id: int) -> str:
    """The reference of a visit that there is."""
    reference: str = (
        await unit.session.execute(select(col(Visit.reference)).where(col(Visit.id) == visit_id))
    ).scalar_one()
    return reference


def references(calls: Iterable[RingTask]) -> Iterator[str]:
    """The references of the visits that calls are about, each once; as many together as one record holds."""
    each = list(dict.fromkeys(call.reference for call in calls))
    return (", ".join(each[at : at + IN_A_RECORD]) for at in range(0, len(each), IN_A_RECORD))


def _all(own: int | None) -> Found:
    statement = select(Visit, Resident).outerjoin(Resident, col(Resident.id) == col(Visit.resident_id))
    return statement if own is None else statement.where(col(Visit.id).in_(_visits_of(own)))


def _visits_of(staff_id: int) -> Select[int | None]:
    return select(col(Occupied.visit_id)).where(col(Occupied.staff_id) == staff_id, col(Occupied.visit_id).is_not(None))


async def _read(unit: Unit, statement: Found, visits: Visits) -> tuple[StaffVisit, ...]:
    rows = (await unit.session.execute(statement.execution_options(populate_existing=True))).all()
    goers = await crew.visitors_of(unit, [visit.id for visit, _ in rows])
    read = (_shown(unit, visit, resident, goers.get(visit.id, ()), visits) for visit, resident in rows)
    return tuple(sorted(read, key=lambda visit: (visit.starts, visit.outward, visit.reference)))


def _shown(
    unit: Unit, visit: Visit, resident: Resident | None, goers: Sequence[StaffMember], visits: Visits
) -> StaffVisit:
    return StaffVisit(
        id=visit.id, reference=visit.reference, state=visit.state, starts=visit.starts, ends=visit.ends,
        outward=resident.outward if resident else "", area=resident.area if resident else "",
        reasons=_reasons(visit, visits), points=visit.points, priority=visit.priority,
        visitors=tuple((member.id, team.name_of(unit, member)) for member in goers),
        notes=unit.vault.open(acts.NOTES, visit.notes) if visit.notes else "",
        follow_up=visit.follow_up, safeguarding=visit.safeguarding,
        consents=tuple(filter(None, visit.consents.split(","))), source=visit.source,
        **_personal(details.opened(unit, visit, resident), visits),
    )  # fmt: skip


def _personal(told: Details, visits: Visits) -> dict[str, Any]:
    return {
        "name": told.name, "phone": told.phone, "address": told.address, "postcode": told.postcode,
        "reach": told.reach or "", "safe": told.safe, "needs": told.needs, "word": told.word,
        "for_other": told.for_other, "why": _risks(told.answers, visits),
    }  # fmt: skip


def _reasons(visit: Visit, visits: Visits) -> tuple[str, ...]:
    labels = {reason.id: reason.label for reason in visits.reasons}
    return tuple(labels.get(reason, reason) for reason in visit.reasons.split(",") if reason)


def _risks(answers: Mapping[str, tuple[str, ...]], visits: Visits) -> tuple[tuple[str, int], ...]:
    """What visits.yaml asks no longer is left out."""
    told = (answer for asked in visits.factors for answer in asked.answers if answer.id in answers.get(asked.id, ()))
    return tuple(sorted(((one.label, one.points) for one in told if one.points), key=lambda risk: -risk[1]))


def _call(unit: Unit, task: VisitTask, visit: Visit, resident: Resident | None) -> RingTask:
    told = details.opened(unit, visit, resident)
    return RingTask(
        id=task.id, visit_id=visit.id, reference=visit.reference, kind=task.kind, due_at=task.due_at,
        starts=visit.starts, name=told.name, phone=told.phone, safe=told.safe,
    )  # fmt: skip


def _in(states: Sequence[str]) -> ColumnElement[bool]:
    return col(Visit.state).in_(states)
