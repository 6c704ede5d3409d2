"""What a resident is to hear about a visit later: dated rows, so that nothing is lost while the bot is down.

Each row ends once. Queueing its message and marking it are one transaction, so a crash neither loses nor doubles it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.visit_tables import Visit, VisitTask
from knowledge.visits.reminders import DAYS_BEFORE, reminders

REMINDERS: tuple[str, ...] = tuple(kind for kind, _ in DAYS_BEFORE)
AFTER, EARLIER, MISSED, ON_THE_WAY = "after", "earlier", "missed", "on-the-way"
PLANNED = (*REMINDERS, AFTER)
OF_THIS_TIME = (*PLANNED, ON_THE_WAY)
"""What is said about the time that a visit has now, and not about another."""
UNANSWERED = (*OF_THIS_TIME, EARLIER)
SOURCE = "reminder:"
"""Outbox rows of a task are keyed with this and its number."""
BATCH = 50


@dataclass(frozen=True, slots=True)
class Due:
    """A task whose row this transaction holds, with its visit, and the chat that the visit was booked in, if any."""

    task: VisitTask
    visit: Visit
    chat: Chat | None


async def plan(unit: Unit, visit: Visit, zone: str, feedback_after: dt.timedelta | None) -> None:
    """Write down what is to be said about a visit as it stands now; what an earlier time of it asked for is dropped.

    Doing it twice is the same as once. Without `feedback_after`, or without their consent, nothing is asked afterwards.
    """
    await _end(unit, visit.id, OF_THIS_TIME, before=visit.sequence)
    due = {reminder.kind: reminder.at for reminder in reminders(visit.starts, unit.now, zone)}
    rows = [_row(visit, kind, at) for kind, at in due.items()]
    if feedback_after is not None and "feedback" in visit.consents.split(","):
        rows.append(_row(visit, AFTER, visit.ends + feedback_after))
    if rows:
        await unit.session.execute(upsert(unit, VisitTask).values(rows).on_conflict_do_nothing())


async def drop(unit: Unit, visit_id: int, kinds: Collection[str] = UNANSWERED) -> None:
    """Nothing more of these kinds is said about a visit, nor rung about."""
    await _end(unit, visit_id, kinds)


async def add(unit: Unit, visit_id: int, kind: str, state: Literal["waiting", "ring"]) -> None:
    """One more task of a kind that may come several times, due now."""
    last = select(func.coalesce(func.max(col(VisitTask.sequence)), 0)).where(
        col(VisitTask.visit_id) == visit_id, col(VisitTask.kind) == kind
    )
    sequence = int((await unit.session.execute(last)).scalar_one()) + 1
    unit.session.add(VisitTask(visit_id=visit_id, kind=kind, sequence=sequence, due_at=unit.now, state=state))
    await unit.session.flush()


async def due(unit: Unit, limit: int = BATCH) -> list[int]:
    """The numbers of the tasks whose time has come, the longest due first."""
    statement = (
        select(col(VisitTask.id))
        .where(col(VisitTask.state) == "waiting", col(VisitTask.due_at) <= unit.now)
        .order_by(col(VisitTask.due_at), col(VisitTask.id))
        .limit(limit)
    )
    return list((await unit.session.execute(statement)).scalars())


async def take(unit: Unit, task_id: int) -> Due | None:
    """A task to carry out; None where it is done already, or somebody else is at it, or at its chat."""
    its = select(Visit).join(VisitTask, col(VisitTask.visit_id) == col(Visit.id)).where(col(VisitTask.id) == task_id)
    visit = (await unit.session.execute(its)).scalar_one_or_none()
    if visit is None:
        return None
    # The chat comes before the task, as in a turn, which holds its chat when it drops tasks: no deadlock.
    chat = await _locked_chat(unit, visit.chat_id)
    task = await _locked_task(unit, task_id)
    if task is None or (chat is None and visit.chat_id is not None):
        return None
    await unit.session.refresh(visit)
    return Due(task, visit, chat)


async def mark(unit: Unit, task_id: int, state: str) -> None:
    """Sent, ring or dropped."""
    done_at = None if state == "ring" else unit.now
    await unit.session.execute(
        update(VisitTask).where(col(VisitTask.id) == task_id).values(state=state, done_at=done_at)
    )


async def put_off(unit: Unit, task_id: int, until: dt.datetime) -> None:
    """Let a task wait for the end of the night."""
    await unit.session.execute(update(VisitTask).where(col(VisitTask.id) == task_id).values(due_at=until))


async def _locked_chat(unit: Unit, chat_id: int | None) -> Chat | None:
    if chat_id is None:
        return None
    statement = select(Chat).where(col(Chat.id) == chat_id).with_for_update(skip_locked=True)
    found: Chat | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found


async def _locked_task(unit: Unit, task_id: int) -> VisitTask | None:
    waiting = select(VisitTask).where(
        col(VisitTask.id) == task_id, col(VisitTask.state) == "waiting", col(VisitTask.due_at) <= unit.now
    )
    statement = waiting.with_for_update(skip_locked=True)
    found: VisitTask | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found


async def _end(unit: Unit, visit_id: int, kinds: Collection[str], before: int | None = None) -> None:
    open_ = update(VisitTask).where(
        col(VisitTask.visit_id) == visit_id,
        col(VisitTask.kind).in_(kinds),
        col(VisitTask.state).in_(("waiting", "ring")),
    )
    if before is not None:
        open_ = open_.where(col(VisitTask.sequence) < before)
    await unit.session.execute(open_.values(state="dropped", done_at=unit.now))


def _row(visit: Visit, kind: str, at: dt.datetime) -> dict[str, object]:
    return {"visit_id": visit.id, "kind": kind, "sequence": visit.sequence, "due_at": at, "state": "waiting"}
