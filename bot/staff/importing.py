"""A sheet into the tables: first a plan, then all of it in one transaction, or nothing.

Organisations go live at once, as their details do when somebody of the team edits them, and like theirs their names
are tried out first (`import_trial`). Answers become drafts: each is looked at, and a second person agrees where lives
or trust hang on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from bot.staff import versions
from bot.staff.import_trial import Trial, fault_in
from bot.staff.sheets import SheetUnreadable
from bot.staff.versions import TABLES, Audit
from bot.store import content
from bot.store.unit import Unit
from knowledge.check_one import Kind
from knowledge.library import NATIONAL, Library, entry_files, entry_id, load, organisation_files
from knowledge.sheets import Fault, Plan, Planned, Table, kind_of
from knowledge.sheets import plan as plan_of

IMPORTED = "import"
"""Whose draft it is that an import left for somebody and nobody has touched since; another import may rewrite it."""


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


async def plan(unit: Unit, table: Table, place: Path, who: Who | None = None) -> Plan:
    """What a sheet would change, handed in by somebody; nothing is written. Raises SheetUnreadable where it names no
    id."""
    kind = kind_of(table.columns)
    if kind is None:
        raise SheetUnreadable("kind")
    texts = {slug: file.text for slug, file in (await files(unit, kind, place)).items()}
    found = plan_of(kind, table, texts, await library(unit, place))
    if written := await _written_by_hand(unit, found, who):
        return Plan(kind, faults=written)
    return replace(found, notes=(*found.notes, *await _coming_back(unit, found)))


async def _written_by_hand(unit: Unit, found: Plan, who: Who | None) -> tuple[Fault, ...]:
    """Rows over which somebody's own draft would be lost. What they imported before is no draft of their own."""
    if found.kind != "entry" or who is None or who.staff_id is None:
        return ()
    table = TABLES["entry"]
    own = select(col(table.slug)).where(col(table.staff_id) == who.staff_id, col(table.state).in_(("draft", "waiting")))
    kept = or_(col(table.by) != IMPORTED, col(table.state) == "waiting")
    drafted = set((await unit.session.execute(own.where(kept))).scalars())
    return tuple(Fault(row.row, None, "own-draft") for row in found.news if row.slug in drafted)


async def _coming_back(unit: Unit, found: Plan) -> tuple[Fault, ...]:
    """Rows that bring back what the team has taken away."""
    away = {row.slug for row in await versions.retired(unit, found.kind)}
    return tuple(Fault(row.row, None, "comes-back") for row in found.news if row.slug in away)


async def apply(unit: Unit, table: Table, place: Path, who: Who, audit: Audit, trial: Trial | None = None) -> Plan:
    """Do what a sheet says, where nothing is wrong with it and the `trial` of it found no danger that would be met in
    another way. Call it in a transaction of its own.

    Until that ends nobody else can publish, so that nothing is lost between the plan and the deed.
    """
    await content.seed(unit, place)
    revision = await versions.locked_revision(unit)
    planned = await plan(unit, table, place, who)
    if planned.faults or not planned.news:
        return planned
    if fault := fault_in(planned, await library(unit, place), trial, revision):
        return Plan(planned.kind, faults=(fault,))
    known = await files(unit, planned.kind, place)
    for row in planned.news:
        await (_live if planned.kind == "organisation" else _draft)(unit, row, known, who)
    if planned.kind == "organisation":
        await versions.bump(unit)
    await audit("import", f"{len(planned.news)} {planned.kind}")
    return planned


async def _live(unit: Unit, row: Planned, known: Mapping[str, File], who: Who) -> None:
    """A new live version in place of the one before, or of what took the organisation away; a new one belongs to the
    place."""
    table, before = TABLES["organisation"], await _before(unit, row, known)
    same = and_(col(table.local) == before.local, col(table.state) == "live")
    older = (col(table.slug) == row.slug, or_(same, col(table.state) == "retired"))
    statement = update(table).where(*older).values(state="replaced")
    await unit.session.execute(statement.execution_options(synchronize_session=False))
    await versions.put(unit, "organisation", row.slug, before.local, {"state": "live", **_values(row, before, who)})


async def _before(unit: Unit, row: Planned, known: Mapping[str, File], kind: Kind = "organisation") -> File:
    """What a row is written over: what answers, or what took the file away. A new file belongs to the place."""
    if row.slug in known:
        return known[row.slug]
    away = next(iter(await versions.retired(unit, kind, row.slug)), None)
    return File("", away.local, away.version) if away is not None else File("", local=True, version=0)


async def _draft(unit: Unit, row: Planned, known: Mapping[str, File], who: Who) -> None:
    """A draft; another import by the same rewrites the one it made before."""
    table, before = TABLES["entry"], await _before(unit, row, known, "entry")
    by = IMPORTED if who.staff_id is not None else who.by
    values = {**_values(row, before, who), "by": by}
    own = (col(table.slug) == row.slug, col(table.state) == "draft", col(table.by) == by)
    statement = update(table).where(*own, col(table.staff_id) == who.staff_id).values(at=unit.now, **values)
    done = await unit.session.execute(statement.returning(col(table.id)).execution_options(synchronize_session=False))
    if not done.scalars().all():
        await versions.put(unit, "entry", row.slug, before.local, {"state": "draft", **values})


def _values(row: Planned, before: File, who: Who) -> dict[str, Any]:
    base = before.version or None
    return {"text": row.text, "by": who.by, "staff_id": who.staff_id, "note": who.note, "base": base}
