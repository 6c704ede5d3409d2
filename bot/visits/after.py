"""What residents say after a visit. If nobody came, it goes on the team's list of calls, so that it is chased."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.visit_tables import Visit, VisitFeedback, VisitTask
from bot.visits import ways
from bot.visits.booking import BOOKED
from bot.visits.tasks import MISSED
from handlers.visits.letters import ANSWERS

WORDS = "words"
COLUMN = "visit_feedback.words"
MOST_WORDS = 2000
"""Characters that are kept."""
OVER = (BOOKED, "done", "not_in", "refused")
"""What a visit that has begun can be: nobody may have said yet what came of it."""


async def say_after(unit: Unit, chat_id: int, visit_id: int, question: str, answer: str) -> bool:
    """Keep one answer about a visit of this chat that has begun; the last one counts. False: not theirs, or no answer
    to that question. Their own words are kept sealed."""
    if not _known(question, answer) or not await _theirs(unit, chat_id, visit_id):
        return False
    value = unit.vault.seal(COLUMN, answer[:MOST_WORDS]) if question == WORDS else answer
    fresh = upsert(unit, VisitFeedback).values({"visit_id": visit_id, question: value, "at": unit.now})
    changed = {question: value, "at": unit.now}
    await unit.session.execute(fresh.on_conflict_do_update(index_elements=["visit_id"], set_=changed))
    if question == "came":
        await _chase(unit, chat_id, visit_id, missed=answer != "yes")
    return True


def _known(question: str, answer: str) -> bool:
    return bool(answer.strip()) if question == WORDS else answer in ANSWERS.get(question, ())


async def _theirs(unit: Unit, chat_id: int, visit_id: int) -> bool:
    statement = select(col(Visit.id)).where(
        col(Visit.id) == visit_id,
        col(Visit.chat_id) == chat_id,
        col(Visit.state).in_(OVER),
        col(Visit.starts) <= unit.now,
    )
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def _chase(unit: Unit, chat_id: int, visit_id: int, *, missed: bool) -> None:
    """Nobody came: a call, where it is welcome. Somebody came after all: no call."""
    task = (col(VisitTask.visit_id) == visit_id, col(VisitTask.kind) == MISSED)
    if not missed:
        off = update(VisitTask).where(*task, col(VisitTask.state) == "ring")
        await unit.session.execute(off.values(state="dropped", done_at=unit.now))
        return
    if ways.may_ring(await unit.session.get(Chat, chat_id, populate_existing=True)):
        row = {"visit_id": visit_id, "kind": MISSED, "sequence": 0, "due_at": unit.now, "state": "ring"}
        fresh = upsert(unit, VisitTask).values(row)
        again = fresh.on_conflict_do_update(
            index_elements=["visit_id", "kind", "sequence"],
            set_={"state": "ring", "due_at": unit.now, "done_at": None},
            where=col(VisitTask.state) == "dropped",
        )
        await unit.session.execute(again)
