"""The shapes of what is published: a period and its filters, counts, tables. Pages, PDF, CSV and Parquet read these."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

Count = int | None
"""A published count. None: fewer than five."""
ANY = ""
"""A filter that lets everything through."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, the first days of the first and the last of them."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Filter:
    """What is counted: a period, and what of it. An empty word lets everything through."""

    period: Period
    topic: str = ANY
    agency: str = ANY
    area: str = ANY
    source: str = ANY


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: the id of what it is about, its name for people, and a count for each column."""

    id: str
    label: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of one kind. `id` is its name in files and text ids (`insight.table.ID`); `columns` are text ids' ends."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate: never one bare number."""

    low: int
    likely: int
    high: int


@dataclass(frozen=True, slots=True)
class Avoided:
    """Calls that people say they would have made. After an answer `answered` people said what they would have done;
    `asked` were asked. `said` is how many of them named each way: 999, 101, 111 (or GP), nothing. `signposts` is what
    was said a week later, of organisations: the same need may be in both, so that the two are never added."""

    asked: Count
    answered: Count
    said: tuple[tuple[str, Count], ...]
    estimates: tuple[tuple[str, Range], ...] = ()
    """For each way, calls over the whole period; empty where too few answered to estimate from."""
    signposts: tuple[tuple[str, Count], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is different from the period before, and what happened meanwhile that might be why."""

    about: str
    label: str
    now: Count
    before: Count
    perhaps: tuple[str, ...] = ()
    """Sentences, each of something that is known to have happened: a campaign began, an answer was changed."""


@dataclass(frozen=True, slots=True)
class Insight:
    """All that is shown for a filter."""

    filter: Filter
    made_at: dt.datetime
    tables: tuple[Table, ...]
    avoided: Avoided
    changes: tuple[Change, ...] = ()
    kind: Literal["month", "quarter", "other"] = "other"
    notes: tuple[str, ...] = field(default=())
    """Sentences that belong below everything: what is not counted, and how exact it is."""

    def table(self, id_: str) -> Table | None:
        """The table of this name, where there is one."""
        return next((table for table in self.tables if table.id == id_), None)
