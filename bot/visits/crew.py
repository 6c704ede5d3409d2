"""Who goes to a visit: colleagues for colleagues, in one step or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, StaffMember, Visit
from bot.visits import cells, team
from bot.visits.booking import BOOKED
from bot.visits.cells import Cells, NotFree


async def assign(unit: Unit, visit_id: int, staff_ids: Collection[int]) -> bool:
    """Exactly these go to a booked visit. False, and nothing changed, where one of them is not free or goes to no
    visits, or where they are too few or too many. Working hours do not bind: an office may ask a favour."""
    visit = await _booked(unit, visit_id)
    if visit is None or len(set(staff_ids)) != visit.visitors_needed:
        return False
    have = await cells.of(unit, visit_id)
    fresh = set(staff_ids) - set(have.visitors)
    if not fresh <= (await team.visitors(unit)).keys():
        return False
    return await _exchange(unit, visit_id, set(have.visitors) - set(staff_ids), Cells(tuple(fresh), have.starts))


async def swap(unit: Unit, visit_id: int, out: int, in_: int) -> bool:
    """One visitor of a booked visit for a colleague. False, and nothing changed, where that cannot be."""
    if await _booked(unit, visit_id) is None:
        return False
    have = set((await cells.of(unit, visit_id)).visitors)
    if out not in have or in_ in have:
        return False
    return await assign(unit, visit_id, have - {out} | {in_})


async def goes(unit: Unit, visit_id: int, staff_id: int) -> bool:
    """Is somebody one of a visit's visitors?"""
    statement = select(col(Occupied.cell)).where(col(Occupied.visit_id) == visit_id, col(Occupied.staff_id) == staff_id)
    return (await unit.session.execute(statement.limit(1))).first() is not None


async def visitors_of(unit: Unit, visit_ids: Iterable[int]) -> dict[int, tuple[StaffMember, ...]]:
    """Who goes to each of some visits, by their number."""
    statement = (
        select(col(Occupied.visit_id), StaffMember)
        .join(StaffMember, col(StaffMember.id) == col(Occupied.staff_id))
        .where(col(Occupied.visit_id).in_(list(visit_ids)))
        .order_by(col(StaffMember.id))
    )
    found: dict[int | None, dict[int, StaffMember]] = {}
    for visit_id, member in (await unit.session.execute(statement)).all():
        found.setdefault(visit_id, {})[member.id] = member
    return {visit_id: tuple(members.values()) for visit_id, members in found.items() if visit_id is not None}


async def _booked(unit: Unit, visit_id: int) -> Visit | None:
    visit = await unit.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    return visit if visit is not None and visit.state == BOOKED else None


async def _exchange(unit: Unit, visit_id: int, gone: Collection[int], wanted: Cells) -> bool:
    if wanted.visitors and not await _all_free(unit, visit_id, wanted):
        return False
    try:
        async with unit.session.begin_nested():
            if wanted.visitors:
                await cells.take(unit, wanted, visit_id, None)
            await cells.free(unit, visit_id, gone)
    except NotFree:
        return False
    return True


async def _all_free(unit: Unit, visit_id: int, wanted: Cells) -> bool:
    """A hold that has run out is anybody's, unless its visitor is away by now: only a look tells that."""
    found = await cells.look(unit, wanted)
    return len(found.able(wanted.visitors, visit_id)) == len(wanted.visitors)
