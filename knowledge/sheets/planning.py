"""What a sheet would change: every cell checked, every row named as new, changed or the same. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from knowledge import check
from knowledge.check_one import Kind, parse
from knowledge.entry import Entry, Organisation
from knowledge.errors import UnreadableFile
from knowledge.library import Library
from knowledge.sheets.cells import Column, Fault, Row, Table, Wrong, clean
from knowledge.sheets.shapes import SHAPES, Fields, Shape, example, placed, shown

NATIONAL = "national"
State = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row, as cells."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One row: what becomes of its file, and the file's text as it would be."""

    row: int
    slug: str
    state: State
    changes: tuple[Change, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows, or what is wrong. With any fault nothing may be done. `notes` are worth a look and stop nothing."""

    kind: Kind
    rows: tuple[Planned, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()

    @property
    def news(self) -> tuple[Planned, ...]:
        """The rows that change something."""
        return tuple(row for row in self.rows if row.state != "same")


def table_of(kind: Kind, files: Mapping[str, str]) -> Table:
    """Files by their ids in, a sheet of them out, in the order of the ids."""
    shape = SHAPES[kind]
    return Table(shape.names, tuple(_row(shape, n, *file) for n, file in enumerate(sorted(files.items()), start=2)))


def _row(shape: Shape, number: int, slug: str, text: str) -> Row:
    fields = shape.fields(text)
    return Row(number, {shape.key: slug, **{column.name: shown(column, fields) for column in shape.columns}})


def plan(kind: Kind, table: Table, files: Mapping[str, str], library: Library) -> Plan:
    """A sheet, the files that are live, and the library they make, in; what an import would do out.

    A column that a sheet leaves out stays as it is; an empty cell takes out what the file says.
    """
    shape = SHAPES[kind]
    if faults := (*_faults_of_columns(shape, table), *_twice(shape, table)):
        return Plan(kind, faults=faults)
    found = [_planned(shape, row, files) for row in table.rows]
    rows = tuple(each for each in found if isinstance(each, Planned))
    if faults := tuple(fault for each in found if not isinstance(each, Planned) for fault in each):
        return Plan(kind, faults=faults)
    faults, notes = _checked(kind, rows, library)
    return Plan(kind, rows if not faults else (), faults, notes)


def _faults_of_columns(shape: Shape, table: Table) -> Iterator[Fault]:
    for name, count in Counter(table.columns).items():
        if name not in shape.names:
            yield Fault(None, None, "unknown-column", {"name": name})
        elif count > 1:
            yield Fault(None, None, "column-twice", {"name": name})


def _twice(shape: Shape, table: Table) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for row in table.rows:
        slug = row.cells.get(shape.key, "").strip()
        if slug in seen:
            yield Fault(row.number, shape.key, "row-twice", {"value": slug, "first": seen[slug]})
        seen.setdefault(slug, row.number)


def _planned(shape: Shape, row: Row, files: Mapping[str, str]) -> Planned | list[Fault]:
    slug = row.cells.get(shape.key, "").strip()
    if not shape.id.fullmatch(slug):
        return [Fault(row.number, shape.key, f"{shape.kind}-id", {"value": slug})]
    if slug == example(shape.kind)[shape.key]:
        return [Fault(row.number, shape.key, "example")]
    text = files.get(slug)
    before = shape.fields(text) if text is not None else {}
    fields, changes, faults = before, list[Change](), list[Fault]()
    for column in shape.columns:
        try:
            fields = _with_cell(column, row, fields, changes, is_new=text is None)
        except Wrong as wrong:
            faults.append(Fault(row.number, column.name, wrong.name, wrong.facts))
    if faults:
        return faults
    state: State = "new" if text is None else "changed" if changes else "same"
    return Planned(row.number, slug, state, tuple(changes), shape.write(text, fields) if changes or not text else text)


def _with_cell(column: Column, row: Row, fields: Fields, changes: list[Change], *, is_new: bool) -> Fields:
    """The fields as this row's cell has them; a change is noted."""
    if column.name not in row.cells and not is_new:
        return fields
    old, cell = shown(column, fields), clean(row.cells.get(column.name, ""))
    if cell == old.strip() and not (column.must and not cell):
        return fields
    value = column.read(cell)
    if value is None and column.must:
        raise Wrong("empty")
    after = placed(column, fields, value)
    if (new := shown(column, after)) != old:
        changes.append(Change(column.name, old, new))
        return after
    return fields


def _checked(kind: Kind, rows: Iterable[Planned], library: Library) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """The faults and the notes of the library as it would be, for the rows that change it."""
    parsed: dict[int, Entry | Organisation] = {}
    faults, notes = list[Fault](), list[Fault]()
    news = [row for row in rows if row.state != "same"]
    for row in news:
        try:
            # topics of the home check, the third kind, stand in no sheet
            parsed[row.row] = cast(Entry | Organisation, parse(kind, row.slug, row.text))
        except UnreadableFile as error:
            faults.append(Fault(row.row, None, "why", {"why": error.facts["why"]}))
    field = "entries" if kind == "entry" else "organisations"
    held = {**getattr(library, field), **{one.id: one for one in parsed.values()}}
    after = library.model_copy(update={field: held})
    for row in (row for row in news if row.row in parsed):
        for found in _found(parsed[row.row], after):
            told = Fault(row.row, _column(kind, found.about), "why", {"why": found.what})
            (notes if found.warning else faults).append(told)
    faults += _claimed(news, library, after) if kind == "entry" else _elsewhere(news, parsed, library)
    return tuple(faults), tuple(notes)


def _found(one: Entry | Organisation, library: Library) -> Iterator[check.Fault]:
    if isinstance(one, Entry):
        return check.entry_faults(one, Path(one.id), library)
    return check.organisation_faults(one, Path(one.id))


def _column(kind: Kind, about: str) -> str | None:
    """The column in which somebody mends what a check found about a line of a file."""
    known = {"**": "steps", "always": "hours", "weekly": "hours", "": None}
    if about in known:
        return known[about]
    return about if about in SHAPES[kind].names else "organisations"


def _claimed(news: Iterable[Planned], before: Library, after: Library) -> list[Fault]:
    """Phrasings that two answers would claim; what stood twice before is no fault of this sheet."""
    rows = {row.slug: row.row for row in news}
    stood = {fault.what for fault in _twice_claimed(before)}
    return [
        Fault(rows.get(str(fault.path)), "phrasings" if str(fault.path) in rows else None, "why", {"why": fault.what})
        for fault in _twice_claimed(after)
        if fault.what not in stood
    ]


def _twice_claimed(library: Library) -> Iterator[check.Fault]:
    return check.twice_claimed(library, {slug: Path(slug) for slug in library.entries})


def _elsewhere(news: Iterable[Planned], parsed: Mapping[int, Entry | Organisation], library: Library) -> list[Fault]:
    """Areas that the place does not have."""
    known = (NATIONAL, *(area.name for area in library.place.areas))
    return [
        Fault(row.row, "area", "choice", {"value": one.area, "allowed": ", ".join(known)})
        for row in news
        if isinstance(one := parsed.get(row.row), Organisation) and one.area not in known
    ]
