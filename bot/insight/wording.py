"""What tables, columns, counts and periods are called. A table or column that nobody has named keeps its own name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from babel.dates import format_date

from bot.insight.report_shapes import Passage
from bot.insight.shapes import Count, Period, Table
from handlers.catalogue import Texts
from knowledge.prose import Steps
from knowledge.prose import plain as spoken

LOCALE = "en_GB"
BEFORE, HOURS = "before", 24


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of what is shown of some counts. `hidden`: so many of them are too few to be shown; `of` so many."""

    shown: int
    hidden: int
    of: int


@dataclass(frozen=True, slots=True)
class Words:
    """Says numbers and names in the language of `texts`."""

    texts: Texts

    def say(self, text_id: str, **facts: object) -> str:
        """A text of the catalogue. Raises UnknownText."""
        return self.texts.say(f"insight.{text_id}", **facts)

    def passage(self, text_id: str, **facts: object) -> Passage:
        """A text of the catalogue with the list in it, if there is one. Raises UnknownText."""
        blocks = self.texts.blocks(f"insight.{text_id}", **facts)
        items = tuple(spoken(item) for block in blocks if isinstance(block, Steps) for item in block.items)
        return Passage(self.say(text_id, **facts), items)

    def table(self, table: str) -> str:
        """What a table is called."""
        return self._or(f"table.{table}", plain(table))

    def about(self, table: str) -> str:
        """What a table shows and how it is counted, or nothing."""
        return self._or(f"about.{table}", "")

    def column(self, table: str, column: str) -> str:
        """What a column is called: by its table, else anywhere. Hours are written as on a clock."""
        if column.isdigit() and int(column) < HOURS:
            return f"{int(column):02d}:00"
        return self._or(f"column.{table}.{column}", self._or(f"column.{column}", plain(column)))

    def row(self, table: str, row: str) -> str:
        """What a line of a table is called, where its id alone tells."""
        return self._or(f"{table}.{row}", plain(row))

    def meaning(self, table: str, column: str) -> str:
        """What a column counts, for the data dictionary."""
        if column.isdigit() and int(column) < HOURS:
            return self.say("field.hour", hour=f"{int(column):02d}")
        return self._or(f"field.{table}.{column}", self._or(f"field.{column}", self.column(table, column)))

    def count(self, count: Count) -> str:
        """A published count: 1,234, or fewer than 5."""
        return self.say("hidden") if count is None else f"{count:,}"

    def total(self, total: Total) -> str:
        """A sum; where some of it is hidden, "at least". Several that are all hidden may be many together."""
        if not total.hidden:
            return f"{total.shown:,}"
        if total.of == 1:
            return self.say("hidden")
        return self.say("at-least", count=f"{total.shown:,}") if total.shown else self.say("too-few")

    def period(self, period: Period) -> str:
        """October 2026; July to September 2026; November 2025 to January 2026."""
        first, last = period.first, period.last
        if first == last:
            return month(first)
        begins = format_date(first, "MMMM", LOCALE) if first.year == last.year else month(first)
        return self.say("months", first=begins, last=month(last))

    def _or(self, text_id: str, otherwise: str) -> str:
        return self.say(text_id) if self.texts.has_english(f"insight.{text_id}") else otherwise


def plain(name: str) -> str:
    """An id as words: visits-reason is "Visits reason"."""
    return name.replace("-", " ").replace("_", " ").capitalize()


def month(first: dt.date) -> str:
    """A month in words, such as October 2026."""
    return format_date(first, "MMMM y", LOCALE)


def day(date: dt.date) -> str:
    """A date in words, such as 25 November 2026."""
    return format_date(date, "d MMMM y", LOCALE)


def total(counts: Iterable[Count]) -> Total:
    """The sum of the counts that are shown."""
    kept = tuple(counts)
    return Total(sum(count for count in kept if count is not None), kept.count(None), len(kept))


def sum_of(table: Table | None, name: str, only: str | None = None) -> Total | None:
    """The sum of a column, or its count in the row `only`. None where there is nothing of the kind."""
    if table is None or name not in table.columns:
        return None
    at = table.columns.index(name)
    rows = [row.counts[at] for row in table.rows if only in (None, row.id)]
    return total(rows) if rows else None
