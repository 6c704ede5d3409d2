"""Whether answers and organisations helped, and what people say they would have done without them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Executable, func, select
from sqlmodel import col

from bot.insight.reading_demand import conditions, narrowed, said
from bot.insight.reading_months import month_at, within
from bot.insight.reading_tables import ByMonth, Counts, Press, ranked, rows_of, summed, with_something
from bot.insight.shapes import Count, Filter, Row, Table
from bot.store.reach_tables import DemandCount, Evidence
from bot.store.tables import Feedback
from bot.store.unit import Unit
from knowledge.library import Library
from knowledge.small_numbers import cell

WAYS = ("999", "101", "111", "nothing")
ENTRIES = ("shown", "helped", "not-helped", *WAYS)
ORGANISATIONS = ("signposted", "answered", "went", "helped")
HELPED = ("yes", "bit")
ALL = "all"


class Shown(NamedTuple):
    """How often an answer was the first that was shown."""

    entry: str
    month: dt.date
    many: int


class Opinion(NamedTuple):
    """How often an answer was marked as helpful, or not."""

    entry: str
    helped: bool
    month: dt.date
    many: int


class Said(NamedTuple):
    """How often the same was said of an answer, or of the organisation that it named."""

    entry: str
    organisation: str
    went: str | None
    helped: str | None
    instead: str | None
    month: dt.date
    many: int

    @property
    def asked(self) -> bool:
        """Were they asked what they would have done? Of an answer at once; of an organisation once it helped."""
        return not self.organisation or self.helped in HELPED


@dataclass(frozen=True, slots=True)
class Proof:
    """True counts, narrowed by the filter; nothing of it leaves but through a Press."""

    shown: Sequence[Shown]
    opinions: Sequence[Opinion]
    said: Sequence[Said]

    def entries(self, column: str) -> Counts:
        """A column of the table of answers."""
        if column == "shown":
            return summed(self.shown)
        if column in WAYS:
            return summed((one.entry, one.month, one.many) for one in self.said if one.instead == column)
        helped = column == "helped"
        return summed((one.entry, one.month, one.many) for one in self.opinions if one.helped == helped)

    def organisations(self, column: str, library: Library) -> Counts:
        """A column of the table of organisations."""
        if column == "signposted":
            return summed(_signposted(self.shown, library))
        mine = (one for one in self.said if one.organisation and _counts(one, column))
        return summed((one.organisation, one.month, one.many) for one in mine)

    def helped(self) -> ByMonth:
        """How many answers helped, as far as people said."""
        return summed((ALL, one.month, one.many) for one in self.opinions if one.helped).get(ALL, {})

    def asked(self) -> ByMonth:
        """How many were asked what they would have done."""
        return summed((ALL, one.month, one.many) for one in self.said if one.asked).get(ALL, {})

    def ways(self) -> Counts:
        """What they would have done; ALL is how many said anything."""
        named = [(one.instead, one.month, one.many) for one in self.said if one.instead]
        return {**summed(named), **summed((ALL, month, many) for _, month, many in named)}


def _signposted(shown: Sequence[Shown], library: Library) -> Iterator[tuple[str, dt.date, int]]:
    for one in shown:
        if one.entry in library.entries:
            for helper in library.helpers(library.entries[one.entry]):
                yield helper.id, one.month, one.many


def _counts(one: Said, column: str) -> bool:
    return {"answered": True, "went": one.went == "yes", "helped": one.helped in HELPED}[column]


async def read_proof(unit: Unit, wanted: Filter, press: Press, library: Library) -> Proof:
    """All that is known of help."""
    months = press.span.both
    shown = [Shown(*row) for row in await rows_of(unit, _shown(wanted, press))]
    opinions = [Opinion(entry, helped, months[at], many) for entry, helped, at, many in
                await rows_of(unit, _opinions(press))]  # fmt: skip
    told = [
        Said(row[0], row[1], row[2], row[3], row[4], months[row[5]], row[6])
        for row in await rows_of(unit, _said(wanted, press))
    ]
    if conditions(wanted, ("topic", "agency")):
        inside = entries_of(library, wanted)
        opinions = [one for one in opinions if one.entry in inside]
        told = [one for one in told if one.entry in inside]
    return Proof(shown, opinions, told)


def _shown(wanted: Filter, press: Press) -> Executable:
    columns = (col(DemandCount.entry), col(DemandCount.month))
    statement = select(*columns, func.sum(DemandCount.turns)).group_by(*columns)
    return statement.where(narrowed(DemandCount, wanted, press.span.both), col(DemandCount.entry) != "")


def _opinions(press: Press) -> Executable:
    at = col(Feedback.at)
    # Nothing is added to the id but a reason for SQLite to read the rows in their order, not in that of the index.
    columns = ((col(Feedback.entry) + "").label("of"), col(Feedback.helped))
    statement = select(*columns, month_at(at, press.span), func.count())
    return statement.where(within(at, press.span)).group_by("of", columns[1], "month_at")


def _said(wanted: Filter, press: Press) -> Executable:
    at = col(Evidence.at)
    columns = [col(getattr(Evidence, name)) for name in Said._fields[:5]]
    statement = select(*columns, month_at(at, press.span), func.count()).group_by(*columns, "month_at")
    statement = statement.where(within(at, press.span))
    return statement.where(col(Evidence.area) == said(wanted.area)) if wanted.area else statement


def entries_of(library: Library, wanted: Filter) -> dict[str, str]:
    """The ids and titles of the answers that a filter lets through."""
    return {
        entry.id: entry.title
        for entry in library.entries.values()
        if wanted.topic in ("", entry.category) and wanted.agency in ("", entry.agency)
    }


def help_tables(press: Press, wanted: Filter, library: Library, proof: Proof) -> Iterator[Table]:
    """Answers and organisations, the most first, those of which something can be shown."""
    yield _table(press, "entries", "entry", entries_of(library, wanted),
                 {name: (_of_entry(name, wanted), proof.entries(name)) for name in ENTRIES})  # fmt: skip
    names = {one.id: one.name for one in library.organisations.values()}
    yield _table(press, "organisations", "organisation", names,
                 {name: (_of_organisation(name, wanted), proof.organisations(name, library))
                  for name in ORGANISATIONS})  # fmt: skip


Known = tuple[Mapping[str, str] | None, Counts]
"""The conditions of a column's cells, None where the filter cannot be laid on it; and its true counts."""


def _of_entry(column: str, wanted: Filter) -> Mapping[str, str] | None:
    """An answer is of one topic and one agency, so that these add nothing to what a cell is."""
    placed = conditions(wanted, ("area", "source"))
    if column == "shown":
        return {"what": column, **placed}
    missing = placed.keys() - ({"area"} if column in WAYS else set())
    return None if missing else {"what": column, **placed}


def _of_organisation(column: str, wanted: Filter) -> Mapping[str, str] | None:
    asked = conditions(wanted)
    return None if column != "signposted" and "source" in asked else {"what": column, **asked}


def _table(press: Press, id_: str, of: str, names: Mapping[str, str], columns: Mapping[str, Known]) -> Table:
    def count(name: str, known: Known) -> Count:
        asked, counts = known
        return None if asked is None else press.now(cell("proof", **{**asked, of: name}), counts.get(name, {}))

    rows = (Row(id_, label, tuple(count(id_, known) for known in columns.values())) for id_, label in names.items())
    return Table(id_, tuple(columns), ranked(with_something(tuple(rows))))
