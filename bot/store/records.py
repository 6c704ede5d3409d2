"""What is counted and kept about answers: questions, routes, whether it helped, details that are wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Executable, bindparam, insert, select, update
from sqlmodel import col

from bot.store import outbox
from bot.store.inbox import Insert, insert_of
from bot.store.tables import DetailReport, Feedback, Question, RouteCount, table_of
from bot.store.unit import Unit
from handlers.turn import Chose, KeepQuestion, MarkHelped, Reply, ReportDetail

WORDS = "detail_report.words"
CHOSEN = "chosen"
"""The state of a question whose answer was tapped."""
QUESTIONS, ROUTES = table_of(Question), table_of(RouteCount)
KEEP = insert(QUESTIONS)
NEWEST_SHOWN = (
    select(QUESTIONS.c.id)
    .where(QUESTIONS.c.chat_id == bindparam("chat"), QUESTIONS.c.shown.contains(bindparam("entry")))
    .order_by(QUESTIONS.c.id.desc())
    .limit(1)
)
"""The last question of a chat that was met with an entry, in full or on a button."""
CHOOSE = update(QUESTIONS).where(
    QUESTIONS.c.id.in_(NEWEST_SHOWN), QUESTIONS.c.route == "choose", QUESTIONS.c.state == "open"
)
HELPED = update(QUESTIONS).where(QUESTIONS.c.id.in_(NEWEST_SHOWN))


async def keep_question(unit: Unit, chat_id: int, effect: KeepQuestion) -> None:
    """Keep a question for staff. Its personal details are already removed."""
    values = {
        "chat_id": chat_id,
        "text": effect.text,
        "route": effect.route,
        "shown": " ".join(effect.shown),
        "score": effect.score,
        "at": unit.now,
        "verdict": "",
        "state": "open",
        "area": effect.area,
        "summed": False,
    }
    await unit.run(KEEP, values)


@cache
def _count(insert: Insert) -> Executable:
    one_more = {"turns": ROUTES.c.turns + 1}
    statement: Executable = insert(ROUTES).on_conflict_do_update(
        index_elements=["day", "route", "channel"], set_=one_more
    )
    return statement


async def count_route(unit: Unit, channel: str, route: str) -> None:
    """One more turn that took this route today."""
    values = {"day": unit.now.date(), "route": route, "channel": channel, "turns": 1}
    await unit.run(_count(insert_of(unit)), values)


async def mark_helped(unit: Unit, chat_id: int, effect: MarkHelped) -> None:
    """Keep whether an answer helped, beside the question that led to it."""
    unit.session.add(Feedback(chat_id=chat_id, entry=effect.entry, helped=effect.helped, at=unit.now))
    await unit.run(HELPED, {"chat": chat_id, "entry": effect.entry, "helped": effect.helped})


async def mark_chosen(unit: Unit, chat_id: int, effect: Chose) -> None:
    """A question that was met with a choice is no missed one: its answer was among those offered."""
    await unit.run(CHOOSE, {"chat": chat_id, "entry": effect.entry, "state": CHOSEN})


async def report_detail(unit: Unit, chat_id: int, effect: ReportDetail) -> None:
    """Keep what somebody says is wrong with an organisation's details."""
    unit.session.add(
        DetailReport(
            chat_id=chat_id,
            organisation=effect.organisation,
            words=unit.vault.seal(WORDS, effect.words),
            thank=effect.thank,
            at=unit.now,
        )
    )


@dataclass(frozen=True)
class Report:
    """A wrong detail as staff read it."""

    id: int
    organisation: str
    words: str
    at: dt.datetime


async def open_reports(unit: Unit) -> list[Report]:
    """Reports that nobody has mended yet, oldest first."""
    statement = select(DetailReport).where(col(DetailReport.mended_at).is_(None)).order_by(col(DetailReport.id))
    return [
        Report(row.id, row.organisation, unit.vault.open(WORDS, row.words) if row.words else "", row.at)
        for row in (await unit.session.execute(statement)).scalars()
    ]


async def mend(unit: Unit, report_id: int, thanks: Reply) -> tuple[bool, bool]:
    """Mark a report as mended and thank whoever sent it: (was it open, were they thanked)."""
    statement = (
        update(DetailReport)
        .where(col(DetailReport.id) == report_id, col(DetailReport.mended_at).is_(None))
        .values(mended_at=unit.now)
        .returning(col(DetailReport.chat_id), col(DetailReport.thank))
    )
    row = (await unit.session.execute(statement)).one_or_none()
    if row is None:
        return False, False
    wanted = row.thank and row.chat_id is not None
    return True, wanted and await outbox.queue_for(unit, row.chat_id, thanks, f"report:{report_id}")
