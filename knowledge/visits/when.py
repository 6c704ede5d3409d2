"""When a resident would like a visit: their own words in, a wish out that fits a slot or does not.

Wall-clock times throughout. What can be read in two ways is not sure: then the conversation shows buttons.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from knowledge.visits import when_days as days
from knowledge.visits import when_times as times
from knowledge.visits.when_pieces import LAST, Piece, Pieces, kinds
from knowledge.visits.when_words import pieces_of

Rewrite = Callable[[Pieces, dt.date], Pieces]


def _become(*letters: str) -> Rewrite:
    return lambda pieces, today: tuple(Piece(letter) for letter in letters)


# Over the kinds of `when_pieces`, in this order, once each: what stands together becomes what it means.
GRAMMAR: tuple[tuple[re.Pattern[str], Rewrite], ...] = tuple(
    (re.compile(pattern), rewrite)
    for pattern, rewrite in (
        ("x[bv]", _become("f")),  # "not before 10"
        ("xl", _become("y")),  # "can't do after 3"
        ("(?:n[oazv,])*n(?=m)|(?<=[dnt])m", times.as_times),  # "8 at night", "thursday night"
        ("(?<=[iblfyvcq])[ne]|(?<=d)e|n(?=[sk])", times.as_times),  # "at 2", "after dinner", "2 ish"
        ("n[zv]n", times.as_times),  # "10-12"
        ("t(?:[oazv,]n)+|(?:n[oazv,])+t", times.as_times),  # "2 or 3pm"
        ("d[,z]?n", times.after_a_day),
        ("(?:n[oazv,])*n(?=d)", times.as_times),  # "2 or 3 on thursday"
        ("tn|nt", times.beside_a_part),
        ("t(?:[oazv,]n)+", times.as_times),  # "thursday 2 or 3"
        ("i", _become()),
        (".+", times.by_part_of_day),
        ("q?ts|qt", times.ish),
        ("[fc]?t[zv]t|ctat", times.from_to),
        ("[blfyv]t|tk", times.bounded),
        ("xt(?:[oa]t)*", times.other_times),
        ("d,?d", days.same_day),
        ("[fc]?d[zv]d|cdad", days.day_to_day),
        ("[blfyv]d|dk", days.days_bounded),
        ("d[a,]?d", days.same_day),
        ("xd(?:[oa,]d)*|d(?:[oa]d)*g", days.ruled_out),
    )
)
# A "not" that rules out nothing known, a time for one day of several, "or" between a day and a time. S: a stretch.
DOUBTFUL = re.compile("[xgh]|Dt|d.*t.*d|d[^dt]*o[^dt]*t|t[^dt]*o[^dt]*d|So+d|do+S")


@dataclass(frozen=True)
class Wish:
    """Days and times somebody would like; None is no wish. Dates and weekdays add up: either will do.

    A visit must begin at `exact`, or not before and not after the two others. `days` is empty where the date
    they named cannot be had. Not `sure` where the words can be read in two ways.
    """

    days: tuple[dt.date, ...] | None = None
    weekdays: frozenset[int] | None = None
    not_before: dt.time | None = None
    not_after: dt.time | None = None
    exact: dt.time | None = None
    sure: bool = True

    def fits(self, start_local: dt.datetime) -> bool:
        """Would a visit that begins then, on the resident's clock, be as they wish?"""
        return self._fits_day(start_local.date()) and self._fits_time(start_local.time())

    def _fits_day(self, date: dt.date) -> bool:
        if self.days is None and self.weekdays is None:
            return True
        return date in (self.days or ()) or date.weekday() in (self.weekdays or ())

    def _fits_time(self, time: dt.time) -> bool:
        earliest, latest = self.exact or self.not_before, self.exact or self.not_after
        return (earliest is None or time >= earliest) and (latest is None or time <= latest)


def read_when(text: str, today: dt.date) -> Wish | None:
    """Any text and the date on the resident's calendar in; their wish out, None if it has no day or time in it.

    Never raises. Days are those from today to 60 days on.
    """
    pieces = pieces_of(text, today)
    for pattern, rewrite in GRAMMAR:
        pieces = _rewritten(pieces, pattern, rewrite, today)
    if not set("dDt") & set(kinds(pieces)):
        return None
    on, at = days.all_days(pieces, today), times.all_times(pieces)
    sure = all(piece.sure for piece in (*pieces, on, at) if piece) and not DOUBTFUL.search(_outline(pieces))
    return _with_time(_with_days(Wish(sure=sure), on), at)


def _rewritten(pieces: Pieces, pattern: re.Pattern[str], rewrite: Rewrite, today: dt.date) -> Pieces:
    done, result = 0, list[Piece]()
    for match in pattern.finditer(kinds(pieces)):
        result += [*pieces[done : match.start()], *rewrite(pieces[match.start() : match.end()], today)]
        done = match.end()
    return (*result, *pieces[done:])


def _outline(pieces: Pieces) -> str:
    return "".join("S" if piece.kind == "d" and piece.days.stretch else piece.kind for piece in pieces)


def _with_days(wish: Wish, said: Piece | None) -> Wish:
    if said is None:
        return wish
    dates, weekdays = tuple(sorted(said.days.dates)), said.days.weekdays or None
    return replace(wish, days=dates if dates or not weekdays else None, weekdays=weekdays)


def _with_time(wish: Wish, said: Piece | None) -> Wish:
    if said is None:
        return wish
    start, end = said.window.start, said.window.end
    if start == end:
        return replace(wish, exact=times.on_the_wall(start))
    not_before, not_after = times.on_the_wall(start) if start else None, times.on_the_wall(end) if end < LAST else None
    return replace(wish, not_before=not_before, not_after=not_after)
