"""A made-up team with working hours, for tests that book visits."""

from __future__ import annotations

import datetime as dt

from bot.store.unit import Store
from bot.store.visit_tables import RotaPattern, StaffMember

NAMES = (("Asha", "police"), ("Ben", "fire"))
NINE, FIVE = dt.time(9), dt.time(17)
WEEKDAYS = range(5)


async def open_diary(
    store: Store, weekdays: range = WEEKDAYS, begins: dt.time = NINE, ends: dt.time = FIVE
) -> tuple[int, ...]:
    """Two officers who work those hours; their numbers."""
    async with store.write() as unit:
        team = [
            StaffMember(
                name=unit.vault.seal("staff_member.name", name), role="officer", agency=agency, created_at=unit.now
            )
            for name, agency in NAMES
        ]
        unit.session.add_all(team)
        await unit.session.flush()
        unit.session.add_all(
            RotaPattern(staff_id=member.id, weekday=weekday, begins=begins, ends=ends)
            for member in team
            for weekday in weekdays
        )
    return tuple(member.id for member in team)
