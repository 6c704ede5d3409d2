"""From true counts to tables that may be published: every number of a table passes through here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Executable

from bot.insight.reading_months import Span
from bot.insight.shapes import Count, Row, Table
from bot.store.unit import Unit
from handlers.catalogue import Texts
from knowledge.small_numbers import Publisher

ByMonth = Mapping[dt.date, int]
Counts = Mapping[str, ByMonth]
"""True counts: by what they are of, then by month."""
COMPARED = ("now", "before")
OTHER, NONE = "other", "none"
"""What is no longer in the content, and what was not said."""


@dataclass(frozen=True, slots=True)
class Press:
    """Publishes for one filter: its months, and the words of the console."""

    publisher: Publisher
    span: Span
    texts: Texts

    def late(self) -> Press:
        """For what is still written down in the month after."""
        return replace(self, span=self.span.late())

    def now(self, cell: str, by_month: ByMonth) -> Count:
        """What is published of a cell for the months of the filter."""
        return self.publisher.count(cell, by_month, self.span.now)

    def both(self, cell: str, by_month: ByMonth) -> tuple[Count, Count]:
        """The same, and for the months before."""
        return self.now(cell, by_month), self.publisher.count(cell, by_month, self.span.before)

    def name(self, kind: str, id_: str) -> str:
        """What something is called: as the catalogue has it, else its id as words."""
        text_id = f"insight.{kind}.{id_}"
        return self.texts.say(text_id) if self.texts.has_english(text_id) else worded(id_)

    def names(self, kind: str, ids: Iterable[str]) -> dict[str, str]:
        """The same for many."""
        return {id_: self.name(kind, id_) for id_ in ids}


def worded(id_: str) -> str:
    """An id as words: fire-safety is "Fire safety"."""
    return id_.replace("-", " ").replace("_", " ").capitalize()


def summed(rows: Iterable[tuple[str, dt.date, int]]) -> Counts:
    """Counts by what they are of and by month. What has no name is NONE."""
    found: dict[str, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for id_, month, many in rows:
        found[id_ or NONE][month] += many
    return found


def among(counts: Counts, names: Mapping[str, str]) -> Counts:
    """Counts of what has a name; all else as OTHER. So which rows there are says nothing about what was counted."""
    return summed((id_ if id_ in names else OTHER, month, n) for id_, by in counts.items() for month, n in by.items())


def compared(press: Press, id_: str, names: Mapping[str, str], counts: Counts, cell: Callable[[str], str]) -> Table:
    """A row for each name, now beside before, the most first; OTHER only where it can be shown."""
    known = among(counts, names)
    rows = [Row(one, label, press.both(cell(one), known.get(one, {}))) for one, label in names.items()]
    other = Row(OTHER, press.name("other", OTHER), press.both(cell(OTHER), known.get(OTHER, {})))
    return Table(id_, COMPARED, ranked(rows) + with_something((other,) if OTHER not in names else ()))


def ranked(rows: Iterable[Row]) -> tuple[Row, ...]:
    """By what is shown, the most first; then by name. Never by what is true."""
    return tuple(sorted(rows, key=lambda row: (*(-(count or 0) for count in row.counts), row.label)))


def with_something(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Those of which some count can be shown."""
    return tuple(row for row in rows if any(count is not None for count in row.counts))


async def rows_of(unit: Unit, statement: Executable) -> list[tuple[Any, ...]]:
    """What a statement finds."""
    return [tuple(row) for row in (await unit.run(statement)).all()]
