"""Visitors set out: the resident hears of it once, by a message or a call. If they call it off, the visitors hear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlmodel import col

from bot.store import outbox
from bot.store.inbox import upsert
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, Resident, StaffMember, Visit, VisitTask
from bot.visits import details, telling
from bot.visits.booking import BOOKED
from bot.visits.tasks import ON_THE_WAY, SOURCE
from bot.visits.ways import may_ring, may_write
from handlers.catalogue import Texts
from handlers.office import Told
from handlers.turn import Reply
from handlers.visits import letters
from handlers.visits.who import NOT_SAFE

STATES: dict[Told, Literal["sent", "ring"]] = {"told": "sent", "ring": "ring"}


async def on_the_way(unit: Unit, visit_id: int, texts: Texts, zone: str) -> Told | None:
    """Tell the resident of a visit of today, once, that their visitors are coming. Nothing is queued, and nobody is
    rung, where that is not safe. None: too early or too late."""
    chat = await telling.locked(unit, visit_id)
    visit = await unit.session.get(Visit, visit_id, populate_existing=True)
    if visit is None or not is_today(visit, unit.now, zone):
        return None
    resident = await unit.session.get(Resident, visit.resident_id) if visit.resident_id else None
    known = details.opened(unit, visit, resident)
    way = _way(unit, visit, chat, known)
    if way not in STATES:
        return way
    task_id = await _first_time(unit, visit, STATES[way])
    if task_id is None:
        return "before"
    if way == "told" and chat is not None:
        coming = await telling.coming_of(unit, visit, texts, zone)
        letter = letters.on_the_way(texts, coming, word=bool(known.word), early=unit.now < visit.starts)
        await outbox.queue_for(unit, chat.id, letter, f"{SOURCE}{task_id}")
    return way


def is_today(visit: Visit, now: dt.datetime, zone: str) -> bool:
    """Is a visit booked for the present local date, and not over?"""
    local = ZoneInfo(zone)
    same_day = visit.starts.astimezone(local).date() == now.astimezone(local).date()
    return visit.state == BOOKED and same_day and visit.ends > now


async def chats_of_goers(unit: Unit, visit_id: int) -> Sequence[int]:
    """The chats of those who have set out for a visit, where their accounts are linked; nobody's before they have. Ask
    this before the visit's times are given back."""
    said = exists().where(col(VisitTask.visit_id) == visit_id, col(VisitTask.kind) == ON_THE_WAY)
    statement = (
        select(col(StaffMember.chat_id))
        .join(Occupied, col(Occupied.staff_id) == col(StaffMember.id))
        .where(col(Occupied.visit_id) == visit_id, col(StaffMember.chat_id).is_not(None), said)
        .distinct()
        .order_by(col(StaffMember.chat_id))
    )
    return [chat for chat in (await unit.session.execute(statement)).scalars() if chat is not None]


async def called_off(unit: Unit, visit: Visit, chats: Sequence[int]) -> None:
    """Tell those who have set out that the resident has cancelled: they need not knock."""
    letter = Reply(blocks=Texts().blocks("staff.way.called-off", reference=visit.reference))
    for chat in chats:
        await outbox.queue_for(unit, chat, letter, f"visit:{visit.id}:called-off:{chat}")


def _way(unit: Unit, visit: Visit, chat: Chat | None, known: details.Details) -> Told:
    """As they wished it, where that can be; never where somebody else may read or hear it."""
    if known.safe == NOT_SAFE or not may_ring(chat):
        return "hidden"
    reached = may_write(unit, chat)
    if reached and (visit.remind_by == "message" or not known.phone):
        return "told"
    return "ring" if known.phone else "unreached"


async def _first_time(unit: Unit, visit: Visit, state: Literal["sent", "ring"]) -> int | None:
    """The number of the task that says so; None where there is one."""
    done_at = unit.now if state == "sent" else None
    said = upsert(unit, VisitTask).values(
        visit_id=visit.id, kind=ON_THE_WAY, sequence=visit.sequence, due_at=unit.now, state=state, done_at=done_at
    )
    statement = said.on_conflict_do_nothing().returning(col(VisitTask.id))
    found: int | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found
