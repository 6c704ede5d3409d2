"""What was said about days: rewrites of pieces for the grammar in `when`, and their sum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from itertools import dropwhile, takewhile

from knowledge.visits.when_pieces import Days, Piece, Pieces, dates_ahead, kinds, only

EVERY_DAY = Days(weekdays=frozenset(range(7)))
NEVER = Days()


def all_days(pieces: Pieces, today: dt.date) -> Piece | None:
    """All days together; stretches narrow the others, and what was ruled out is taken away."""
    said, unwanted = only(pieces, "d"), _sum(piece.days for piece in only(pieces, "D"))
    if not said and unwanted == NEVER:
        return None
    chosen = _sum(piece.days for piece in said if not piece.days.stretch) if said else EVERY_DAY
    wanted = _narrowed(chosen, _sum(piece.days for piece in said if piece.days.stretch))
    left = _without(wanted, unwanted, today)
    return Piece("d", left, sure=left != NEVER)


def _sum(several: Iterable[Days]) -> Days:
    several = list(several)
    dates = frozenset[dt.date]().union(*(days.dates for days in several))
    return Days(dates, frozenset[int]().union(*(days.weekdays for days in several)))


def _narrowed(chosen: Days, stretch: Days) -> Days:
    if NEVER in (chosen, stretch):
        return _sum((chosen, stretch))
    return Days(chosen.dates | frozenset(filter(chosen.hold, stretch.dates)))


def _without(wanted: Days, unwanted: Days, today: dt.date) -> Days:
    if unwanted.dates:
        wanted = Days(frozenset(filter(wanted.hold, dates_ahead(today))))
    kept = frozenset(date for date in wanted.dates if not unwanted.hold(date))
    return Days(kept, wanted.weekdays - unwanted.weekdays)


def same_day(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "thursday 3 december", "after monday before friday": both hold, if any date holds both."""
    first, *link, second = pieces
    both = frozenset(date for date in dates_ahead(today) if first.days.hold(date) and second.days.hold(date))
    if first.days.stretch and second.days.stretch:
        return (replace(first, days=Days(both, stretch=True), sure=first.sure and second.sure),) if both else pieces
    if first.days.stretch or second.days.stretch or not _date_and_weekday(first, second):
        return pieces
    if both and "a" not in kinds(tuple(link)):
        return (replace(first, days=Days(both), sure=first.sure and second.sure),)
    return pieces if link else (replace(first, sure=False), second)


def _date_and_weekday(first: Piece, second: Piece) -> bool:
    return bool(first.days.weekdays) != bool(second.days.weekdays)


def day_to_day(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "monday to friday", "1st to 4th december"."""
    first, last = (piece.days for piece in only(pieces, "d"))
    if first.stretch or last.stretch:
        return pieces
    if len(first.weekdays) == len(last.weekdays) == 1:
        return (Piece("d", Days(weekdays=_week_from(*first.weekdays, *last.weekdays))),)
    starts, ends = _first_run(first, today), _first_run(last, today)
    between = [date for date in dates_ahead(today) if starts and ends and starts[0] <= date <= ends[-1]]
    return (Piece("d", Days(frozenset(between)), sure=bool(between)),)


def _week_from(first: int, last: int) -> frozenset[int]:
    return frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))


def days_bounded(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "after tuesday", "by the 3rd", "from monday": a stretch around the next such day."""
    bound = next(piece.kind for piece in pieces if piece.kind != "d")
    (said,) = only(pieces, "d")
    run = _first_run(said.days, today)
    dates = frozenset(date for date in dates_ahead(today) if run and _within(bound, date, run))
    return (Piece("d", Days(dates, stretch=True), sure=said.sure and bool(dates)),)


def _within(bound: str, date: dt.date, run: list[dt.date]) -> bool:
    if bound == "b":
        return date < run[0]
    if bound == "l":
        return date > run[-1]
    return date <= run[-1] if bound in "yv" else date >= run[0]


def _first_run(days: Days, today: dt.date) -> list[dt.date]:
    """The next of those days and those that follow it without a break, as a weekend."""
    ahead = dropwhile(lambda date: not days.hold(date), dates_ahead(today))
    return list(takewhile(days.hold, ahead))


def ruled_out(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "not mondays or tuesdays". In "not monday, tuesday" the second may be wanted."""
    doubtful = "," in kinds(pieces)
    return tuple(replace(piece, kind="D", sure=piece.sure and not doubtful) for piece in only(pieces, "d"))
