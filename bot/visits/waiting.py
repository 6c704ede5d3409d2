"""The waiting list: an earlier time that came free is kept for one person at a time, until a moment.

It goes by priority, then by who has waited longest. Whoever says no, or nothing, is not asked about that time again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import case, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.visit_tables import Visit, VisitTask, WaitingPlace
from bot.visits import diary, offers, tasks, ways
from bot.visits.booking import BOOKED, Claim, Names, Rules
from knowledge.visits.questions import Visits
from knowledge.visits.slots import Slot, Terms

EARLIER_BY = dt.timedelta(days=1)
"""A time that comes sooner than this before their own is not worth a message."""
SHORTEST_OFFER = dt.timedelta(hours=1)
"""Less than that is no time to answer."""


async def wait(unit: Unit, visit_id: int, wanted: bool) -> None:
    """Put a visit on the list, or take it off; what was kept for it is given back."""
    if wanted:
        fresh = upsert(unit, WaitingPlace).values(visit_id=visit_id, since=unit.now, turned_down="")
        await unit.session.execute(fresh.on_conflict_do_nothing(index_elements=["visit_id"]))
        return
    statement = select(WaitingPlace).where(col(WaitingPlace.visit_id) == visit_id).with_for_update()
    place = (await unit.session.execute(statement)).scalar_one_or_none()
    if place is not None:
        await _remove(unit, place)


async def offered(unit: Unit, chat_id: int) -> Slot | None:
    """The earlier time that is kept for this chat at this moment."""
    found = await offers.of_chat(unit, chat_id)
    return None if found is None else await offers.slot_of(unit, found[1])


async def accept(unit: Unit, chat_id: int, rules: Rules, zone: str, feedback_after: dt.timedelta | None) -> Claim:
    """The visit goes to the kept time, in one step that nobody can come between. It does not count as a move of theirs.

    Too late: "taken", and nothing has changed.
    """
    found = await offers.of_chat(unit, chat_id)
    if found is None:
        return Claim(why="taken")
    place, offer = found
    visit = await unit.session.get(Visit, place.visit_id, with_for_update=True, populate_existing=True)
    if visit is None or not await offers.exchange(unit, visit, offer, rules):
        return Claim(why="taken")
    visit.starts, visit.ends, visit.sequence = offer.starts, offer.ends, visit.sequence + 1
    await _remove(unit, place)
    await tasks.plan(unit, visit, zone, feedback_after)
    return Claim(visit.id)


async def decline(unit: Unit, chat_id: int) -> None:
    """Leave the kept time to the next person; it is not offered to this one again."""
    found = await offers.of_chat(unit, chat_id)
    if found is not None:
        await offers.turn_down(unit, *found)


async def offer_next(
    unit: Unit, terms: Terms, rules: Rules, visits: Visits, holidays: Iterable[dt.date], names: Names
) -> bool:
    """Keep one free time for the first on the list whom it helps, with a message to come; False where there is none.

    High priority before medium before standard, then who has waited longest. Whom no message reaches is put on the
    ring list instead, without a kept time, and the next person is asked.
    """
    waiting = await _waiting(unit)
    slots = await diary.offer(unit, terms, holidays) if waiting else ()
    for place, visit, chat in waiting:
        slot = _earlier(slots, place, visit, unit.now + terms.notice + SHORTEST_OFFER)
        if slot is None or not ways.may_ring(chat) or not await _locked(unit, place):
            continue
        if not ways.may_write(unit, chat):
            await _ring(unit, place, slot)
            continue
        until = min(unit.now + dt.timedelta(hours=visits.waiting_offer_hours), slot.starts - terms.notice)
        if await offers.keep(unit, place, visit, slot, rules, names, until):
            return True
    return False


async def lapse(unit: Unit) -> int:
    """Give back the kept times whose moment has passed, or that are no longer earlier, and end the places of visits
    that are not to come; how many offers ended."""
    offer = aliased(Visit)
    statement = (
        select(WaitingPlace, offer)
        .join(Visit, col(Visit.id) == col(WaitingPlace.visit_id))
        .join(offer, col(offer.id) == col(WaitingPlace.offer_id))
        .where(or_(col(WaitingPlace.offer_until) < unit.now, col(offer.starts) >= col(Visit.starts)))
        .with_for_update(of=WaitingPlace, skip_locked=True)
    )
    ended = (await unit.session.execute(statement)).all()
    for place, row in ended:
        await offers.turn_down(unit, place, row)
    await _remove_over(unit)
    return len(ended)


async def _remove_over(unit: Unit) -> None:
    """Places of visits that are cancelled, over or under way."""
    coming = exists().where(
        col(Visit.id) == col(WaitingPlace.visit_id), col(Visit.state) == BOOKED, col(Visit.starts) > unit.now
    )
    statement = select(WaitingPlace).where(~coming).with_for_update(skip_locked=True)
    for place in (await unit.session.execute(statement)).scalars().all():
        await _remove(unit, place)


async def _waiting(unit: Unit) -> Sequence[tuple[WaitingPlace, Visit, Chat | None]]:
    """Who waits and has nothing kept, nor a call to come about an earlier time, in order."""
    called = exists().where(
        col(VisitTask.visit_id) == col(WaitingPlace.visit_id),
        col(VisitTask.kind) == tasks.EARLIER,
        col(VisitTask.state) == "ring",
    )
    order = case((col(Visit.priority) == "high", 0), (col(Visit.priority) == "medium", 1), else_=2)
    statement = (
        select(WaitingPlace, Visit, Chat)
        .join(Visit, col(Visit.id) == col(WaitingPlace.visit_id))
        .outerjoin(Chat, col(Chat.id) == col(Visit.chat_id))
        .where(col(WaitingPlace.offer_id).is_(None), col(Visit.state) == BOOKED, col(Visit.starts) > unit.now, ~called)
        .order_by(order, col(WaitingPlace.since), col(WaitingPlace.id))
    )
    return [(place, visit, chat) for place, visit, chat in (await unit.session.execute(statement)).all()]


def _earlier(slots: Sequence[Slot], place: WaitingPlace, visit: Visit, soonest: dt.datetime) -> Slot | None:
    """The first time that is worth asking about and was not turned down."""
    refused = set(place.turned_down.split(","))
    for slot in slots:
        if slot.starts > visit.starts - EARLIER_BY:
            return None
        if slot.starts >= soonest and offers.stamp(slot.starts) not in refused:
            return slot
    return None


async def _locked(unit: Unit, place: WaitingPlace) -> bool:
    """Hold a place that still has no offer; False where somebody else is at it."""
    statement = (
        select(col(WaitingPlace.id))
        .where(col(WaitingPlace.id) == place.id, col(WaitingPlace.offer_id).is_(None))
        .with_for_update(skip_locked=True)
    )
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def _ring(unit: Unit, place: WaitingPlace, slot: Slot) -> None:
    place.turned_down = offers.listed(place.turned_down, slot.starts)
    await tasks.add(unit, place.visit_id, tasks.EARLIER, "ring")


async def _remove(unit: Unit, place: WaitingPlace) -> None:
    await offers.give_back(unit, place)
    await unit.session.delete(place)
    await unit.session.flush()
