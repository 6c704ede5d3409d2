"""One visit from a held time to its end. Every function is one step of an open transaction, and tells the truth.

A claim returns what it got or why not; it never raises for a time that is gone. Notice, window and the limit of moves
bind residents and not staff (`by_staff`).
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits import cells
from bot.visits.cells import Cells, NotFree
from knowledge.visits.slots import Slot, cells_of

HELD, BOOKED, CANCELLED, EXPIRED = "held", "booked", "cancelled", "expired"
MOST_TRIES = 12
"""Pairs of visitors that are tried for one time: more are seldom free, and each costs a statement."""

Why = Literal["taken", "hold-over", "household-has-one", "not-booked", "moved-too-often"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a place says about booking."""

    visitors: int = 2
    buffer: dt.timedelta = dt.timedelta(minutes=15)
    hold: dt.timedelta = dt.timedelta(minutes=10)
    most_moves: int = 3


@dataclass(frozen=True, slots=True)
class Names:
    """What a new visit is called: handed in, so that tests know it."""

    reference: str
    uid: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of a step: the visit's number, or why there is none."""

    visit_id: int | None = None
    why: Why | None = None


async def hold(unit: Unit, chat_id: int, slot: Slot, rules: Rules, names: Names) -> Claim:
    """Keep a time for this chat for some minutes. A time that it held before is given back, whatever comes of this."""
    visit_id = await _held_by(unit, chat_id) or await _new(unit, chat_id, slot, rules, names)
    until = unit.now + rules.hold
    if not await _take_any(unit, visit_id, slot, rules, until):
        return await _give_up(unit, visit_id, "taken")
    fresh = {"starts": slot.starts, "ends": slot.ends, "hold_until": until, "visitors_needed": rules.visitors}
    await _set(unit, visit_id, state=HELD, **fresh)
    return Claim(visit_id)


async def confirm(unit: Unit, visit_id: int, household: str | None, rules: Rules, **details: object) -> Claim:
    """A held time becomes a booked visit with its details. Where the hold ran out and nobody took the time, it is still
    theirs. One household has one visit at a time."""
    visit = await unit.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None or visit.state != HELD:
        return Claim(visit_id, None) if visit is not None and visit.state == BOOKED else Claim(why="hold-over")
    needed = rules.visitors * len(cells_of(visit.starts, visit.ends, rules.buffer))
    if await cells.keep(unit, visit_id) < needed:
        return await _give_up(unit, visit_id, "hold-over")
    try:
        async with unit.session.begin_nested():
            await _set(unit, visit_id, state=BOOKED, hold_until=None, household=household, **details)
    except IntegrityError:
        return await _give_up(unit, visit_id, "household-has-one")
    return Claim(visit_id)


async def move(unit: Unit, visit_id: int, slot: Slot, rules: Rules, *, by_staff: bool = False) -> Claim:
    """Another time for a booked visit. The old one is kept unless the new one was got."""
    visit = await unit.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None or visit.state != BOOKED:
        return Claim(why="not-booked")
    if visit.moves >= rules.most_moves and not by_staff:
        return Claim(why="moved-too-often")
    if not await _take_any(unit, visit_id, slot, rules, None):
        return Claim(why="taken")
    moves = visit.moves + (not by_staff)
    await _set(unit, visit_id, starts=slot.starts, ends=slot.ends, moves=moves, sequence=visit.sequence + 1)
    return Claim(visit_id)


async def cancel(unit: Unit, visit_id: int) -> bool:
    """True where a booked visit was cancelled just now; False where there was nothing to cancel."""
    statement = (
        update(Visit)
        .where(col(Visit.id) == visit_id, col(Visit.state) == BOOKED)
        .values(state=CANCELLED, ended_at=unit.now, sequence=col(Visit.sequence) + 1)
        .returning(col(Visit.id))
    )
    if (await unit.session.execute(statement)).scalar_one_or_none() is None:
        return False
    await cells.free(unit, visit_id)
    return True


async def expire_holds(unit: Unit) -> int:
    """End the holds that have run out and give their time back; how many there were."""
    statement = (
        update(Visit)
        .where(col(Visit.state) == HELD, col(Visit.hold_until) < unit.now)
        .values(state=EXPIRED, hold_until=None)
        .returning(col(Visit.id))
    )
    ended = list((await unit.session.execute(statement)).scalars())
    for visit_id in ended:
        await cells.free(unit, visit_id)
    return len(ended)


async def _take_any(unit: Unit, visit_id: int, slot: Slot, rules: Rules, until: dt.datetime | None) -> bool:
    """The cells of the fairest visitors who are all still free. What the visit had is given back with the same step."""
    starts = cells_of(slot.starts, slot.ends, rules.buffer)
    busy = await cells.busy(unit, Cells(slot.visitors, starts), visit_id)
    able = [visitor for visitor in slot.visitors if visitor not in busy]
    for visitors in itertools.islice(itertools.combinations(able, rules.visitors), MOST_TRIES):
        try:
            async with unit.session.begin_nested():
                await cells.free(unit, visit_id)
                await cells.take(unit, Cells(visitors, starts), visit_id, until)
        except NotFree:
            continue
        return True
    return False


async def _give_up(unit: Unit, visit_id: int, why: Why) -> Claim:
    """End a hold that came to nothing, and give its time back."""
    await cells.free(unit, visit_id)
    await _set(unit, visit_id, state=EXPIRED, hold_until=None)
    return Claim(why=why)


async def _held_by(unit: Unit, chat_id: int) -> int | None:
    own = select(col(Visit.id)).where(col(Visit.chat_id) == chat_id, col(Visit.state) == HELD)
    statement = own.order_by(col(Visit.id)).with_for_update()
    found: int | None = (await unit.session.execute(statement)).scalars().first()
    return found


async def _new(unit: Unit, chat_id: int, slot: Slot, rules: Rules, names: Names) -> int:
    visit = Visit(
        reference=names.reference, uid=names.uid, chat_id=chat_id, starts=slot.starts, ends=slot.ends,
        visitors_needed=rules.visitors, created_at=unit.now,
    )  # fmt: skip
    unit.session.add(visit)
    await unit.session.flush()
    return visit.id


async def _set(unit: Unit, visit_id: int, **values: object) -> None:
    await unit.session.execute(update(Visit).where(col(Visit.id) == visit_id).values(**values))
