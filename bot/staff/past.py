"""What residents asked, as it was read then: kept beside the words, so that a rehearsal only ranks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlmodel import col

from bot.knowing import Current, Snapshot
from bot.store.tables import Question
from bot.store.unit import Store, Unit
from knowledge.search.remembered import remember

MOST_PAST, AT_ONCE = 5000, 50
"""Past questions in a rehearsal, the newest; and how many are read at once in the background."""
CALM = "none"
Past = tuple[str, bytes, frozenset[str]]


async def past_questions(unit: Unit, most: int = MOST_PAST) -> list[Past]:
    """The newest past questions that have been read: words, reading, and the entries that helped."""
    wanted = (col(Question.text), col(Question.vector), col(Question.shown), col(Question.helped))
    statement = select(*wanted).where(col(Question.vector).is_not(None)).order_by(col(Question.id).desc()).limit(most)
    rows = (await unit.session.execute(statement)).all()
    return [
        (text, kept, frozenset(shown.split()) if helped else frozenset()) for text, kept, shown, helped in rows if kept
    ]


async def remember_question(unit: Unit, question_id: int, vector: bytes, verdict: str) -> None:
    """Keep the reading of a question beside it; one that is there already stays."""
    statement = update(Question).where(col(Question.id) == question_id, col(Question.vector).is_(None))
    await unit.session.execute(statement.values(vector=vector, verdict=verdict))


async def remember_missing(store: Store, current: Current, most: int = AT_ONCE) -> int:
    """A step of the sweep: read questions that have not been read, the newest first; how many. What is read are the
    words that are kept, from which personal details were removed."""
    if not isinstance(current, Snapshot):
        return 0
    async with store.read() as unit:
        statement = select(col(Question.id), col(Question.text)).where(col(Question.vector).is_(None))
        rows = (await unit.session.execute(statement.order_by(col(Question.id).desc()).limit(most))).all()
    read = await asyncio.to_thread(_read_all, current, [text for _, text in rows])
    async with store.write() as unit:
        for (question_id, _), (kept, verdict) in zip(rows, read, strict=True):
            await remember_question(unit, question_id, kept, verdict)
    return len(rows)


def _read_all(current: Snapshot, texts: Sequence[str]) -> list[tuple[bytes, str]]:
    return [_read_one(current, text) for text in texts]


def _read_one(current: Snapshot, text: str) -> tuple[bytes, str]:
    """What is kept of a question's reading, and its verdict: "emergency maybe", or "none"."""
    reading = current.index.read(text)
    verdict = current.judge(reading)
    return remember(current.index, reading), f"{verdict.route} {verdict.tier}" if verdict.route else CALM
