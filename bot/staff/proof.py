"""What residents said about an answer and about an organisation, as the team sees it: counts in which nobody can be
made out. Only months that are over count, and in fives: whoever looks before and after a tap sees the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from bot.store.evidence import ANSWER
from bot.store.reach_tables import Evidence
from bot.store.tables import Feedback
from bot.store.unit import Unit
from handlers.proof import ANSWERS
from knowledge.avoided import WAYS
from knowledge.small_numbers import in_fives

COLUMNS = {"went": Evidence.went, "helped": Evidence.helped, "instead": Evidence.instead}


@dataclass(frozen=True, slots=True)
class Said:
    """Counts of all that could be said to one question, in fives, by text ids' ends. None: fewer than five. `total` is
    their sum, where all are shown."""

    question: str
    parts: tuple[tuple[str, int | None], ...]
    total: int | None


def told(question: str, counts: Mapping[str, int], answers: Collection[str]) -> Said:
    """Counts in, what may be shown of them out: each rounded down to fives, one under five hidden, and with it the
    total."""
    parts = tuple((one, in_fives(counts.get(one, 0)) or None) for one in answers)
    shown = [count for _, count in parts if count is not None]
    return Said(question, parts, sum(shown) if len(shown) == len(parts) else None)


async def of_entry(unit: Unit, slug: str) -> tuple[Said, ...]:
    """Whether an answer helped, and what they would have done without it."""
    theirs = (col(Feedback.entry) == slug, col(Feedback.at) < this_month(unit.now))
    marks = select(col(Feedback.helped), func.count()).where(*theirs)
    found = (await unit.session.execute(marks.group_by(col(Feedback.helped)))).all()
    helped = {"helped" if row[0] else "not-meant": row[1] for row in found}
    instead = await _counted(unit, "instead", col(Evidence.entry) == slug, col(Evidence.about) == ANSWER)
    return told("answer", helped, ("helped", "not-meant")), told("instead", instead, WAYS)


async def of_organisation(unit: Unit, slug: str) -> tuple[Said, ...]:
    """Whether people got in touch with an organisation, whether it helped, what they would have done without it."""
    theirs = col(Evidence.organisation) == slug
    return tuple([told(name, await _counted(unit, name, theirs), answers) for name, answers in ANSWERS.items()])


async def _counted(unit: Unit, question: str, *which: ColumnElement[bool]) -> dict[str, int]:
    answer = col(COLUMNS[question])
    over = col(Evidence.at) < this_month(unit.now)
    counted = select(answer, func.count()).where(*which, over, answer.is_not(None)).group_by(answer)
    rows = await unit.session.execute(counted)
    return {str(row[0]): row[1] for row in rows.all()}


def this_month(now: dt.datetime) -> dt.datetime:
    """When the month of a moment begins, in UTC."""
    return now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
