"""What residents said about an answer and about an organisation, as the team sees it: counts in which nobody can be
made out."""

from __future__ import annotations

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

LEAST = 5
"""Fewer than so many are not told apart from none."""
COLUMNS = {"went": Evidence.went, "helped": Evidence.helped, "instead": Evidence.instead}


@dataclass(frozen=True, slots=True)
class Said:
    """Counts of all that could be said to one question, by text ids' ends. None: fewer than five. `total` is None too
    where it would give away a part that is not shown."""

    question: str
    parts: tuple[tuple[str, int | None], ...]
    total: int | None


def told(question: str, counts: Mapping[str, int], answers: Collection[str]) -> Said:
    """Counts in, what may be shown of them out: a part under five is hidden, and with it the total, for the other parts
    taken from it would be the hidden one."""
    parts = tuple((one, count if (count := counts.get(one, 0)) >= LEAST else None) for one in answers)
    shown = [count for _, count in parts if count is not None]
    return Said(question, parts, sum(shown) if len(shown) == len(parts) else None)


async def of_entry(unit: Unit, slug: str) -> tuple[Said, ...]:
    """Whether an answer helped, and what they would have done without it."""
    marks = select(col(Feedback.helped), func.count()).where(col(Feedback.entry) == slug)
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
    rows = await unit.session.execute(select(answer, func.count()).where(*which, answer.is_not(None)).group_by(answer))
    return {str(row[0]): row[1] for row in rows.all()}
