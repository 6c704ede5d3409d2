"""Who did what, and who read personal data. The records are one chain: `audit_chain`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from bot.staff import audit_chain
from bot.staff.audit_chain import Deed
from bot.store.staff_tables import AuditRecord
from bot.store.unit import Unit
from bot.store.visit_tables import StaffMember
from bot.visits import team

LONGEST_ABOUT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it is read. `staff_id` is None for what came from the command line."""

    id: int
    at: dt.datetime
    staff_id: int | None
    action: str
    about: str


async def record(unit: Unit, staff_id: int | None, action: str, about: str = "") -> None:
    """Record something, such as `read visit` about `J7M-4Q3`: no personal details in either. The same twice in one
    transaction is recorded once.

    It is written at the end of the transaction: whoever records waits for others who do, so nobody may wait for
    anything else after that.
    """
    deeds = _put_by(unit)
    if (deed := Deed(staff_id, action, about[:LONGEST_ABOUT])) not in deeds:
        deeds.append(deed)


def so_far(unit: Unit) -> int:
    """How much this transaction has to record by now; for `take_back`."""
    return len(_put_by(unit))


def take_back(unit: Unit, before: int) -> None:
    """Record nothing of what came after `so_far` gave this number: it was undone with its savepoint."""
    del _put_by(unit)[before:]


async def entries(
    unit: Unit, staff_id: int | None = None, before: int | None = None, most: int = 50
) -> tuple[Entry, ...]:
    """The newest records first; only those of one person; only those older than the record `before`."""
    statement = select(AuditRecord).order_by(col(AuditRecord.id).desc()).limit(most)
    if staff_id is not None:
        statement = statement.where(col(AuditRecord.staff_id) == staff_id)
    if before is not None:
        statement = statement.where(col(AuditRecord.id) < before)
    rows = (await unit.session.execute(statement)).scalars()
    return tuple(Entry(row.id, row.at, row.staff_id, row.action, row.about) for row in rows)


async def names(unit: Unit, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people, also of those who have left."""
    wanted = {number for number in staff_ids if number is not None}
    rows = (await unit.session.execute(select(StaffMember).where(col(StaffMember.id).in_(wanted)))).scalars()
    return {row.id: team.name_of(unit, row) for row in rows}


async def held(unit: Unit) -> tuple[int, dt.datetime | None]:
    """How many records there are, and when the first of them was made; None where there is none."""
    count, first = (await unit.session.execute(select(func.count(), func.min(col(AuditRecord.at))))).one()
    return count, first


def _put_by(unit: Unit) -> list[Deed]:
    return unit.at_the_end.setdefault(audit_chain.add, [])
