"""What a word or phrase about days and times becomes when it is read: a piece.

A kind is one letter, so that the grammar in `when` can be patterns over letters:

    d  days                        t  times of day               n  a number that may be an hour
    m  "night", "am" after a day   e  "dinner" after a bound     w  any other word
    b  before    l  after    f  from    y  by    v  until    c  between    z  to
    i  at        q  about    s  -ish    k  onwards
    o  or        a  and      ,  comma   x  not   g  "no good"    h  what makes it unsure
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAYS_AHEAD = 60
LAST = 24 * 60 - 1


@dataclass(frozen=True)
class Window:
    """When a visit may begin, in minutes after midnight, both ends included. `loose`: said without am or pm."""

    start: int = 0
    end: int = LAST
    loose: bool = False

    @property
    def exact(self) -> bool:
        """One moment only?"""
        return self.start == self.end


@dataclass(frozen=True)
class Days:
    """Dates and weekdays; either will do. A `stretch`, as "next week", narrows other days instead of adding."""

    dates: frozenset[dt.date] = frozenset()
    weekdays: frozenset[int] = frozenset()
    stretch: bool = False

    def hold(self, date: dt.date) -> bool:
        """Is it one of them?"""
        return date in self.dates or date.weekday() in self.weekdays


@dataclass(frozen=True)
class Piece:
    """A word or phrase as it was read. Kinds are in the head of this module."""

    kind: str
    days: Days = Days()
    window: Window = Window()
    sure: bool = True


Pieces = tuple[Piece, ...]


def dates_ahead(today: dt.date) -> list[dt.date]:
    """Every date that can be wished for, today first."""
    return [today + dt.timedelta(days=n) for n in range(DAYS_AHEAD + 1)]


def kinds(pieces: Pieces) -> str:
    """The letters of some pieces in order, for a pattern to search."""
    return "".join(piece.kind for piece in pieces)


def only(pieces: Pieces, kind: str) -> list[Piece]:
    """Those of one kind."""
    return [piece for piece in pieces if piece.kind == kind]
