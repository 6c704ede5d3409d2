"""A sheet into the tables: first a plan, then all of it in one transaction, or nothing.

Organisations go live at once, as their details do when somebody of the team edits them. Answers become drafts: each
is looked at, and a second person agrees where lives or trust hang on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from bot.staff import versions
from bot.staff.sheets import SheetUnreadable
from bot.staff.versions import TABLES, Audit
from bot.store import content
from bot.store.unit import Unit
from knowledge.check_one import Kind
from knowledge.library import NATIONAL, Library, entry_files, entry_id, load, organisation_files
from knowledge.sheets import Plan, Planned, Table, kind_of
from knowledge.sheets import plan as plan_of


@dataclass(frozen=True, slots=True)
class File:
    """The live text of a file, and which version it is; version 0 while the tables are empty."""

    text: str
    local: bool
    version: int


@dataclass(frozen=True, slots=True)
class Who:
    """Whose import it is: the words kept as `by` with each version, their number in the team, and a note."""

    by: str
    staff_id: int | None = None
    note: str = ""


async def files(unit: Unit, kind: Kind, place: Path) -> dict[str, File]:
    """Every live file of a kind by its id, a place's own over the nation's. From the folders before the first start."""
    table = TABLES[kind]
    statement = select(table).where(col(table.state) == "live").order_by(col(table.local), col(table.version))
    rows: Any = (await unit.session.execute(statement)).scalars()
    found = {row.slug: File(row.text, row.local, row.version) for row in rows}
    return found or _shipped(kind, place)


def _shipped(kind: Kind, place: Path) -> dict[str, File]:
    found = {}
    for folder, local in ((NATIONAL, False), (place, True)):
        for path in entry_files(folder) if kind == "entry" else organisation_files(folder):
            slug = entry_id(path) if kind == "entry" else path.stem
            found[slug] = File(path.read_bytes().decode("utf-8"), local, 0)
    return found


async def library(unit: Unit, place: Path) -> Library:
    """What is answered with; from the folders before the first start."""
    started = await content.revision(unit) is not None
    return await content.library(unit, place) if started else load(place)


async def plan(unit: Unit, table: Table, place: Path) -> Plan:
    """What a sheet would change; nothing is written. Raises SheetUnreadable where it names no id."""
    kind = kind_of(table.columns)
    if kind is None:
        raise SheetUnreadable("kind")
    texts = {slug: file.text for slug, file in (await files(unit, kind, place)).items()}
    return plan_of(kind, table, texts, await library(unit, place))


async def apply(unit: Unit, table: Table, place: Path, who: Who, audit: Audit) -> Plan:
    """Do what a sheet says, where nothing is wrong with it. Call it in a transaction of its own.

    Until that ends nobody else can publish, so that nothing is lost between the plan and the deed.
    """
    await content.seed(unit, place)
    await versions.locked_revision(unit)
    planned = await plan(unit, table, place)
    known = await files(unit, planned.kind, place)
    if planned.faults or not planned.news:
        return planned
    for row in planned.news:
        await (_live if planned.kind == "organisation" else _draft)(unit, row, known, who)
    if planned.kind == "organisation":
        await versions.bump(unit)
    await audit("import", f"{len(planned.news)} {planned.kind}")
    return planned


async def _live(unit: Unit, row: Planned, known: Mapping[str, File], who: Who) -> None:
    """A new live version in place of the one before; a new organisation belongs to the place."""
    table, local = TABLES["organisation"], known[row.slug].local if row.slug in known else True
    older = (col(table.slug) == row.slug, col(table.local) == local, col(table.state) == "live")
    statement = update(table).where(*older).values(state="replaced")
    await unit.session.execute(statement.execution_options(synchronize_session=False))
    await versions.put(unit, "organisation", row.slug, local, {"state": "live", **_values(row, known, who)})


async def _draft(unit: Unit, row: Planned, known: Mapping[str, File], who: Who) -> None:
    """A draft; another import by the same rewrites the one it made before."""
    table, values = TABLES["entry"], _values(row, known, who)
    own = (col(table.slug) == row.slug, col(table.state) == "draft", col(table.by) == who.by)
    statement = update(table).where(*own, col(table.staff_id) == who.staff_id).values(at=unit.now, **values)
    done = await unit.session.execute(statement.returning(col(table.id)).execution_options(synchronize_session=False))
    if not done.scalars().all():
        local = known[row.slug].local if row.slug in known else True
        await versions.put(unit, "entry", row.slug, local, {"state": "draft", **values})


def _values(row: Planned, known: Mapping[str, File], who: Who) -> dict[str, Any]:
    base = known[row.slug].version if row.slug in known else None
    return {"text": row.text, "by": who.by, "staff_id": who.staff_id, "note": who.note, "base": base}
