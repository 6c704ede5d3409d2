"""What is due goes live, and what has had its time makes way for what was there before.

A version is tried out again when its time has come, and so is what would take its place at its end: the answers around
it may have changed since it was agreed to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast, get_args

from sqlalchemy import select
from sqlmodel import col

from bot.staff import audit as records
from bot.staff import missed_waiting, versions
from bot.staff.findings import conflict_with, wrong_with
from bot.staff.outcomes import Refusal, Rehearsal
from bot.staff.versions import TABLES, Audit
from bot.store.content import Row
from bot.store.unit import Store, Unit
from handlers.catalogue import Texts
from knowledge.check_one import Kind
from knowledge.library import Library

KINDS: tuple[Kind, ...] = get_args(Kind)
Tried = Rehearsal | Refusal
Rehearse = Callable[[Kind, str, str | None], Awaitable[Tried]]
"""Tries a file's text out (None: the file is taken away); slow."""
Act = Callable[[Unit, "Due", Tried, Library, Texts, Audit], Awaitable[bool | None]]
TRIES = 3
"""Times that a version is tried out at once, where others publish meanwhile; the next sweep goes on."""


@dataclass(frozen=True, slots=True)
class Due:
    """A version whose time has come, to begin or to end, and the text that would answer then; None: none at all."""

    kind: Kind
    row: Row
    then: str | None


async def publish_due(store: Store, rehearse: Rehearse, library: Callable[[], Library], texts: Texts) -> int:
    """All that is due at this moment, one version after the other, each tried out before its transaction; how many
    began or ended. Raises StoreUnavailable."""
    done = 0
    for find, act in ((to_end, end), (to_start, start)):
        async with store.read() as unit:
            found = await find(unit)
        for due in found:
            done += await _tried_and_done(store, rehearse, library, texts, due, act)
    return done


async def _tried_and_done(
    store: Store, rehearse: Rehearse, library: Callable[[], Library], texts: Texts, due: Due, act: Act
) -> bool:
    for _ in range(TRIES):
        tried = await rehearse(due.kind, due.row.slug, due.then)
        async with store.write() as unit:
            done = await act(unit, due, tried, library(), texts, partial(records.record, unit, None))
        if done is not None:
            return done
    return False


async def to_start(unit: Unit) -> list[Due]:
    """Scheduled versions whose time has come, the earliest of each kind first."""
    rows = [(kind, row) for kind in KINDS for row in await versions.due(unit, kind, "scheduled", "starts")]
    return [Due(kind, row, versions.text_of(row)) for kind, row in rows]


async def to_end(unit: Unit) -> list[Due]:
    """Live versions that have had their time, the earliest of each kind first."""
    rows = [(kind, row) for kind in KINDS for row in await versions.due(unit, kind, "live", "ends")]
    return [Due(kind, row, await _after(unit, kind, row)) for kind, row in rows]


async def start(unit: Unit, due: Due, tried: Tried, library: Library, texts: Texts, audit: Audit) -> bool | None:
    """Let a version go live that was tried out on the present content. False where it is a draft again, with the
    reason as its note, or is not due any more; None where it has to be tried out anew."""
    kind, revision = due.kind, await versions.locked_revision(unit)
    row = await versions.one(unit, kind, due.row.id)
    if row is None or row.state != "scheduled" or versions.ahead(row.starts, unit.now):
        return False
    then = versions.text_of(row)
    if isinstance(tried, Rehearsal) and not tried.covers(then or "", revision):
        return None
    why = texts.say("staff.edit.note.not-started") if await conflict_with(unit, kind, row) else ""
    if why := why or _in_the_way(Due(kind, row, then), tried, library, texts, STARTING):
        values = {"state": "draft", "starts": None, "ends": None, "note": why, "stopped_at": unit.now}
        await versions.change(unit, kind, row, **values)
        await audit("not started", versions.name_of(kind, row))
        return False
    await versions.go_live(unit, kind, row)
    if isinstance(tried, Rehearsal):
        await missed_waiting.settle(unit, kind, row.id, row.slug, tried.replay)
    await audit("start", versions.name_of(kind, row))
    return True


async def end(unit: Unit, due: Due, tried: Tried, library: Library, texts: Texts, audit: Audit) -> bool | None:
    """Take a version back, where what takes its place was tried out on the present content. False where it stays
    live without an end, with the reason as its note, or is not due any more; None where it has to be tried out anew.
    Whoever publishes holds the revision, so nothing is done twice."""
    kind, revision = due.kind, await versions.locked_revision(unit)
    row = await versions.one(unit, kind, due.row.id)
    if row is None or row.state != "live" or row.ends is None or versions.ahead(row.ends, unit.now):
        return False
    then = await _after(unit, kind, row)
    if then != due.then or (isinstance(tried, Rehearsal) and not tried.covers(then or "", revision)):
        return None
    if why := _in_the_way(Due(kind, row, then), tried, library, texts, ENDING):
        await versions.change(unit, kind, row, ends=None, note=why, stopped_at=unit.now)
        await audit("not ended", versions.name_of(kind, row))
        return False
    await _make_way(unit, kind, row, texts)
    await audit("end", versions.name_of(kind, row))
    return True


STARTING = ("staff.edit.note.stopped", "staff.edit.note.danger")
ENDING = ("staff.edit.note.end-stopped", "staff.edit.note.end-danger")
"""What is noted of a version: that something is wrong with the words, and that a danger would be missed."""


def _in_the_way(due: Due, tried: Tried, library: Library, texts: Texts, notes: tuple[str, str]) -> str:
    """Why what is due may not be done after all, in a sentence; empty where it may."""
    wrong = tried if isinstance(tried, Refusal) else wrong_with(due.kind, due.row.slug, due.then, library)
    if wrong is not None:
        return texts.say(notes[0], why=texts.say(wrong.text_id, **wrong.facts))
    if isinstance(tried, Rehearsal) and tried.replay.blocked:
        first = tried.replay.blocked[0].asked.message.text
        return texts.say(notes[1], count=len(tried.replay.blocked), example=first)
    return ""


async def _make_way(unit: Unit, kind: Kind, row: Row, texts: Texts) -> None:
    """The words of the version before are live again, as a version of its own; nothing, where there was none."""
    before = await _before(unit, kind, row)
    await versions.change(unit, kind, row, state="withdrawn")
    if before is not None:
        note = texts.say("staff.edit.note.back", version=before.version)
        values = {"text": before.text, "state": "live", "by": before.by, "staff_id": before.staff_id, "note": note}
        await versions.put(unit, kind, row.slug, row.local, values)
    await versions.bump(unit)


async def _after(unit: Unit, kind: Kind, row: Row) -> str | None:
    """What answers once a version has ended: what it was put over, else the nation's file beneath it, else nothing."""
    before = await _before(unit, kind, row)
    return before.text if before is not None else await _beneath(unit, kind, row)


async def _before(unit: Unit, kind: Kind, row: Row) -> Row | None:
    table = TABLES[kind]
    statement = select(table).where(col(table.slug) == row.slug, col(table.local) == row.local)
    statement = statement.where(col(table.version) == row.base, col(table.state) == "replaced")
    found: Any = (await unit.session.execute(statement)).scalar_one_or_none()
    return cast(Row | None, found)


async def _beneath(unit: Unit, kind: Kind, row: Row) -> str | None:
    table = TABLES[kind]
    statement = select(col(table.text)).where(col(table.slug) == row.slug, col(table.state) == "live")
    statement = statement.where(col(table.local) != row.local).order_by(col(table.version).desc()).limit(1)
    found: str | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found
