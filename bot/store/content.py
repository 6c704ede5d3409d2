"""Content in the tables: seeded from a place's folder at first start, the truth from then on, exportable back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import insert, select
from sqlmodel import col

from bot.store import switch
from bot.store.reach_tables import CheckVersion
from bot.store.staff_tables import Notice
from bot.store.tables import EntryVersion, OrganisationVersion
from bot.store.unit import Unit, alone
from knowledge import entry, home_check
from knowledge.library import (
    NATIONAL,
    Library,
    entry_files,
    entry_id,
    organisation_files,
    parse_entry,
    parse_organisation,
    read_place,
)
from knowledge.topics import topics_of
from knowledge.visits.questions import visits_of

# A change of one file should not cost the reading of all.
_entry = lru_cache(maxsize=1024)(parse_entry)
_organisation = lru_cache(maxsize=1024)(parse_organisation)
_check = lru_cache(maxsize=64)(home_check.parse_topic)
SEEDING = 0x626F7433
"""By which processes that start at once on one PostgreSQL know each other."""
Row = EntryVersion | OrganisationVersion | CheckVersion
Version = type[EntryVersion] | type[OrganisationVersion] | type[CheckVersion]
FOLDERS: tuple[tuple[Version, str, str], ...] = (
    (EntryVersion, "entries", ".md"),
    (OrganisationVersion, "organisations", ".yaml"),
    (CheckVersion, home_check.FOLDER, ".yaml"),
)
"""Where the files of each table stand in a folder of content, and how their names end."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the place's folder (`local`) or of the nation's: its path in there, such as `entries/homes/bees.md`."""

    local: bool
    path: str
    text: str


async def seed(unit: Unit, place: Path, national: Path = NATIONAL) -> bool:
    """Fill empty tables from the folders. False where they are already filled."""
    await alone(unit, SEEDING)
    if (await unit.session.execute(select(col(EntryVersion.id)).limit(1))).first() is not None:
        return False
    for folder, local in ((national, False), (place, True)):
        entries = {entry_id(path): path for path in entry_files(folder)}
        organisations = {path.stem: path for path in organisation_files(folder)}
        await _insert(unit, EntryVersion, entries, local)
        await _insert(unit, OrganisationVersion, organisations, local)
        await _insert(unit, CheckVersion, {path.stem: path for path in home_check.topic_files(folder)}, local)
    await switch.put(unit, switch.REVISION, "1")
    return True


async def _insert(unit: Unit, table: Version, files: Mapping[str, Path], local: bool) -> None:
    rows = [
        {
            "slug": slug,
            "version": 1,
            "local": local,
            "text": path.read_bytes().decode("utf-8"),
            "state": "live",
            "by": "shipped",
            "at": unit.now,
        }
        for slug, path in files.items()
    ]
    if rows:
        await unit.session.execute(insert(table), rows)


async def revision(unit: Unit) -> str | None:
    """Changes whenever the content does."""
    return await switch.get(unit, switch.REVISION)


async def library(unit: Unit, place: Path) -> Library:
    """The library as the tables hold it; the place's own settings come from its folder."""
    entries = await _live(unit, EntryVersion)
    organisations = await _live(unit, OrganisationVersion)
    settings = read_place(place / "place.toml")
    return Library(
        place=settings,
        entries={row.slug: _entry(row.slug, row.text) for row in entries},
        organisations={row.slug: _organisation(row.slug, row.text) for row in organisations},
        visits=visits_of(place),
        changed={row.slug: row.at for row in organisations},
        notices=await _notices(unit),
        topics=topics_of(settings.topics, NATIONAL),
        checks={row.slug: _check(row.slug, row.text) for row in await _live(unit, CheckVersion)},
    )


async def _notices(unit: Unit) -> tuple[entry.Notice, ...]:
    """Those that still stand. Each knows when it ends, so nobody need tell the readers then."""
    standing = select(Notice).where(col(Notice.ended_at).is_(None), col(Notice.until) > unit.now)
    rows = (await unit.session.execute(standing.order_by(col(Notice.id)))).scalars()
    return tuple(entry.Notice(about=row.about, text=row.text, until=row.until) for row in rows)


async def export(unit: Unit, place: Path, national: Path) -> int:
    """Write every live version back to its file, byte for byte, and take away the files of what was retired; how many
    files were written."""
    files = await live_files(unit)
    for file in files:
        path = (place if file.local else national) / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode("utf-8"))
    for table, folder, ending in FOLDERS:
        for slug in await _retired(unit, table):
            for root in (place, national):
                (root / folder / f"{slug}{ending}").unlink(missing_ok=True)
    return len(files)


async def live_files(unit: Unit) -> list[File]:
    """Every file that answers now, as it stands in its folder."""
    return [
        File(row.local, f"{folder}/{row.slug}{ending}", row.text)
        for table, folder, ending in FOLDERS
        for row in await _live(unit, table)
    ]


async def _retired(unit: Unit, table: Version) -> Sequence[str]:
    """What the team has taken away; a new database must not be filled with it again."""
    statement = select(col(table.slug)).where(col(table.state) == "retired")
    return (await unit.session.execute(statement)).scalars().all()


async def _live(unit: Unit, table: Version) -> Sequence[Row]:
    """The newest live version of each; a place's own over the nation's."""
    statement = select(table).where(col(table.state) == "live").order_by(col(table.local), col(table.version))
    rows: Sequence[Row] = (await unit.session.execute(statement)).scalars().all()  # type: ignore[assignment]
    newest = {row.slug: row for row in rows}
    return list(newest.values())
