"""The visits of one chat, and nobody else's."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits.booking import BOOKED, HELD


async def held(unit: Unit, chat_id: int) -> Visit | None:
    """What a chat holds at this moment, also where the time for it has run out."""
    own = select(Visit).where(col(Visit.chat_id) == chat_id, col(Visit.state) == HELD)
    statement = own.order_by(col(Visit.id)).limit(1).execution_options(populate_existing=True)
    found: Visit | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found


async def newest(unit: Unit, chat_id: int) -> Visit | None:
    """The newest visit of a chat that is booked and not over."""
    own = select(Visit).where(col(Visit.chat_id) == chat_id, col(Visit.state) == BOOKED, col(Visit.ends) > unit.now)
    statement = own.order_by(col(Visit.id).desc()).limit(1).execution_options(populate_existing=True)
    found: Visit | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found


async def find(unit: Unit, chat_id: int, visit_id: int | None, *states: str) -> Visit | None:
    """A visit of this chat in one of these states, as it is now, locked: whoever taps twice comes second."""
    own = select(Visit).where(col(Visit.id) == visit_id, col(Visit.chat_id) == chat_id)
    statement = own.with_for_update().execution_options(populate_existing=True)
    found: Visit | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found if found is not None and found.state in states else None


async def to_come(unit: Unit, chat_id: int, visit_id: int) -> Visit | None:
    """A booked visit of this chat that has not begun, locked."""
    found = await find(unit, chat_id, visit_id, BOOKED)
    return found if found is not None and found.starts > unit.now else None


def runs(unit: Unit, held: Visit) -> bool:
    """Has the time for a hold not run out?"""
    return held.hold_until is not None and held.hold_until >= unit.now
