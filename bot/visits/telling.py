"""What the team's own doings tell a resident, where a message reaches them. Where none does, the caller says so."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlmodel import col

from bot.store import outbox
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits import calendars
from bot.visits.appointments import visitors_of
from bot.visits.booking import BOOKED
from bot.visits.ways import may_write
from handlers.catalogue import Texts
from handlers.turn import File, Reply
from handlers.visits import letters
from handlers.visits.letters import Coming
from knowledge.place import Place


async def reachable(unit: Unit, visit_id: int) -> Chat | None:
    """The chat of a visit's resident, locked, where a message reaches them and is welcome.

    Ask this before the visit is changed: a resident's own turn holds the chat first and then the visit, and whoever
    does it the other way round would wait for them while they wait for us.
    """
    chat = await locked(unit, visit_id)
    return chat if may_write(unit, chat) else None


async def locked(unit: Unit, visit_id: int) -> Chat | None:
    """The chat that a visit was booked in, locked; None where the team booked it, or the chat is gone."""
    statement = select(Chat).join(Visit, col(Visit.chat_id) == col(Chat.id)).where(col(Visit.id) == visit_id)
    found: Chat | None = (await unit.session.execute(statement.with_for_update(of=Chat))).scalar_one_or_none()
    return found


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


def _source(what: str, visit: Visit) -> str:
    """The key of a message: each state of a visit has one of a kind."""
    return f"visit:{visit.id}:{what}:{visit.sequence}"
