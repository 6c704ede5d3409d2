"""Quarters of an hour of visitors. Whoever has the rows has the time: nothing else decides who comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, null, or_, select, union_all, update
from sqlmodel import SQLModel, col

from bot.store.inbox import upsert
from bot.store.unit import Unit
from bot.store.visit_tables import Absence, Occupied
from knowledge.visits.slots import CELL

# What every booking runs is built once, and of plain tables: to make it each time, or objects of its rows, takes longer
# than the database needs for it.
OCCUPIED, VISIT, ABSENCE = (SQLModel.metadata.tables[name] for name in ("occupied", "visit", "absence"))
OWNERS = (
    select(OCCUPIED.c.staff_id, OCCUPIED.c.visit_id)
    .where(OCCUPIED.c.staff_id.in_(bindparam("visitors", expanding=True)))
    .where(OCCUPIED.c.cell.in_(bindparam("starts", expanding=True)))
    .where(or_(OCCUPIED.c.hold_until.is_(None), OCCUPIED.c.hold_until >= bindparam("now")))
)
HELD_BY = select(null(), VISIT.c.id).where(VISIT.c.chat_id == bindparam("chat_id"), VISIT.c.state == "held")
# A hold that has run out still has the cells in which an absence found it: they are not for the next one.
AWAY = (
    select(ABSENCE.c.staff_id, null())
    .where(ABSENCE.c.staff_id.in_(bindparam("visitors", expanding=True)))
    .where(ABSENCE.c.starts < bindparam("ends"), ABSENCE.c.ends > bindparam("begins"))
)
LOOK: Any = union_all(OWNERS, AWAY, HELD_BY)
KEEP = (
    update(OCCUPIED)
    .where(OCCUPIED.c.visit_id == bindparam("of_visit"))
    .values(hold_until=None)
    .returning(OCCUPIED.c.cell)
)
TAKE: dict[str, Any] = {}
"""By kind of database."""


class NotFree(Exception):
    """Somebody else has a cell; raised to leave a savepoint, and never further."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What a visit needs: the same cells of each of its visitors."""

    visitors: tuple[int, ...]
    starts: tuple[dt.datetime, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Who has cells that somebody wants: pairs of a visitor and the visit that takes their time, None for an absence.
    `held` is the visit that the chat holds already."""

    held: int | None
    owners: frozenset[tuple[int, int | None]]

    def able(self, visitors: Iterable[int], visit_id: int | None) -> tuple[int, ...]:
        """Those of the visitors who are free, or have their time taken by this visit alone; in the order given."""
        busy = {visitor for visitor, owner in self.owners if owner is None or owner != visit_id}
        return tuple(visitor for visitor in visitors if visitor not in busy)


async def look(unit: Unit, cells: Cells, chat_id: int | None = None) -> Look:
    """Who has any of the cells, and what this chat holds. Only a look: who gets the cells, `take` decides."""
    span = {"begins": min(cells.starts), "ends": max(cells.starts) + CELL}
    wanted = {"visitors": cells.visitors, "starts": cells.starts, "now": unit.now, "chat_id": chat_id}
    connection = await unit.session.connection()
    rows = (await connection.execute(LOOK, wanted | span)).all()
    held = min((visit_id for visitor, visit_id in rows if visitor is None), default=None)
    return Look(held, frozenset((visitor, owner) for visitor, owner in rows if visitor is not None))


def only_writer(unit: Unit) -> bool:
    """Does nobody else write until this transaction ends? On SQLite: what a look saw free is there to be taken."""
    return unit.connection.dialect.name == "sqlite"


@asynccontextmanager
async def savepoint(unit: Unit) -> AsyncIterator[None]:
    """A way back for what is done in the block: taken where it raises."""
    connection = await unit.session.connection()
    async with connection.begin_nested():
        yield


async def take(unit: Unit, cells: Cells, visit_id: int, hold_until: dt.datetime | None) -> None:
    """All of the cells, or none. A hold that has run out is taken over. Raises NotFree; call it in a savepoint."""
    rows = [
        {"staff_id": visitor, "cell": start, "visit_id": visit_id, "hold_until": hold_until, "now": unit.now}
        for visitor in sorted(cells.visitors)
        for start in cells.starts
    ]
    connection = await unit.session.connection()
    if len((await connection.execute(_taking(unit), rows)).all()) < len(rows):
        raise NotFree


def _taking(unit: Unit) -> Any:
    kind = unit.connection.dialect.name
    if kind not in TAKE:
        fresh = upsert(unit, Occupied)
        TAKE[kind] = fresh.on_conflict_do_update(
            index_elements=["staff_id", "cell"],
            set_={"visit_id": fresh.excluded.visit_id, "hold_until": fresh.excluded.hold_until},
            where=col(Occupied.hold_until) < bindparam("now"),
        ).returning(col(Occupied.cell))
    return TAKE[kind]


async def keep(unit: Unit, visit_id: int) -> int:
    """Make what a visit holds its own for good; how many cells that are."""
    connection = await unit.session.connection()
    return len((await connection.execute(KEEP, {"of_visit": visit_id})).all())


async def of(unit: Unit, visit_id: int) -> Cells:
    """Who goes to a visit, and the cells that it has of each of them."""
    mine = select(col(Occupied.staff_id), col(Occupied.cell)).where(col(Occupied.visit_id) == visit_id)
    rows = (await unit.session.execute(mine)).all()
    return Cells(tuple(sorted({who for who, _ in rows})), tuple(sorted({at for _, at in rows})))


async def free(unit: Unit, visit_id: int, visitors: Collection[int] | None = None) -> None:
    """Give back all that a visit has, or has of some visitors; what lies in an absence that had to leave it alone goes
    to the absence."""
    mine = delete(Occupied).where(col(Occupied.visit_id) == visit_id)
    if visitors is not None:
        mine = mine.where(col(Occupied.staff_id).in_(visitors))
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
