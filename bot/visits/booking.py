"""One visit from a held time to its end. Every function is one step of an open transaction, and tells the truth.

A claim returns what it got or why not; it never raises for a time that is gone. Notice, window and the limit of moves
bind residents and not staff (`by_staff`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits import cells, pairing
from bot.visits.cells import Cells, Look, NotFree
from bot.visits.pairing import Wish
from knowledge.visits.slots import Slot, cells_of

HELD, BOOKED, CANCELLED, EXPIRED = "held", "booked", "cancelled", "expired"
NEW = insert(Visit).returning(col(Visit.id))

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


async def hold(unit: Unit, chat_id: int | None, slot: Slot, rules: Rules, names: Names) -> Claim:
    """Keep a time for this chat, or for nobody's, for some minutes. A time that the chat held before is given back,
    whatever comes of this."""
    wish = _wish(slot, rules, unit.now + rules.hold)
    seen = await cells.look(unit, wish.cells, chat_id)
    if seen.held is not None and await _still_held(unit, seen.held):
        return await _hold_instead(unit, seen.held, slot, wish, seen)
    if next(wish.teams(seen), None) is None:
        return _taken(unit)
    visit_id = await _new(unit, chat_id, slot, wish, names)
    if not await pairing.claim(unit, visit_id, wish, seen, is_new=True):
        return await _lost(unit, visit_id)
    return Claim(visit_id)


async def confirm(unit: Unit, visit_id: int, household: str | None, rules: Rules, **details: object) -> Claim:
    """A held time becomes a booked visit with its details. Where the hold ran out and nobody took the time, it is still
    theirs. One household has one visit at a time."""
    try:
        async with cells.savepoint(unit):
            found = await _book(unit, visit_id, rules, household=household, **details)
    except NotFree:
        return await _give_up(unit, visit_id, "hold-over")
    except IntegrityError:
        return await _give_up(unit, visit_id, "household-has-one")
    if found:
        unit.noted.append("made")
    return Claim(visit_id) if found or await _is_booked(unit, visit_id) else Claim(why="hold-over")


async def release(unit: Unit, visit_id: int) -> None:
    """Give back a time that was only kept for somebody."""
    await _give_up(unit, visit_id, "hold-over")


async def move(unit: Unit, visit_id: int, slot: Slot, rules: Rules, *, by_staff: bool = False) -> Claim:
    """Another time for a booked visit. The old one is kept unless the new one was got."""
    visit = await unit.session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None or visit.state != BOOKED:
        return Claim(why="not-booked")
    if visit.moves >= rules.most_moves and not by_staff:
        return Claim(why="moved-too-often")
    wish = _wish(slot, rules)
    if not await pairing.claim(unit, visit_id, wish, await cells.look(unit, wish.cells)):
        return _taken(unit)
    moves = visit.moves + (not by_staff)
    await _set(unit, visit_id, starts=slot.starts, ends=slot.ends, moves=moves, sequence=visit.sequence + 1)
    unit.noted.append("moved")
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
    unit.noted.append("cancelled")
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


def _wish(slot: Slot, rules: Rules, until: dt.datetime | None = None) -> Wish:
    return Wish(Cells(slot.visitors, cells_of(slot.starts, slot.ends, rules.buffer)), rules.visitors, until)


async def _hold_instead(unit: Unit, visit_id: int, slot: Slot, wish: Wish, seen: Look) -> Claim:
    if not await pairing.claim(unit, visit_id, wish, seen):
        return await _lost(unit, visit_id)
    fresh = {"starts": slot.starts, "ends": slot.ends, "hold_until": wish.until, "visitors_needed": wish.visitors}
    await _set(unit, visit_id, **fresh)
    return Claim(visit_id)


async def _book(unit: Unit, visit_id: int, rules: Rules, **details: object) -> bool:
    """False where there is no such hold. Raises NotFree where the hold has lost a cell."""
    statement = (
        update(Visit)
        .where(col(Visit.id) == visit_id, col(Visit.state) == HELD)
        .values(state=BOOKED, hold_until=None, **details)
        .returning(col(Visit.starts), col(Visit.ends))
    )
    span = (await unit.session.execute(statement)).one_or_none()
    if span is None:
        return False
    if await cells.keep(unit, visit_id) < rules.visitors * len(cells_of(*span, rules.buffer)):
        raise NotFree
    return True


def _taken(unit: Unit) -> Claim:
    """Somebody else has the time; what was there before stays."""
    unit.noted.append("taken")
    return Claim(why="taken")


async def _lost(unit: Unit, visit_id: int) -> Claim:
    """Somebody else has the time; a hold that was to have it ends."""
    unit.noted.append("taken")
    return await _give_up(unit, visit_id, "taken")


async def _give_up(unit: Unit, visit_id: int, why: Why) -> Claim:
    """End a hold that came to nothing, and give its time back."""
    # First the visit, then its cells, as everywhere: two that lock in different orders would wait for each other.
    await _set(unit, visit_id, state=EXPIRED, hold_until=None)
    await cells.free(unit, visit_id)
    return Claim(why=why)


async def _still_held(unit: Unit, visit_id: int) -> bool:
    """Locked, so that no sweep ends it meanwhile."""
    own = select(col(Visit.id)).where(col(Visit.id) == visit_id, col(Visit.state) == HELD).with_for_update()
    return (await unit.session.execute(own)).first() is not None


async def _is_booked(unit: Unit, visit_id: int) -> bool:
    state = select(col(Visit.state)).where(col(Visit.id) == visit_id)
    return (await unit.session.execute(state)).scalar_one_or_none() == BOOKED


async def _new(unit: Unit, chat_id: int | None, slot: Slot, wish: Wish, names: Names) -> int:
    values = {
        "reference": names.reference, "uid": names.uid, "chat_id": chat_id, "starts": slot.starts, "ends": slot.ends,
        "hold_until": wish.until, "visitors_needed": wish.visitors, "created_at": unit.now,
    }  # fmt: skip
    connection = await unit.session.connection()  # a session would make an object of it, which nobody needs here
    return int((await connection.execute(NEW, values)).scalar_one())


async def _set(unit: Unit, visit_id: int, **values: object) -> None:
    await unit.session.execute(update(Visit).where(col(Visit.id) == visit_id).values(**values))
