"""Months on the clock of a place: which ones a filter means, which came before, and when each begins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, and_, case, literal_column

from bot.insight.shapes import Period
from knowledge.small_numbers import Month

TRAIL = 13
"""Months of the line: a year, and the same month of the year before."""
KEPT = 12
"""Months for which opinions are kept."""


@dataclass(frozen=True, slots=True)
class Span:
    """The months of a filter, as many before them, and those of the line; `zone` is the place's, `today` its month."""

    now: tuple[Month, ...]
    before: tuple[Month, ...]
    trail: tuple[Month, ...]
    today: dt.date
    zone: ZoneInfo

    @property
    def both(self) -> tuple[dt.date, ...]:
        """The first days of all months that are compared, in order."""
        return tuple(month.first for month in (*self.before, *self.now))

    def late(self) -> Span:
        """The same for rows that are still written to in the month after, and go after a year: their months move at
        both ends, and are shown in fives there."""
        moving = (back(self.today, 1), back(self.today, KEPT - 1))
        now, before = (
            tuple(Month(m.first, growing=m.first >= moving[0] or m.first <= moving[1]) for m in part)
            for part in (self.now, self.before)
        )
        return replace(self, now=now, before=before)


def span_of(period: Period, now: dt.datetime, zone: str) -> Span:
    """What a period means at a moment."""
    local = ZoneInfo(zone)
    today = now.astimezone(local).date().replace(day=1)
    firsts = between(period.first, period.last)
    before = between(back(period.first, len(firsts)), back(period.first, 1))
    trail = between(back(period.last, TRAIL - 1), period.last)
    now_, before_, trail_ = (_growing_from(today, months) for months in (firsts, before, trail))
    return Span(now_, before_, trail_, today, local)


def _growing_from(first: dt.date, months: Iterable[dt.date]) -> tuple[Month, ...]:
    return tuple(Month(month, growing=month >= first) for month in months)


def between(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """The first days of the months from one to another, both included."""
    many = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(back(last, ago) for ago in range(many - 1, -1, -1))


def back(month: dt.date, months: int) -> dt.date:
    """The first day of the month that was so many months before; after, where it is less than nought."""
    number = month.year * 12 + month.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)


def begins(month: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first moment of a month, in UTC."""
    return dt.datetime.combine(month, dt.time(), zone).astimezone(dt.UTC)


def within(moment: Any, span: Span) -> ColumnElement[bool]:
    """Rows whose moment lies in the months that are compared."""
    first, after = span.both[0], back(span.both[-1], -1)
    return and_(moment >= begins(first, span.zone), moment < begins(after, span.zone))


def month_at(moment: Any, span: Span) -> Any:
    """The place of a moment's month among those that are compared, from nought; named `month_at`, to group by."""
    return _halved(moment, span, 0, len(span.both) - 1).label("month_at")


def _halved(moment: Any, span: Span, first: int, last: int) -> ColumnElement[int]:
    """Half of the months are left after each comparison: of many rows, each is asked only a few times."""
    if first == last:
        return literal_column(str(first), Integer)
    middle = (first + last + 1) // 2
    earlier = moment < begins(span.both[middle], span.zone)
    return case((earlier, _halved(moment, span, first, middle - 1)), else_=_halved(moment, span, middle, last))
