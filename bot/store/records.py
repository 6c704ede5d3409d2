"""What is counted and kept about answers: questions, routes, whether it helped, details that are wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlmodel import col

from bot.store import outbox
from bot.store.inbox import upsert
from bot.store.tables import DetailReport, Feedback, Question, RouteCount
from bot.store.unit import Unit
from handlers.turn import Chose, KeepQuestion, MarkHelped, Reply, ReportDetail

WORDS = "detail_report.words"
CHOSEN = "chosen"
"""The state of a question whose answer was tapped."""


async def keep_question(unit: Unit, chat_id: int, effect: KeepQuestion) -> None:
    """Keep a question for staff. Its personal details are already removed."""
    unit.session.add(
        Question(
            chat_id=chat_id,
            text=effect.text,
            route=effect.route,
            shown=" ".join(effect.shown),
            score=effect.score,
            at=unit.now,
        )
    )


async def count_route(unit: Unit, channel: str, route: str) -> None:
    """One more turn that took this route today."""
    values = {"day": unit.now.date(), "route": route, "channel": channel, "turns": 1}
    statement = upsert(unit, RouteCount).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["day", "route", "channel"], set_={"turns": col(RouteCount.turns) + 1}
    )
    await unit.session.execute(statement)


async def mark_helped(unit: Unit, chat_id: int, effect: MarkHelped) -> None:
    """Keep whether an answer helped, beside the question that led to it."""
    unit.session.add(Feedback(chat_id=chat_id, entry=effect.entry, helped=effect.helped, at=unit.now))
    newest = _newest_shown(chat_id, effect.entry)
    await unit.session.execute(update(Question).where(col(Question.id).in_(newest)).values(helped=effect.helped))


async def mark_chosen(unit: Unit, chat_id: int, effect: Chose) -> None:
    """A question that was met with a choice is no missed one: its answer was among those offered."""
    newest = _newest_shown(chat_id, effect.entry)
    statement = update(Question).where(
        col(Question.id).in_(newest), col(Question.route) == "choose", col(Question.state) == "open"
    )
    await unit.session.execute(statement.values(state=CHOSEN))


def _newest_shown(chat_id: int, entry: str) -> Select[int]:
    """The last question of a chat that was met with an entry, in full or on a button."""
    return (
        select(col(Question.id))
        .where(col(Question.chat_id) == chat_id, col(Question.shown).contains(entry))
        .order_by(col(Question.id).desc())
        .limit(1)
    )


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
