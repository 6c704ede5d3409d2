"""How a resident is told something about a visit: by a message, by a call of the team, or not at all.

Never by a guess: whoever must hide is neither written to nor rung, and a message that cannot arrive becomes a call.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import ColumnElement, String, cast, exists, literal, or_, update
from sqlmodel import col

from bot.store import chats
from bot.store.tables import Chat, Outbox
from bot.store.unit import Unit
from bot.store.visit_tables import Visit, VisitTask
from bot.visits.booking import BOOKED
from bot.visits.tasks import EARLIER, ON_THE_WAY, REMINDERS, SOURCE, Due

WEEK_BEFORE_UNTIL = dt.timedelta(days=2)
"""Nearer to the visit than that, the message of the day before says it all."""
AFTER_FOR = dt.timedelta(days=7)
"""Later than that, people no longer remember how it was."""

Way = Literal["message", "ring", "dropped"]


def way_of(unit: Unit, due: Due) -> Way:
    """How a task is done: a message, a call by the team, or not at all. Who must hide is neither written to nor
    rung."""
    if not makes_sense(due.task, due.visit, unit.now) or not may_ring(due.chat):
        return "dropped"
    if due.task.kind in REMINDERS and due.visit.remind_by != "message":
        return "ring" if due.visit.remind_by == "ring" else "dropped"
    if may_write(unit, due.chat):
        return "message"
    return "ring" if due.task.kind in REMINDERS else "dropped"


def makes_sense(task: VisitTask, visit: Visit, now: dt.datetime) -> bool:
    """Is a task still about the visit as it is, and not too late?"""
    match task.kind:
        case "week-before":
            return _stands(task, visit) and visit.starts - now > WEEK_BEFORE_UNTIL
        case "day-before":
            return _stands(task, visit) and visit.starts > now
        case "after":
            took_place = visit.state in (BOOKED, "done") and task.sequence == visit.sequence
            return took_place and now - visit.ends <= AFTER_FOR
        case _:
            return visit.state == BOOKED and visit.starts > now


def may_write(unit: Unit, chat: Chat | None) -> bool:
    """Does a message that nobody asked for just now reach them, and is it welcome?"""
    reachable = chat is not None and chat.channel == "telegram" and chat.contact == "ok" and chat.blocked_at is None
    return reachable and chat is not None and not chats.read_session(unit, chat.session).quiet


def may_ring(chat: Chat | None) -> bool:
    """May the team ring whoever booked in this chat? None: booked by the team, which asked."""
    return chat is None or chat.contact == "ok"


async def tidy(unit: Unit) -> None:
    """Put right what changed since: a message that could not be delivered is rung, and calls that came to be unwanted
    or too late are dropped."""
    await unit.session.execute(
        update(VisitTask)
        .where(col(VisitTask.state) == "sent", col(VisitTask.kind).in_((*REMINDERS, ON_THE_WAY)), _undelivered())
        .values(state="ring", done_at=None)
        .execution_options(synchronize_session=False)
    )
    await unit.session.execute(
        update(VisitTask)
        .where(col(VisitTask.state) == "ring", or_(_unwanted(), _too_late(unit)))
        .values(state="dropped", done_at=unit.now)
        .execution_options(synchronize_session=False)
    )


def _undelivered() -> ColumnElement[bool]:
    key = literal(SOURCE) + cast(col(VisitTask.id), String) + literal(":0")
    lost = or_(col(Outbox.state) == "failed", (col(Outbox.state) == "dropped") & col(Chat.blocked_at).is_not(None))
    return exists().where(col(Outbox.key) == key, col(Chat.id) == col(Outbox.chat_id), lost)


def _unwanted() -> ColumnElement[bool]:
    return exists().where(
        col(Visit.id) == col(VisitTask.visit_id), col(Chat.id) == col(Visit.chat_id), col(Chat.contact) != "ok"
    )


def _too_late(unit: Unit) -> ColumnElement[bool]:
    its = col(Visit.id) == col(VisitTask.visit_id)
    before = col(VisitTask.kind).in_((*REMINDERS, EARLIER)) & exists().where(its, col(Visit.starts) <= unit.now)
    return before | ((col(VisitTask.kind) == ON_THE_WAY) & exists().where(its, col(Visit.ends) <= unit.now))


def _stands(task: VisitTask, visit: Visit) -> bool:
    return visit.state == BOOKED and task.sequence == visit.sequence
