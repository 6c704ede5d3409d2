"""What a file said before: who changed it, when and why, what differs, how many people read it, and how to go back."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select
from sqlmodel import col

from bot.staff import versions
from bot.staff.edits import Editing
from bot.staff.findings import who
from bot.staff.outcomes import Draft, Refusal
from bot.staff.versions import TABLES
from bot.store.content import Row
from bot.store.tables import Question
from bot.store.unit import Unit
from handlers.catalogue import Texts
from knowledge.check_one import Kind

WAS_LIVE = ("live", "replaced", "withdrawn")


@dataclass(frozen=True, slots=True)
class Past:
    """A version as its history tells it. `who` is None for one that shipped; `by` may differ from who agreed."""

    id: int
    version: int
    state: str
    text: str
    at: dt.datetime
    who: str | None
    agreed: str | None
    note: str
    starts: dt.datetime | None
    ends: dt.datetime | None
    retires: bool = False


Side = Literal["kept", "added", "removed"]
MARKS: dict[str, Side] = {"  ": "kept", "+ ": "added", "- ": "removed"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison."""

    side: Side
    text: str


async def versions_of(unit: Unit, kind: Kind, slug: str) -> list[Past]:
    """All versions of a file, drafts included, the newest first."""
    table = TABLES[kind]
    statement = select(table).where(col(table.slug) == slug).order_by(col(table.at).desc(), col(table.id).desc())
    rows: Any = (await unit.session.execute(statement)).scalars().all()
    return [await _past(unit, row) for row in rows]


async def _past(unit: Unit, row: Row) -> Past:
    return Past(
        row.id, row.version, row.state, row.text, row.at, await who(unit, row.staff_id),
        await who(unit, row.approved_by), row.note, row.starts, row.ends, row.retires,
    )  # fmt: skip


def diff(old: str, new: str) -> tuple[Line, ...]:
    """Two texts in; every line of both out, in order, each kept, added or removed."""
    return tuple(_lines(old, new))


def _lines(old: str, new: str) -> Iterator[Line]:
    for line in difflib.Differ().compare(old.splitlines(), new.splitlines()):
        if side := MARKS.get(line[:2]):
            yield Line(side, line[2:])


async def restore(editing: Editing, kind: Kind, version_id: int, texts: Texts) -> Draft | Refusal:
    """The words of an older version, or of one that was offered, as a draft over what is live now."""
    row = await versions.one(editing.unit, kind, version_id)
    if row is None or row.retires:
        return Refusal("staff.edit.gone")
    over = await versions.stands(editing.unit, kind, row.slug)
    note = texts.say("staff.edit.note.restored", version=row.version)
    return await editing.draft(kind, row.slug, row.text, note, over.version if over else None)


async def seen(unit: Unit, kind: Kind, version_id: int) -> int:
    """How many questions were answered with an entry, or offered it, while this version of it was live. What is kept
    of a question is its words and what was shown, so each counts once, whoever asked. Organisations are not counted."""
    row = await versions.one(unit, kind, version_id)
    if row is None or kind != "entry" or row.state not in WAS_LIVE:
        return 0
    until = await _until(unit, row)
    shown: Any = " " + col(Question.shown) + " "
    during = (col(Question.at) >= row.at, col(Question.at) < until) if until else (col(Question.at) >= row.at,)
    statement = select(func.count()).select_from(Question).where(shown.contains(f" {row.slug} "), *during)
    return int((await unit.session.execute(statement)).scalar_one())


async def _until(unit: Unit, row: Row) -> dt.datetime | None:
    """When the next version went live, or this one's time was over; None while it answers."""
    table = TABLES["entry"]
    statement = select(func.min(col(table.at))).where(col(table.slug) == row.slug, col(table.local) == row.local)
    ended = (col(table.state) == "withdrawn") & col(table.ends).is_not(None)
    statement = statement.where(col(table.state).in_(("live", "replaced", "retired")) | ended, col(table.at) > row.at)
    found: dt.datetime | None = (await unit.session.execute(statement)).scalar_one()
    return found if found is not None or row.state != "withdrawn" else row.ends
