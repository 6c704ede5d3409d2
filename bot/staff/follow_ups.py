"""Asking, a week later, those who agreed to it: on working days, in the daytime, and one question a day for each chat.

Whoever must not be written to by then is not asked, and not later either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import chats, outbox, switch
from bot.store.evidence import DROPPED, SENT, WAITING
from bot.store.outbox import Queued
from bot.store.reach_tables import FollowUp
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.visits.ways import may_write
from handlers import proof
from handlers.catalogue import Texts
from handlers.sparing import spared_until
from knowledge import hours
from knowledge.entry import Hours, Opening
from knowledge.library import Library

SOURCE = "followup"
DAYTIME = Hours(
    weekly=(Opening(days=("mon", "tue", "wed", "thu", "fri"), opens=dt.time(10), closes=dt.time(18)),),
    bank_holidays="closed",
)
ONE_A = dt.timedelta(days=1)
GIVEN_UP_AFTER = dt.timedelta(days=14)
"""How long after it was due something is still asked, and after it was asked still waited for."""
AT_ONCE = 20
BEHIND_REPLIES = 1


async def ask_due(
    unit: Unit, library: Library, texts: Callable[[str], Texts], bank_holidays: frozenset[dt.date]
) -> int:
    """Queue what is to be asked at this moment, a batch of it; how many messages. Run it as often as you like: nobody
    is asked twice. `texts` gives the catalogue of a language."""
    await _give_up(unit)
    if not hours.is_open_at(DAYTIME, unit.now, bank_holidays) or await switch.message(unit) is not None:
        return 0
    return sum([await _ask(unit, one, library, texts) for one in await _due(unit)])


def concerns(queued: Queued) -> bool:
    """Is it one of these questions?"""
    return queued.source == SOURCE


async def let_go(unit: Unit, queued: Queued) -> bool:
    """May it go now? If not, they told us of something since it was queued: after a crisis or abuse they are never
    asked, after an emergency later."""
    session = await chats.session_of(unit, queued.chat_id)
    spared = spared_until(session, unit.now)
    if not session.quiet and spared is None:
        return True
    await outbox.mark(unit, queued.id, "dropped")
    if not session.quiet:
        this = (col(FollowUp.id) == int(queued.key.split(":")[1]), col(FollowUp.state) == SENT)
        await _run(unit, update(FollowUp).where(*this).values(state=WAITING, due_at=spared, sent_at=None))
    return False


async def _give_up(unit: Unit) -> None:
    long_ago = unit.now - GIVEN_UP_AFTER
    late = and_(col(FollowUp.state) == WAITING, col(FollowUp.due_at) < long_ago)
    unanswered = and_(col(FollowUp.state) == SENT, col(FollowUp.sent_at) < long_ago)
    await _run(unit, update(FollowUp).where(or_(late, unanswered)).values(state=DROPPED, due_at=unit.now))


async def _due(unit: Unit) -> list[FollowUp]:
    statement = select(FollowUp).where(
        col(FollowUp.state) == WAITING, col(FollowUp.due_at) <= unit.now, ~_asked_today(unit, FollowUp)
    )
    rows = await unit.session.execute(statement.order_by(col(FollowUp.due_at), col(FollowUp.id)).limit(AT_ONCE))
    return list(rows.scalars())


def _asked_today(unit: Unit, asked: type[FollowUp]) -> Any:
    other = aliased(FollowUp)
    return exists().where(col(other.chat_id) == col(asked.chat_id), col(other.sent_at) > unit.now - ONE_A)


async def _ask(unit: Unit, asked: FollowUp, library: Library, texts: Callable[[str], Texts]) -> bool:
    """One message, or none for ever; marked together with it."""
    chat = await unit.session.get(Chat, asked.chat_id, populate_existing=True)
    name = _name(library, asked)
    if chat is None or name is None or not may_write(unit, chat):
        await _mark(unit, asked, state=DROPPED, due_at=unit.now)
        return False
    session = chats.read_session(unit, chat.session)
    if (spared := spared_until(session, unit.now)) is not None:
        await _put_off(unit, asked, chat, spared)
        return False
    if not await _mark(unit, asked, state=SENT, sent_at=unit.now):
        return False
    language = session.language
    letter, source = proof.letter(texts(language), asked.id, name), f"{SOURCE}:{asked.id}:{asked.due_at:%Y%m%d}"
    return await outbox.queue_for(unit, chat.id, letter, source, BEHIND_REPLIES)


async def _put_off(unit: Unit, asked: FollowUp, chat: Chat, until: dt.datetime) -> None:
    """Until a better moment; for good, where nothing was heard of them for two weeks and a question of safety is open
    still: it would be asked in the end, once what they were in the middle of is forgotten."""
    silent = chat.last_turn_at < unit.now - GIVEN_UP_AFTER
    await (_mark(unit, asked, state=DROPPED, due_at=unit.now) if silent else _mark(unit, asked, due_at=until))


def _name(library: Library, asked: FollowUp) -> str | None:
    """What the organisation is called, if it may still be named: it may be gone, or stand in a sensitive answer now."""
    found = proof.askable(library, library.entries.get(asked.entry))
    return next((one.name for one in found if one.id == asked.organisation), None)


async def _mark(unit: Unit, asked: FollowUp, **values: Any) -> bool:
    """False where another process did so first, or the same chat was asked something else a moment ago."""
    this = (col(FollowUp.id) == asked.id, col(FollowUp.state) == WAITING, ~_asked_today(unit, FollowUp))
    marked = await _run(unit, update(FollowUp).where(*this).values(values).returning(col(FollowUp.id)))
    return marked.scalar_one_or_none() is not None


async def _run(unit: Unit, statement: Any) -> Any:
    return await unit.session.execute(statement.execution_options(synchronize_session=False))
