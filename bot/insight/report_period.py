"""The periods one can ask for: 2026-10, 2026-Q3, or from one month to another. Pure."""

from __future__ import annotations

import datetime as dt
import re

from bot.errors import BotError
from bot.insight.shapes import Period

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])")
LONGEST = 24
"""Months."""


class BadPeriod(BotError):
    """There is no such period, it is still to come, or it is too long."""

    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(said=said, months=LONGEST)
        self.text_id = f"console.insight.bad.{why}"


def period(said: str, today: dt.date) -> Period:
    """A month or a quarter as it is written. Raises BadPeriod."""
    if found := MONTH.fullmatch(said.strip()):
        first = _first(found[1], found[2], said)
        return _held(Period(first, first), said, today)
    if found := QUARTER.fullmatch(said.strip()):
        first = _first(found[1], str(int(found[2]) * 3 - 2), said)
        return _held(Period(first, later(first, 2)), said, today)
    raise BadPeriod("period", said)


def between(first: str, last: str, today: dt.date) -> Period:
    """From one month to another; either may be empty. Raises BadPeriod."""
    begins, ends = (period(said, today) for said in (first or last, last or first))
    return _held(Period(begins.first, ends.last), last or first, today)


def last_whole_month(today: dt.date) -> Period:
    """The month before this."""
    before = later(today.replace(day=1), -1)
    return Period(before, before)


def written(wanted: Period) -> str:
    """A period as it stands in an address or a file's name; empty for one that is neither a month nor a quarter."""
    first = wanted.first
    if first == wanted.last:
        return f"{first:%Y-%m}"
    if first.month % 3 == 1 and wanted.last == later(first, 2):
        return f"{first.year}-Q{first.month // 3 + 1}"
    return ""


def offered(today: dt.date) -> tuple[Period, ...]:
    """What can be chosen: the last 13 months and this one, then the last four quarters and this one, newest first."""
    this = today.replace(day=1)
    months = [later(this, -back) for back in range(14)]
    begins = this.replace(month=(this.month - 1) // 3 * 3 + 1)
    quarters = [later(begins, -3 * back) for back in range(5)]
    return (*(Period(first, first) for first in months), *(Period(first, later(first, 2)) for first in quarters))


def later(first: dt.date, months: int) -> dt.date:
    """The first day of the month so many months later."""
    years, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + years, month=month + 1)


def length(wanted: Period) -> int:
    """How many months a period has."""
    return (wanted.last.year - wanted.first.year) * 12 + wanted.last.month - wanted.first.month + 1


def months(first: dt.date, many: int) -> tuple[dt.date, ...]:
    """The first days of so many months, from the first on."""
    return tuple(later(first, at) for at in range(many))


def _first(year: str, month: str, said: str) -> dt.date:
    if int(year) < 2000:
        raise BadPeriod("period", said)
    return dt.date(int(year), int(month), 1)


def _held(wanted: Period, said: str, today: dt.date) -> Period:
    if wanted.first > wanted.last:
        raise BadPeriod("order", said)
    if wanted.first > today:
        raise BadPeriod("future", said)
    if length(wanted) > LONGEST:
        raise BadPeriod("long", said)
    return wanted
