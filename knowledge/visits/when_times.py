"""What was said about times of day: rewrites of pieces for the grammar in `when`, and their sum."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from knowledge.visits.when_pieces import LAST, Piece, Pieces, Window, dates_ahead, kinds, only

EARLIEST = 5 * 60
"""Nobody wishes for a visit before this minute of the day: "one" is not turned into the night."""
HALF_A_DAY = 12 * 60
ISH = 30


def all_times(pieces: Pieces) -> Piece | None:
    """All times together: those joined by "or" are alternatives, others narrow one another."""
    said, either = None, False
    for piece in pieces:
        if piece.kind == "t":
            said, either = (_met(said, piece, either) if said else piece), False
        elif piece.kind in "od":
            either = piece.kind == "o"
    return said


def _met(first: Piece, second: Piece, either: bool) -> Piece:
    one, other, sure = first.window, second.window, first.sure and second.sure
    start, end = max(one.start, other.start), min(one.end, other.end)
    if start <= end and not either:
        return Piece("t", window=Window(start, end), sure=sure)
    # Morning and afternoon touch and make a day; two and three o'clock leave a gap, and which is meant is open.
    whole = start <= end or (start == end + 1 and not one.exact and not other.exact)
    return Piece("t", window=Window(min(one.start, other.start), max(one.end, other.end)), sure=sure and whole)


def as_times(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads numbers, and words as "dinner", that stand where a time stands."""
    return tuple(replace(piece, kind="t") if piece.kind in "nme" else piece for piece in pieces)


def after_a_day(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "thursday 2": an hour, and doubtful if the second is a Thursday too."""
    *rest, day, hour = (piece for piece in pieces if piece.kind in "dn")
    number = (hour.window.start // 60 - 1) % 12 + 1
    also_a_date = any(date.day == number and day.days.hold(date) for date in dates_ahead(today))
    return (*rest, day, replace(hour, kind="t", sure=not also_a_date))


def beside_a_part(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "morning 10" and "9 in the evening", but not "2pm 3"."""
    (part,) = only(pieces, "t")
    return pieces if part.window.exact else as_times(pieces, today)


def by_part_of_day(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "8 at night": an hour without am or pm goes where the part of the day has it."""
    parts = [pieces[found.start()].window for found in re.finditer("(?<!x)t", kinds(pieces))]
    parts = [part for part in parts if not part.exact]
    return tuple(_turned(piece, parts) if piece.window.loose else piece for piece in pieces)


def _turned(piece: Piece, parts: list[Window]) -> Piece:
    here, there = piece.window.start, (piece.window.start + HALF_A_DAY) % (LAST + 1)
    if there < EARLIEST or not any(p.start <= there <= p.end for p in parts):
        return piece
    return piece if any(p.start <= here <= p.end for p in parts) else replace(piece, window=Window(there, there))


def ish(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "ten ish", "about ten"."""
    (said,) = only(pieces, "t")
    if not said.window.exact:
        return (said,)
    at = said.window.start
    return (replace(said, window=Window(max(0, at - ISH), min(LAST, at + ISH))),)


def from_to(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "10-2", "between 8 and 9pm": the shortest reading that runs forward."""
    first, last = only(pieces, "t")
    starts, ends = _readings(first.window, first.window.start), _readings(last.window, last.window.end)
    if last.window.loose:
        starts = starts[:1]
    found = [(start, end) for end in ends for start in starts if start < end]
    start, end = max(found, key=lambda pair: pair[0]) if found else (min(starts[0], ends[0]), max(starts[0], ends[0]))
    return (Piece("t", window=Window(start, end), sure=bool(found) and first.sure and last.sure),)


def _readings(window: Window, minute: int) -> list[int]:
    return [minute, (minute + HALF_A_DAY) % (LAST + 1)] if window.loose else [minute]


def bounded(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "before 10", "after dinner", "3 onwards"."""
    bound = next(piece.kind for piece in pieces if piece.kind != "t")
    (said,) = only(pieces, "t")
    start, end = said.window.start, said.window.end
    limits = {"b": (0, max(0, start - 1)), "l": (end, LAST), "y": (0, start), "v": (0, start)}
    return (replace(said, window=Window(*limits.get(bound, (start, LAST)))),)


def other_times(pieces: Pieces, today: dt.date) -> Pieces:
    """Reads "not mornings". What is left on both sides of a time cannot be told in one wish."""
    return tuple(_rest_of_day(piece) for piece in only(pieces, "t"))


def _rest_of_day(piece: Piece) -> Piece:
    start, end = piece.window.start, piece.window.end
    if start == 0 and end < LAST:
        return replace(piece, window=Window(end + 1, LAST))
    if start > 0 and end == LAST:
        return replace(piece, window=Window(0, start - 1))
    return Piece("t", sure=False)


def on_the_wall(minutes: int) -> dt.time:
    """Minutes after midnight in, the time out."""
    return dt.time(*divmod(minutes, 60))
