"""Quarters of an hour of visitors. Whoever has the rows has the time: nothing else decides who comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.unit import Unit
from bot.store.visit_tables import Absence, Occupied


class NotFree(Exception):
    """Somebody else has a cell; raised to leave a savepoint, and never further."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What a visit needs: the same cells of each of its visitors."""

    visitors: tuple[int, ...]
    starts: tuple[dt.datetime, ...]


async def take(unit: Unit, cells: Cells, visit_id: int, hold_until: dt.datetime | None) -> None:
    """All of the cells, or none. A hold that has run out is taken over. Raises NotFree; call it in a savepoint."""
    rows = [
        {"staff_id": visitor, "cell": start, "visit_id": visit_id, "absence_id": None, "hold_until": hold_until}
        for visitor in sorted(cells.visitors)
        for start in cells.starts
    ]
    fresh = upsert(unit, Occupied).values(rows)
    statement = fresh.on_conflict_do_update(
        index_elements=["staff_id", "cell"],
        set_={"visit_id": fresh.excluded.visit_id, "hold_until": fresh.excluded.hold_until},
        where=col(Occupied.hold_until) < unit.now,
    ).returning(col(Occupied.cell))
    if len((await unit.session.execute(statement)).all()) < len(rows):
        raise NotFree


async def busy(unit: Unit, cells: Cells, visit_id: int) -> set[int]:
    """Which of the visitors somebody else has at one of the cells. Only a look: who gets them, `take` decides."""
    statement = (
        select(col(Occupied.staff_id))
        .where(col(Occupied.staff_id).in_(cells.visitors), col(Occupied.cell).in_(cells.starts))
        .where(or_(col(Occupied.visit_id).is_(None), col(Occupied.visit_id) != visit_id))
        .where(or_(col(Occupied.hold_until).is_(None), col(Occupied.hold_until) >= unit.now))
        .distinct()
    )
    return set((await unit.session.execute(statement)).scalars())


async def keep(unit: Unit, visit_id: int) -> int:
    """Make what a visit holds its own for good; how many cells that are."""
    statement = (
        update(Occupied).where(col(Occupied.visit_id) == visit_id).values(hold_until=None).returning(col(Occupied.cell))
    )
    return len((await unit.session.execute(statement)).all())


async def free(unit: Unit, visit_id: int) -> None:
    """Give back all that a visit has; what lies in an absence that had to leave it alone goes to the absence."""
    mine = delete(Occupied).where(col(Occupied.visit_id) == visit_id)
    statement = mine.returning(col(Occupied.staff_id), col(Occupied.cell))
    given = [(visitor, cell) for visitor, cell in (await unit.session.execute(statement)).all()]
    for absence in await _absences(unit, given):
        starts = [at for visitor, at in given if visitor == absence.staff_id and absence.starts <= at < absence.ends]
        await _block_free(unit, absence.staff_id, starts, absence.id)


async def _absences(unit: Unit, given: Sequence[tuple[int, dt.datetime]]) -> Sequence[Absence]:
    if not given:
        return ()
    cells = [cell for _, cell in given]
    statement = (
        select(Absence)
        .where(col(Absence.staff_id).in_({visitor for visitor, _ in given}))
        .where(col(Absence.starts) <= max(cells), col(Absence.ends) > min(cells))
    )
    return (await unit.session.execute(statement)).scalars().all()


async def block(unit: Unit, visitor: int, starts: Iterable[dt.datetime], absence_id: int) -> Sequence[int]:
    """Take what is free of an absence; visits that stand in its way keep their time, and their numbers come back."""
    cells = list(starts)
    await _block_free(unit, visitor, cells, absence_id)
    statement = (
        select(col(Occupied.visit_id))
        .where(col(Occupied.staff_id) == visitor, col(Occupied.cell).in_(cells), col(Occupied.visit_id).is_not(None))
        .distinct()
    )
    return sorted(found for found in (await unit.session.execute(statement)).scalars() if found is not None)


async def _block_free(unit: Unit, visitor: int, starts: Sequence[dt.datetime], absence_id: int) -> None:
    """Cells that nobody has, or only a hold that has run out."""
    blocked = {"staff_id": visitor, "absence_id": absence_id, "visit_id": None, "hold_until": None}
    if starts:
        statement = upsert(unit, Occupied).values([{**blocked, "cell": at} for at in starts])
        statement = statement.on_conflict_do_update(
            index_elements=["staff_id", "cell"],
            set_={"visit_id": None, "absence_id": absence_id, "hold_until": None},
            where=col(Occupied.hold_until) < unit.now,
        )
        await unit.session.execute(statement)
