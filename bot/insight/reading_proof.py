"""Whether answers and organisations helped, and what people say they would have done without them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Executable, func, select
from sqlmodel import col

from bot.insight.reading_demand import narrowed, said
from bot.insight.reading_months import month_at, within
from bot.insight.reading_names import Conditions, Meant, Names
from bot.insight.reading_tables import ByMonth, Press, rows_of, summed
from bot.insight.reading_tables import Counts as ByEntry
from bot.insight.shapes import ANY, Filter
from bot.store.reach_tables import DemandCount, Evidence
from bot.store.tables import Feedback
from bot.store.unit import Unit
from knowledge.library import Library

WAYS = ("999", "101", "111", "nothing")
OPINIONS = ("helped", "not-helped")
ENTRIES = ("shown", *OPINIONS, *WAYS)
ORGANISATIONS = ("signposted", "answered", "went", "helped")
HELPED = ("yes", "bit")
ALL = "all"
SIGNPOST = "signpost"
"""The condition of what was said of an organisation: another is which answers name it."""
Counted = tuple[Conditions, ByMonth]
"""The conditions of a cell, and its true counts."""


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


@dataclass(frozen=True)
class Proof:
    """True counts of an area and a source, of all answers; nothing of it leaves but through a Press."""

    names: Names
    wanted: Filter
    shown: Sequence[Shown]
    opinions: Sequence[Opinion]
    said: Sequence[Said]

    def entry(self, column: str, slug: str) -> Counted:
        """A cell of the table of answers."""
        return self.of(column, self.names.entry(slug))

    def of(self, column: str, meant: Meant) -> Counted:
        """How often some answers were shown, helped or not, or had kept somebody from calling."""
        return {"what": column, **meant.said}, _counted(self._columns[column], meant)

    def organisation(self, column: str, slug: str) -> Counted:
        """A cell of the table of organisations."""
        if column == "signposted":
            return self.of("shown", self.names.of(self.wanted, slug))
        said = self._signposts.get((slug, column), {})
        meant = self.names.about(slug, self.wanted)
        return {"what": column, SIGNPOST: slug, **meant.said}, _counted(said, meant)

    def signposts(self, way: str) -> Counted:
        """What people would have done without an organisation that helped them, whichever it was."""
        rows = _by_entry(one for one in self.said if one.organisation and one.instead == way)
        meant = self.names.of(self.wanted)
        return {"what": way, SIGNPOST: ALL, **meant.said}, _counted(rows, meant)

    @cached_property
    def _columns(self) -> Mapping[str, ByEntry]:
        """The columns of the table of answers, and those who were asked and who answered, by answer."""
        answers = [one for one in self.said if not one.organisation]
        return {
            "shown": _by_entry(self.shown),
            "helped": _by_entry(one for one in self.opinions if one.helped),
            "not-helped": _by_entry(one for one in self.opinions if not one.helped),
            "asked": _by_entry(answers),
            "answered": _by_entry(one for one in answers if one.instead),
            **{way: _by_entry(one for one in answers if one.instead == way) for way in WAYS},
        }

    @cached_property
    def _signposts(self) -> Mapping[tuple[str, str], ByEntry]:
        """What was said of each organisation, by column, then by the answer that named it."""
        found: dict[tuple[str, str], list[Said]] = defaultdict(list)
        for one in self.said:
            for column in ORGANISATIONS[1:]:
                if one.organisation and _counts(one, column):
                    found[one.organisation, column].append(one)
        return {which: _by_entry(rows) for which, rows in found.items()}


def _by_entry(rows: Iterable[Shown | Opinion | Said]) -> ByEntry:
    return summed((one.entry, one.month, one.many) for one in rows)


def _counted(by_entry: ByEntry, meant: Meant) -> ByMonth:
    """How many in each month, of the answers that are meant."""
    found = ((month, many) for slug, by in by_entry.items() if meant.holds(slug) for month, many in by.items())
    return summed((ALL, *row) for row in found).get(ALL, {})


def _counts(one: Said, column: str) -> bool:
    return {"answered": True, "went": one.went == "yes", "helped": one.helped in HELPED}[column]


async def read_proof(unit: Unit, wanted: Filter, press: Press, library: Library) -> Proof:
    """All that is known of help."""
    months = press.span.both
    opinions = [Opinion(entry, helped, months[at], many) for entry, helped, at, many in
                await rows_of(unit, _opinions(press))]  # fmt: skip
    told = [Said._make((*row[:5], months[row[5]], row[6])) for row in await rows_of(unit, _said(wanted, press))]
    shown = [Shown(*row) for row in await rows_of(unit, _shown(wanted, press))]
    return Proof(Names(library), wanted, shown, opinions, told)


def _shown(wanted: Filter, press: Press) -> Executable:
    """Of all topics and agencies: which of them an answer is of, the content says."""
    columns = (col(DemandCount.entry), col(DemandCount.month))
    statement = select(*columns, func.sum(DemandCount.turns)).group_by(*columns)
    of_all = replace(wanted, topic=ANY, agency=ANY)
    return statement.where(narrowed(DemandCount, of_all, press.span.both), col(DemandCount.entry) != "")


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
