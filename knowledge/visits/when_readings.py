"""How a phrase about days and times is read: what a rule of `when_words` found and today in, pieces out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable

from knowledge.visits.when_pieces import LAST, Days, Piece, Pieces, Window, dates_ahead

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
PARTS = {"half": 30, "quarter": 15, "twenty": 20, "fifteen": 15, "thirty": 30, "forty five": 45}

Reading = Callable[[re.Match[str], dt.date], Pieces]


def clock(hour: int, minute: int = 0, half: str | None = None) -> Window:
    """An hour as it was said and "am", "pm" or None in, the moment out; without them 1 to 6 are afternoon."""
    if half:
        return _moment((hour % 12 + (12 if half == "pm" else 0)) * 60 + minute)
    return _moment((hour + (12 if 1 <= hour <= 6 else 0)) * 60 + minute, loose=hour <= 12)


def _moment(minutes: int, loose: bool = False) -> Window:
    minutes %= LAST + 1
    return Window(minutes, minutes, loose)


def _count(word: str) -> int:
    return HOURS.index(word) + 1 if word in HOURS else int(word)


def a_clock(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "2pm", "2.30", "14:30"."""
    said, half = match["hour"], match["half"]
    hour = _count(said)
    if hour > (12 if half else 23):
        return (Piece("w"),)
    # "02:30" is the night on a clock of 24 hours, and the afternoon in the mouth of a resident.
    doubtful = said.startswith("0") and 1 <= hour <= 6 and not half
    return (Piece("t", window=clock(hour, int(match["minutes"] or 0), half), sure=not doubtful),)


def past_or_to(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "half two", "quarter to three". "Ten to twelve" may be two hours or ten minutes."""
    said, back = match["part"], match["side"] == "to"
    minutes = PARTS.get(said.replace("-", " ")) or _count(said)
    full = clock(_count(match["hour"]), 0, match["half"])
    return (
        Piece(
            "t",
            window=_moment(full.start + (-minutes if back else minutes), full.loose),
            sure=not (back and said in HOURS),
        ),
    )


def a_number(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "2": an hour if the words around it say so."""
    return (Piece("n", window=clock(_count(match["hour"]))),)


def other(kind: str) -> Reading:
    """A word that is a kind and nothing more."""
    return lambda match, today: (Piece(kind),)


def between(start: int, end: int, kind: str = "t", sure: bool = True) -> Reading:
    """A part of the day, in minutes after midnight."""
    return lambda match, today: (Piece(kind, window=Window(start, end), sure=sure),)


def today_between(start: int, end: int) -> Reading:
    """Reads "this morning", "tonight"."""
    return lambda match, today: (*on([today], today), Piece("t", window=Window(start, end)))


def on(dates: Iterable[dt.date], today: dt.date, sure: bool = True, stretch: bool = False) -> Pieces:
    """Dates in, those that can be wished for out; unsure if there is none."""
    reachable = frozenset(dates) & frozenset(dates_ahead(today))
    return (Piece("d", Days(reachable, stretch=stretch), sure=sure and bool(reachable)),)


def in_days(days: int) -> Reading:
    """Reads "today", "tomorrow", "a week tomorrow"."""
    return lambda match, today: on([today + dt.timedelta(days=days)], today)


def every(weekdays: Iterable[int]) -> Reading:
    """Reads "weekends"."""
    return lambda match, today: (Piece("d", Days(weekdays=frozenset(weekdays))),)


def a_weekday(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "thursday", any of them."""
    return (Piece("d", Days(weekdays=frozenset({WEEKDAYS.index(match["day"])}))),)


def later(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "in three days", "in two weeks": a week is seldom meant to the day."""
    days = (1 if match["count"] == "a" else _count(match["count"])) * {"d": 1, "w": 7, "f": 14}[match["unit"][0]]
    return on([today + dt.timedelta(days=days)], today, sure=match["unit"][0] == "d")


def coming(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "this friday", "a week on friday". On a Friday both can be read in two ways."""
    away = (WEEKDAYS.index(match["day"]) - today.weekday()) % 7
    weeks = {"this": 0, "coming": 0, "two": 2, "2": 2}.get(match["weeks"], 2 if "fortnight" in match[0] else 1)
    return on([today + dt.timedelta(days=away + 7 * weeks)], today, sure=away > 0)


def next_one(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "next tuesday": it is that of next week, and doubtful while this week's is still to come."""
    away = WEEKDAYS.index(match["day"]) - today.weekday()
    return on([today + dt.timedelta(days=away + 7)], today, sure=away <= 0)


def week(weeks: int, first: int = 0, sure: bool = True) -> Reading:
    """This week, 0, or a later one, from the weekday `first` to Sunday; whole weeks are stretches."""

    def reading(match: re.Match[str], today: dt.date) -> Pieces:
        monday = today + dt.timedelta(days=7 * weeks - today.weekday())
        return on([monday + dt.timedelta(days=n) for n in range(first, 7)], today, sure, stretch=first == 0)

    return reading


def a_date(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "25th", "25/11", "1st of december": the next such date; none, and unsure, if that is too far away."""
    found = match.groupdict()
    day, month, year = int(found["day"]), _month(found.get("month") or "0"), int(found.get("year") or today.year)
    year += 2000 if year < 100 else 0
    # Another year is that of a birthday.
    if not 1 <= day <= 31 or month > 12 or year not in (today.year, today.year + 1):
        return (Piece("w"),)
    fitting = [date for date in dates_ahead(today) if date.day == day and month in (0, date.month)]
    return on([date for date in fitting if not found.get("year") or date.year == year][:1], today)


def a_month(match: re.Match[str], today: dt.date) -> Pieces:
    """Reads "in december": what is left of it and can be reached."""
    month = _month(match["month"])
    return on([date for date in dates_ahead(today) if date.month == month], today, stretch=True)


def _month(word: str) -> int:
    return int(word) if word.isdigit() else MONTHS.index(word[:3]) + 1
