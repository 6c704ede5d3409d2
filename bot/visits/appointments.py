"""A visit as its own resident sees it, read from the tables."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, Resident, StaffMember, Visit, WaitingPlace
from bot.visits.calendars import calendar_file_of, calendar_path
from bot.visits.details import opened
from handlers.catalogue import Texts
from handlers.ports import Appointment, Visitor
from knowledge.library import Library


async def appointment_of(unit: Unit, visit: Visit, library: Library, texts: Texts) -> Appointment:
    """A visit that is booked, or ended, in; what its resident may know out. Raises KeyMissing."""
    resident = await unit.session.get(Resident, visit.resident_id) if visit.resident_id else None
    details = opened(unit, visit, resident)
    most_moves = library.visits.most_moves if library.visits else 0
    return Appointment(
        id=visit.id,
        reference=visit.reference,
        state=visit.state,
        starts=visit.starts,
        ends=visit.ends,
        postcode=details.postcode,
        address=details.address,
        word=details.word,
        visitors=await visitors_of(unit, visit.id, texts),
        moves_left=max(0, most_moves - visit.moves),
        waiting=await _waits(unit, visit.id),
        calendar_path=calendar_path(unit.vault, visit),
        calendar=calendar_file_of(visit, texts, library.place, unit.now),
    )


async def visitors_of(unit: Unit, visit_id: int, texts: Texts) -> tuple[Visitor, ...]:
    """Who will knock: first name and role of each of the team who has the time, where a name is known."""
    theirs = select(col(Occupied.staff_id)).where(col(Occupied.visit_id) == visit_id)
    statement = select(StaffMember).where(col(StaffMember.id).in_(theirs)).order_by(col(StaffMember.id))
    team = (await unit.session.execute(statement)).scalars()
    return tuple(_visitor(unit, member, texts) for member in team if member.name)


def _visitor(unit: Unit, member: StaffMember, texts: Texts) -> Visitor:
    names = unit.vault.open("staff_member.name", member.name or b"").split()
    role = f"visit.role.{member.agency or member.role}"
    return Visitor(name=names[0] if names else "", role=texts.say(role) if texts.has_english(role) else member.role)


async def _waits(unit: Unit, visit_id: int) -> bool:
    statement = select(col(WaitingPlace.id)).where(col(WaitingPlace.visit_id) == visit_id)
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None
