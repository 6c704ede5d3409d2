"""Copies of home visits, and who of the team has looked at them, for the person they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlmodel import col

from bot.store.person import Person
from bot.store.staff_tables import AuditRecord
from bot.store.tables import Handover
from bot.store.unit import Unit
from bot.store.visit_tables import Referral, Resident, StaffMember, Visit, VisitFeedback, VisitTask, WaitingPlace
from bot.visits import details
from bot.visits.after import COLUMN as WORDS_AFTER
from knowledge.library import Library
from knowledge.visits.questions import Visits

NOTES = "visit.notes"
MOST_SEEN = 500
"""Records that one copy lists."""


@dataclass(frozen=True, slots=True)
class VisitCopies:
    """Copies of visits; `for_team` adds what the team noted for itself."""

    unit: Unit
    zone: ZoneInfo
    library: Library
    for_team: bool

    async def all_of(self, person: Person) -> list[dict[str, Any]]:
        """Every visit of a person, the oldest first."""
        statement = (
            select(Visit, Resident)
            .outerjoin(Resident, col(Resident.id) == col(Visit.resident_id))
            .where(col(Visit.id).in_(person.visits))
            .order_by(col(Visit.id))
        )
        return [await self._one(visit, who) for visit, who in (await self.unit.session.execute(statement)).all()]

    async def _one(self, visit: Visit, resident: Resident | None) -> dict[str, Any]:
        return {
            **self._visit(visit),
            **self._told(visit, resident),
            **(self._noted(visit) if self.for_team else {}),
            **await self._around(visit.id),
        }

    def _visit(self, visit: Visit) -> dict[str, Any]:
        return {
            "reference": visit.reference,
            "state": visit.state,
            "starts": self._at(visit.starts),
            "ends": self._at(visit.ends),
            "booked_by": visit.source,
            "booked": self._at(visit.created_at),
            "ended": self._at(visit.ended_at),
            "reminder": visit.remind_by,
            "agreed_to": _listed(visit.consents),
            "details_erased": self._at(visit.erase_at),
        }

    def _told(self, visit: Visit, resident: Resident | None) -> dict[str, Any]:
        told, visits = details.opened(self.unit, visit, resident), self.library.visits
        return {
            "name": told.name,
            "phone": told.phone,
            "address": told.address,
            "postcode": told.postcode,
            "area": resident.area if resident else "",
            "get_in_touch": told.reach,
            "safely": told.safe,
            "needs": told.needs,
            "word_at_the_door": told.word,
            "booked_for_somebody_else": told.for_other,
            "reasons": _reasons(visit, visits),
            "home": _home(told, visits),
        }

    def _noted(self, visit: Visit) -> dict[str, Any]:
        return {
            "notes_of_the_team": self.unit.vault.open(NOTES, visit.notes) if visit.notes else None,
            "safeguarding": visit.safeguarding,
            "follow_up": visit.follow_up,
            "priority": visit.priority,
            "points": visit.points,
        }

    async def _around(self, visit_id: int) -> dict[str, Any]:
        tasks = await self._rows(VisitTask, visit_id)
        places = await self._rows(WaitingPlace, visit_id)
        return {
            "reminders_and_calls": [
                {"kind": row.kind, "due": self._at(row.due_at), "state": row.state} for row in tasks
            ],
            "waits_for_an_earlier_time_since": next((self._at(row.since) for row in places), None),
            "what_you_said_afterwards": [self._feedback(row) for row in await self._rows(VisitFeedback, visit_id)],
            "put_in_touch_with": [
                {"organisation": row.organisation, "at": self._at(row.at)}
                for row in await self._rows(Referral, visit_id)
            ],
        }

    def _feedback(self, row: VisitFeedback) -> dict[str, Any]:
        words = self.unit.vault.open(WORDS_AFTER, row.words) if row.words else None
        said = {"came": row.came, "safer": row.safer, "kind": row.kind, "instead": row.instead, "words": words}
        return {"at": self._at(row.at), **said}

    async def _rows(self, table: type[Any], visit_id: int) -> Sequence[Any]:
        return (await self.unit.session.execute(select(table).where(col(table.visit_id) == visit_id))).scalars().all()

    def _at(self, moment: dt.datetime | None) -> str | None:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}" if moment else None


async def seen_by(unit: Unit, person: Person, zone: ZoneInfo) -> list[dict[str, Any]]:
    """What the team did with their visits and requests, by the audit; colleagues by what they are, not by name."""
    visits = select(col(Visit.reference)).where(col(Visit.id).in_(person.visits))
    tickets = select(col(Handover.id)).where(col(Handover.chat_id).in_(person.chats))
    references = (await unit.session.execute(visits)).scalars().all()
    numbers = (await unit.session.execute(tickets)).scalars().all()
    about = [
        *(col(AuditRecord.about).contains(reference) for reference in references),
        *(col(AuditRecord.about) == f"ticket {number}" for number in numbers),
        *(col(AuditRecord.about).contains(f" chat {number};") for number in person.chats),
    ]
    statement = select(AuditRecord).where(or_(*about)).order_by(col(AuditRecord.id).desc()).limit(MOST_SEEN)
    rows = (await unit.session.execute(statement)).scalars().all() if about else []
    roles = await _roles(unit, {row.staff_id for row in rows if row.staff_id is not None})
    return [
        {"at": f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}", "what": row.action, "who": roles.get(row.staff_id or 0, "")}
        for row in rows
    ]


async def _roles(unit: Unit, numbers: Iterable[int]) -> dict[int, str]:
    rows = (await unit.session.execute(select(StaffMember).where(col(StaffMember.id).in_(list(numbers))))).scalars()
    return {row.id: f"{row.role}, {row.agency}" if row.agency else row.role for row in rows}


def _reasons(visit: Visit, visits: Visits | None) -> list[str]:
    labels = {reason.id: reason.label for reason in visits.reasons} if visits else {}
    return [labels.get(reason, reason) for reason in _listed(visit.reasons)]


def _home(told: details.Details, visits: Visits | None) -> list[str]:
    asked = visits.factors if visits else ()
    return [
        f"{question.question} {answer.label}"
        for question in asked
        for answer in question.answers
        if answer.id in told.answers.get(question.id, ())
    ]


def _listed(column: str) -> list[str]:
    return [each for each in column.split(",") if each]
