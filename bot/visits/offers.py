"""A time that the waiting list keeps: a row of `visit` in the state "offered" that owns its cells as any hold does,
so that nobody else can have them. When the offer ends, taken or not, the row goes.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, Visit, WaitingPlace
from bot.visits import cells, tasks
from bot.visits.booking import BOOKED, Names, Rules
from bot.visits.cells import Cells, NotFree
from knowledge.visits.slots import Slot, cells_of

OFFERED = "offered"


async def keep(
    unit: Unit, place: WaitingPlace, visit: Visit, slot: Slot, rules: Rules, names: Names, until: dt.datetime
) -> bool:
    """Keep a time for a visit until a moment, with a message to come; False where it is gone."""
    offer = Visit(
        reference=names.reference, uid=names.uid, chat_id=visit.chat_id, state=OFFERED, starts=slot.starts,
        ends=slot.ends, visitors_needed=rules.visitors, hold_until=until, created_at=unit.now,
    )  # fmt: skip
    wanted = Cells(slot.visitors[: rules.visitors], cells_of(slot.starts, slot.ends, rules.buffer))
    try:
        async with unit.session.begin_nested():
            unit.session.add(offer)
            await unit.session.flush()
            await cells.take(unit, wanted, offer.id, until)
    except (NotFree, IntegrityError):  # gone a moment ago, or a reference that exists: the next round tries anew
        return False
    place.offer_id, place.offer_until = offer.id, until
    await tasks.add(unit, visit.id, tasks.EARLIER, "waiting")
    return True


async def of_visit(unit: Unit, visit_id: int) -> Visit | None:
    """The row that keeps an earlier time for a visit at this moment. Only a look."""
    found = (await unit.session.execute(_standing(unit, col(Visit.id) == visit_id))).first()
    return None if found is None else found[1]


async def of_chat(unit: Unit, chat_id: int) -> tuple[WaitingPlace, Visit] | None:
    """The place of this chat's visit, held, and the row that keeps a time for it at this moment."""
    statement = _standing(unit, col(Visit.chat_id) == chat_id).with_for_update(of=WaitingPlace)
    row = (await unit.session.execute(statement)).first()
    return None if row is None else (row[0], row[1])


def _standing(unit: Unit, whose: ColumnElement[bool]) -> Select[WaitingPlace, Visit]:
    """A place and its offer that still stands, of a booked visit; the one that ends soonest."""
    offer = aliased(Visit)
    return (
        select(WaitingPlace, offer)
        .join(Visit, col(Visit.id) == col(WaitingPlace.visit_id))
        .join(offer, col(offer.id) == col(WaitingPlace.offer_id))
        .where(whose, col(Visit.state) == BOOKED, col(WaitingPlace.offer_until) >= unit.now)
        .where(col(offer.starts) < col(Visit.starts))
        .order_by(col(WaitingPlace.offer_until), col(WaitingPlace.id))
        .limit(1)
    )


async def slot_of(unit: Unit, offer: Visit) -> Slot | None:
    """The kept time, and who would come."""
    kept = await cells.of(unit, offer.id)
    return Slot(offer.starts, offer.ends, kept.visitors) if kept.visitors else None


async def exchange(unit: Unit, visit: Visit, offer: Visit, rules: Rules) -> bool:
    """The visit gives its cells for those of the offer, for good; False, with nothing changed, where one is gone."""
    needed = offer.visitors_needed * len(cells_of(offer.starts, offer.ends, rules.buffer))
    handed_on = update(Occupied).where(col(Occupied.visit_id) == offer.id).values(visit_id=visit.id, hold_until=None)
    try:
        async with unit.session.begin_nested():
            await cells.free(unit, visit.id)
            got = (await unit.session.execute(handed_on.returning(col(Occupied.cell)))).all()
            if len(got) < needed:
                raise NotFree
    except NotFree:
        return False
    return True


async def turn_down(unit: Unit, place: WaitingPlace, offer: Visit) -> None:
    """They do not want it: it is given back, and not offered to them again."""
    place.turned_down = listed(place.turned_down, offer.starts)
    await give_back(unit, place)


async def give_back(unit: Unit, place: WaitingPlace) -> None:
    """End what is kept for a place, and the message or call about it that is still to come."""
    offer_id, place.offer_id, place.offer_until = place.offer_id, None, None
    await unit.session.flush()
    await tasks.drop(unit, place.visit_id, (tasks.EARLIER,))
    if offer_id is not None:
        await cells.free(unit, offer_id)
        await unit.session.execute(delete(Visit).where(col(Visit.id) == offer_id, col(Visit.state) == OFFERED))


def listed(turned_down: str, starts: dt.datetime) -> str:
    """The column `turned_down` with one more time in it."""
    return ",".join(filter(None, (turned_down, stamp(starts))))


def stamp(moment: dt.datetime) -> str:
    """A moment as `turned_down` holds it, in UTC."""
    return moment.astimezone(dt.UTC).isoformat(timespec="minutes")
