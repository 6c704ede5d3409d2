"""Tickets: somebody asked for a person. A staff reply is bound to one ticket and goes to that chat alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.store import outbox
from bot.store.tables import Chat, Handover, HandoverMessage
from bot.store.unit import Unit
from handlers.turn import HandoverSaid, OpenHandover, Reply

PHONE = "handover.phone"
WORDS = "handover_message.text"


@dataclass(frozen=True)
class Said:
    """One message of a ticket."""

    by: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class Ticket:
    """A ticket as staff read it."""

    id: int
    wish: str
    state: str
    channel: str
    opened_at: dt.datetime
    about: str | None
    phone: str | None
    said: tuple[Said, ...] = ()
    held_by: int | None = None


async def open_ticket(unit: Unit, chat_id: int, effect: OpenHandover) -> int:
    """A new ticket, or the one that is already open; its number."""
    already = await latest_open(unit, chat_id)
    if already is not None:
        return already
    ticket = Handover(
        chat_id=chat_id,
        wish=effect.wish,
        phone=unit.vault.seal(PHONE, effect.phone) if effect.phone else None,
        about=effect.about,
        opened_at=unit.now,
    )
    unit.session.add(ticket)
    await unit.session.flush()
    return ticket.id


async def latest_open(unit: Unit, chat_id: int) -> int | None:
    """The open ticket of a chat, if there is one."""
    statement = select(func.max(col(Handover.id))).where(
        col(Handover.chat_id) == chat_id, col(Handover.state) == "open"
    )
    found: int | None = (await unit.session.execute(statement)).scalar_one()
    return found


async def add_words(unit: Unit, chat_id: int, effect: HandoverSaid) -> None:
    """The resident's further words, kept only on a ticket that is theirs and open."""
    if await latest_open(unit, chat_id) == effect.ticket:
        await _add(unit, effect.ticket, "resident", effect.text)


async def reply(unit: Unit, ticket_id: int, text: str, message: Reply) -> bool:
    """A staff reply to one ticket. False when the person must not be written to."""
    ticket = await unit.session.get_one(Handover, ticket_id)
    count = select(func.count()).where(col(HandoverMessage.handover_id) == ticket_id)
    place = (await unit.session.execute(count)).scalar_one()
    await _add(unit, ticket_id, "staff", text)
    return await outbox.queue_for(unit, ticket.chat_id, message, f"ticket:{ticket_id}:{place}")


async def may_write(unit: Unit, ticket_id: int) -> bool:
    """May whoever opened a ticket be written to? A reply would not be sent otherwise."""
    statement = select(col(Chat.contact)).join(Handover, col(Handover.chat_id) == col(Chat.id))
    contact = (await unit.session.execute(statement.where(col(Handover.id) == ticket_id))).scalar_one_or_none()
    return contact == "ok"


async def take(unit: Unit, ticket_id: int, staff_id: int, *, free: bool = False) -> bool:
    """Somebody of the team takes an open ticket on; with `free` only one that nobody has. False: it was not done."""
    statement = update(Handover).where(col(Handover.id) == ticket_id, col(Handover.state) == "open")
    if free:
        statement = statement.where(col(Handover.held_by).is_(None))
    taken = statement.values(held_by=staff_id).returning(col(Handover.id))
    return (await unit.session.execute(taken)).scalar_one_or_none() is not None


async def close(unit: Unit, ticket_id: int) -> bool:
    """Close a ticket; False when it was not open."""
    statement = (
        update(Handover)
        .where(col(Handover.id) == ticket_id, col(Handover.state) == "open")
        .values(state="closed", closed_at=unit.now)
        .returning(col(Handover.id))
    )
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def find(unit: Unit, ticket_id: int) -> Ticket | None:
    """One ticket with all that was said in it."""
    rows = await _tickets(unit, ticket_id)
    if not rows:
        return None
    statement = (
        select(HandoverMessage).where(col(HandoverMessage.handover_id) == ticket_id).order_by(col(HandoverMessage.id))
    )
    said = tuple(
        Said(row.said_by, unit.vault.open(WORDS, row.text), row.at)
        for row in (await unit.session.execute(statement)).scalars()
        if row.text
    )
    return Ticket(**{**rows[0].__dict__, "said": said})


async def open_tickets(unit: Unit) -> list[Ticket]:
    """All open tickets, oldest first."""
    return await _tickets(unit, None)


async def _tickets(unit: Unit, ticket_id: int | None) -> list[Ticket]:
    wanted = col(Handover.state) == "open" if ticket_id is None else col(Handover.id) == ticket_id
    statement = (
        select(Handover, col(Chat.channel))
        .join(Chat, col(Chat.id) == col(Handover.chat_id))
        .where(wanted)
        .order_by(col(Handover.id))
    )
    return [
        Ticket(
            id=row.id,
            wish=row.wish,
            state=row.state,
            channel=channel,
            opened_at=row.opened_at,
            about=row.about,
            phone=unit.vault.open(PHONE, row.phone) if row.phone else None,
            held_by=row.held_by,
        )
        for row, channel in (await unit.session.execute(statement)).all()
    ]


async def _add(unit: Unit, ticket_id: int, by: str, text: str) -> None:
    unit.session.add(HandoverMessage(handover_id=ticket_id, said_by=by, text=unit.vault.seal(WORDS, text), at=unit.now))
    await unit.session.flush()
