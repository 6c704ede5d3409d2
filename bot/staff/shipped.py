"""Content that shipped with an upgrade: it takes the place of what shipped before, and never of what staff wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.staff import versions
from bot.staff.versions import SHIPPED, TABLES
from bot.store.content import Row
from bot.store.unit import Unit
from knowledge.check_one import Kind
from knowledge.home_check import topic_files
from knowledge.library import NATIONAL, entry_files, entry_id, organisation_files

LIVE, OFFERED = "live", "offered"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade of the content did: names of files."""

    live: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file of a content folder."""

    kind: Kind
    slug: str
    local: bool
    text: str


async def upgrade_content(unit: Unit, place: Path, national: Path = NATIONAL) -> Upgraded:
    """Compare the folders with the tables: a file that changed is live at once where nobody of the team has changed it,
    else it is offered beside their version. Nothing where it was offered before."""
    await versions.locked_revision(unit)
    known = await _known(unit)
    live: list[str] = []
    offered: list[str] = []
    for file in (*_files(national, local=False), *_files(place, local=True)):
        state = _state(file, known.get((file.kind, file.slug, file.local), ()))
        if state is not None:
            await _put(unit, file, state)
            (live if state == LIVE else offered).append(file.slug)
    if live:
        await versions.bump(unit)
    return Upgraded(tuple(live), tuple(offered))


def _state(file: File, rows: Sequence[Row]) -> str | None:
    """What becomes of a file; None where the tables have it already, or have had it beside a staff edit."""
    live = next((row for row in rows if row.state == "live"), None)
    if live is not None and live.text == file.text:
        return None
    if live is None and not rows:
        return LIVE
    if live is not None and live.by == SHIPPED:
        return LIVE
    return None if any(row.by == SHIPPED and row.text == file.text for row in rows) else OFFERED


async def _put(unit: Unit, file: File, state: str) -> None:
    """As a version of its own. What it takes the place of is replaced, what was offered before is withdrawn."""
    table = TABLES[file.kind]
    older = "replaced" if state == LIVE else "withdrawn"
    statement = select(table).where(col(table.slug) == file.slug, col(table.local) == file.local)
    statement = statement.where(col(table.state) == state)
    rows: Any = (await unit.session.execute(statement)).scalars().all()
    for row in rows:
        await versions.change(unit, file.kind, row, state=older)
    await versions.put(unit, file.kind, file.slug, file.local, {"text": file.text, "state": state, "by": SHIPPED})


async def _known(unit: Unit) -> dict[tuple[Kind, str, bool], list[Row]]:
    found: dict[tuple[Kind, str, bool], list[Row]] = {}
    for kind, table in TABLES.items():
        rows: Any = (await unit.session.execute(select(table).order_by(col(table.version)))).scalars().all()
        for row in rows:
            found.setdefault((kind, row.slug, row.local), []).append(row)
    return found


def _files(folder: Path, *, local: bool) -> Iterator[File]:
    for path in entry_files(folder):
        yield File("entry", entry_id(path), local, path.read_bytes().decode("utf-8"))
    for path in organisation_files(folder):
        yield File("organisation", path.stem, local, path.read_bytes().decode("utf-8"))
    for path in topic_files(folder):
        yield File("check", path.stem, local, path.read_bytes().decode("utf-8"))
