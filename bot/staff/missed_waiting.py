"""Missed questions that wait for a change: put aside with the version that will answer them, and never lost.

Their state names the version: `waiting 17`. When it goes live, those that it answers are done; the others, and all of
them where it is sent back or put away, are open again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.staff.findings import title_of
from bot.staff.versions import State
from bot.store.tables import EntryVersion, Question
from bot.store.unit import Unit
from knowledge.check_one import Kind
from knowledge.replay import Replay

OPEN, DONE, WAITING = "open", "done", "waiting "
GIVEN_UP: frozenset[State] = frozenset({"draft", "withdrawn"})
"""What becomes of a version that is sent back or put away."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many questions wait for a version of an entry."""

    slug: str
    title: str
    version: int
    count: int


async def put_aside(unit: Unit, questions: Sequence[int], version: int) -> None:
    """Let questions wait for a version."""
    await _to(unit, questions, f"{WAITING}{version}")


async def reopen(unit: Unit, questions: Sequence[int]) -> None:
    """Questions are missed again."""
    await _to(unit, questions, OPEN)


async def open_again(unit: Unit, kind: Kind, version: int, state: State) -> None:
    """A version has come into a state: where it is sent back or put away, its questions are missed again."""
    if kind == "entry" and state in GIVEN_UP:
        await reopen(unit, [number for number, _ in await _of(unit, version)])


async def settle(unit: Unit, kind: Kind, version: int, slug: str, replay: Replay) -> None:
    """A version is live that was tried out: what it answers is done, and what it does not is open again. A question
    that was not among the messages of the trial is looked at by somebody once more."""
    if kind != "entry":
        return
    texts = {one.asked.message.text for one in replay.differences if slug in one.after.answered}
    waited = await _of(unit, version)
    await _to(unit, [number for number, text in waited if text in texts], DONE)
    await reopen(unit, [number for number, text in waited if text not in texts])


async def waiting(unit: Unit) -> list[Waiting]:
    """The versions for which questions wait, the most questions first."""
    counts = select(col(Question.state), func.count()).where(col(Question.state).startswith(WAITING))
    rows = (await unit.session.execute(counts.group_by(col(Question.state)))).all()
    numbers = {int(state.removeprefix(WAITING)): count for state, count in rows}
    found = (await unit.session.execute(select(EntryVersion).where(col(EntryVersion.id).in_(numbers)))).scalars()
    told = [Waiting(row.slug, title_of(row), row.id, numbers[row.id]) for row in found]
    return sorted(told, key=lambda one: (-one.count, one.slug))


async def _of(unit: Unit, version: int) -> list[tuple[int, str]]:
    """The questions that wait for a version: numbers and texts."""
    statement = select(col(Question.id), col(Question.text)).where(col(Question.state) == f"{WAITING}{version}")
    return [(number, text) for number, text in (await unit.session.execute(statement)).all()]


async def _to(unit: Unit, questions: Sequence[int], state: str) -> None:
    values = {"state": state, "settled_by": None} if state == OPEN else {"state": state}
    if questions:
        await unit.session.execute(update(Question).where(col(Question.id).in_(questions)).values(**values))
