"""What is due goes live, and what has had its time makes way for what was there before.

A version is tried out again when its time has come: the answers around it may have changed since it was agreed to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast, get_args

from sqlalchemy import select
from sqlmodel import col

from bot.staff import audit as records
from bot.staff import versions
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
TRIES = 3
"""Times that a version is tried out at once, where others publish meanwhile; the next sweep goes on."""


async def publish_due(store: Store, rehearse: Rehearse, library: Callable[[], Library], texts: Texts) -> int:
    """All that is due at this moment, one version after the other, each tried out before its transaction; how many
    began or ended. Raises StoreUnavailable."""
    async with store.write() as unit:
        done = await end_due(unit, texts, partial(records.record, unit, None))
    async with store.read() as unit:
        waiting = await to_start(unit)
    for kind, row in waiting:
        done += await _published(store, rehearse, library, texts, kind, row)
    return done


async def _published(
    store: Store, rehearse: Rehearse, library: Callable[[], Library], texts: Texts, kind: Kind, row: Row
) -> bool:
    for _ in range(TRIES):
        tried = await rehearse(kind, row.slug, versions.text_of(row))
        async with store.write() as unit:
            heard = partial(records.record, unit, None)
            started = await start(unit, kind, row.id, tried, library(), texts, heard)
        if started is not None:
            return started
    return False


async def to_start(unit: Unit) -> list[tuple[Kind, Row]]:
    """Scheduled versions whose time has come, the earliest of each kind first."""
    return [(kind, row) for kind in KINDS for row in await versions.due(unit, kind, "scheduled", "starts")]


async def end_due(unit: Unit, texts: Texts, audit: Audit) -> int:
    """Take back what has had its time; how many versions ended. Whoever publishes holds the revision, so nothing is
    done twice."""
    await versions.locked_revision(unit)
    ended = [(kind, row) for kind in KINDS for row in await versions.due(unit, kind, "live", "ends")]
    for kind, row in ended:
        await _end(unit, kind, row, texts, audit)
    return len(ended)


async def start(
    unit: Unit, kind: Kind, version_id: int, tried: Tried, library: Library, texts: Texts, audit: Audit
) -> bool | None:
    """Let a version go live that was tried out on the present content. False where it is a draft again, with the
    reason as its note, or is not due any more; None where it has to be tried out anew."""
    revision = await versions.locked_revision(unit)
    row = await versions.one(unit, kind, version_id)
    if row is None or row.state != "scheduled" or versions.ahead(row.starts, unit.now):
        return False
    if isinstance(tried, Rehearsal) and not tried.covers(versions.text_of(row) or "", revision):
        return None
    if why := await _in_the_way(unit, kind, row, tried, library, texts):
        await _stop(unit, kind, row, why, audit)
        return False
    await versions.go_live(unit, kind, row)
    await audit("start", versions.name_of(kind, row))
    return True


async def _in_the_way(unit: Unit, kind: Kind, row: Row, tried: Tried, library: Library, texts: Texts) -> str:
    """Why a version may not go live after all, in a sentence; empty where it may."""
    if await conflict_with(unit, kind, row):
        return texts.say("staff.edit.note.not-started")
    wrong = tried if isinstance(tried, Refusal) else wrong_with(kind, row.slug, versions.text_of(row), library)
    if wrong is not None:
        return texts.say("staff.edit.note.stopped", why=texts.say(wrong.text_id, **wrong.facts))
    if isinstance(tried, Rehearsal) and tried.replay.blocked:
        first = tried.replay.blocked[0].asked.message.text
        return texts.say("staff.edit.note.danger", count=len(tried.replay.blocked), example=first)
    return ""


async def _stop(unit: Unit, kind: Kind, row: Row, why: str, audit: Audit) -> None:
    values = {"state": "draft", "starts": None, "ends": None, "note": why, "stopped_at": unit.now}
    await versions.change(unit, kind, row, **values)
    await audit("not started", versions.name_of(kind, row))


async def _end(unit: Unit, kind: Kind, row: Row, texts: Texts, audit: Audit) -> None:
    """The words of the version before are live again, as a version of its own; nothing, where there was none."""
    before = await _before(unit, kind, row)
    await versions.change(unit, kind, row, state="withdrawn")
    if before is not None:
        note = texts.say("staff.edit.note.back", version=before.version)
        values = {"text": before.text, "state": "live", "by": before.by, "staff_id": before.staff_id, "note": note}
        await versions.put(unit, kind, row.slug, row.local, values)
    await versions.bump(unit)
    await audit("end", versions.name_of(kind, row))


async def _before(unit: Unit, kind: Kind, row: Row) -> Row | None:
    table = TABLES[kind]
    statement = select(table).where(col(table.slug) == row.slug, col(table.local) == row.local)
    statement = statement.where(col(table.version) == row.base, col(table.state) == "replaced")
    found: Any = (await unit.session.execute(statement)).scalar_one_or_none()
    return cast(Row | None, found)
