"""A step of the sweep: what is due goes live, and what has had its time makes way for what was there before."""

from __future__ import annotations

from typing import Any, cast, get_args

from sqlalchemy import select
from sqlmodel import col

from bot.staff import versions
from bot.staff.findings import conflict_with
from bot.staff.versions import TABLES, Audit
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.catalogue import Texts
from knowledge.check_one import Kind

KINDS: tuple[Kind, ...] = get_args(Kind)


async def due(unit: Unit, texts: Texts, audit: Audit) -> int:
    """Do all that is due; how many versions began or ended. Twice, or in two processes at once, it does nothing twice:
    whoever publishes holds the revision."""
    await versions.locked_revision(unit)
    done = 0
    for kind in KINDS:
        for row in await versions.due(unit, kind, "scheduled", "starts"):
            done += await _start(unit, kind, row, texts, audit)
        for row in await versions.due(unit, kind, "live", "ends"):
            await _end(unit, kind, row, texts, audit)
            done += 1
    return done


async def _start(unit: Unit, kind: Kind, row: Row, texts: Texts, audit: Audit) -> bool:
    """Live, unless another version went live since it was agreed to: then it is a draft again."""
    if await conflict_with(unit, kind, row):
        note = texts.say("staff.edit.note.not-started")
        await versions.change(unit, kind, row, state="draft", starts=None, ends=None, note=note)
        await audit("not started", versions.name_of(kind, row))
        return False
    await versions.go_live(unit, kind, row)
    await audit("start", versions.name_of(kind, row))
    return True


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
