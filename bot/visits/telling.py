"""What the team's own doings tell a resident, where a message reaches them. Where none does, the caller says so."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from bot.store import outbox
from bot.store.inbox import upsert
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.visit_tables import Visit, VisitTask
from bot.visits import calendars
from bot.visits.appointments import visitors_of
from bot.visits.booking import BOOKED
from bot.visits.ways import may_write
from handlers.catalogue import Texts
from handlers.turn import File, Reply
from handlers.visits import letters
from handlers.visits.letters import Coming
from knowledge.place import Place

ON_THE_WAY = "on-the-way"


async def reachable(unit: Unit, visit_id: int) -> Chat | None:
    """The chat of a visit's resident, locked, where a message reaches them and is welcome.

    Ask this before the visit is changed: a resident's own turn holds the chat first and then the visit, and whoever
    does it the other way round would wait for them while they wait for us.
    """
    statement = select(Chat).join(Visit, col(Visit.chat_id) == col(Chat.id)).where(col(Visit.id) == visit_id)
    chat = (await unit.session.execute(statement.with_for_update(of=Chat))).scalar_one_or_none()
    return chat if may_write(unit, chat) else None


async def on_the_way(unit: Unit, visit_id: int, texts: Texts, zone: str) -> bool:
    """Tell the resident of a visit of today, once, that their visitors are coming. False: said before, too early or
    too late, or no message reaches them."""
    chat = await reachable(unit, visit_id)
    visit = await unit.session.get(Visit, visit_id, populate_existing=True)
    if chat is None or visit is None or not _of_today(unit, visit, zone) or not await _first_time(unit, visit):
        return False
    coming = await coming_of(unit, visit, texts, zone)
    return await outbox.queue_for(unit, chat.id, letters.on_the_way(texts, coming), _source(ON_THE_WAY, visit))


async def changed(unit: Unit, chat: Chat | None, visit_id: int, texts: Texts, place: Place) -> bool:
    """Tell a resident that the team has moved or cancelled their visit, with its calendar file. False: not told."""
    if chat is None:
        return False
    visit = await unit.session.get_one(Visit, visit_id, populate_existing=True)
    facts = {"when": letters.when(texts, visit.starts, place.timezone), "reference": visit.reference}
    words = texts.blocks("told.moved" if visit.state == BOOKED else "told.cancelled", **facts)
    told = Reply(blocks=words, file=_calendar(visit, texts, place, unit.now))
    return await outbox.queue_for(unit, chat.id, told, _source("changed", visit))


async def coming_of(unit: Unit, visit: Visit, texts: Texts, zone: str) -> Coming:
    """A visit as letters name it."""
    goers = await visitors_of(unit, visit.id, texts)
    return Coming(id=visit.id, reference=visit.reference, starts=visit.starts, zone=zone, visitors=goers)


def _calendar(visit: Visit, texts: Texts, place: Place, now: dt.datetime) -> File:
    text = calendars.calendar_file_of(visit, texts, place, now)
    return File(name=f"visit-{visit.reference}.ics", media_type="text/calendar", text=text)


def _of_today(unit: Unit, visit: Visit, zone: str) -> bool:
    local = ZoneInfo(zone)
    same_day = visit.starts.astimezone(local).date() == unit.now.astimezone(local).date()
    return visit.state == BOOKED and same_day and visit.ends > unit.now


async def _first_time(unit: Unit, visit: Visit) -> bool:
    said = upsert(unit, VisitTask).values(
        visit_id=visit.id, kind=ON_THE_WAY, sequence=visit.sequence, due_at=unit.now, state="sent", done_at=unit.now
    )
    statement = said.on_conflict_do_nothing().returning(col(VisitTask.id))
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


def _source(what: str, visit: Visit) -> str:
    """The key of a message: each state of a visit has one of a kind."""
    return f"visit:{visit.id}:{what}:{visit.sequence}"
