"""Opening times in a cell: "mon-fri 09:00-17:00; sat 10:00-12:00", "always", and single days that differ."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.entry import Day, DayException, Hours
from knowledge.hours import WEEK
from knowledge.sheets.cells import Wrong, lines

ALWAYS = "always"
STRETCH = re.compile(r"(\d{1,2}[:.]\d\d) ?(?:-|–|to) ?(\d{1,2}[:.]\d\d)")
OPENING = re.compile(r"([a-z][a-z ,–-]*?) +(\d.*)")
EXCEPTION = re.compile(r"(\d{4}-\d\d-\d\d) +(closed|[^()]+?)(?: +\((.+)\))?")
Times = Sequence[tuple[dt.time, dt.time]]


def show_opening(hours: dict[str, Any] | None) -> str:
    """The weekly pattern of a file's `hours` in; the cell out. Nothing where it is not known."""
    known = Hours.model_validate(hours or {})
    if known.always:
        return ALWAYS
    return "; ".join(f"{_show_days(o.days)} {_show_times([(o.opens, o.closes)])}" for o in known.weekly)


def opening(cell: str) -> bool | list[dict[str, Any]] | None:
    """A cell in; True for always, else the weekly openings as a file holds them. Raises Wrong."""
    if cell.casefold() == ALWAYS:
        return True
    return [_opening(part.strip()) for part in re.split(r"[;\n]", cell) if part.strip()] or None


def show_times(value: Any) -> str:
    """Times of one day: "08:30-12:30, 14:00-16:00"."""
    return _show_times(Hours.model_validate({"bank_holiday_openings": value or ()}).bank_holiday_openings)


def times(cell: str) -> list[list[str]] | None:
    """The same back. Raises Wrong."""
    return [list(_stretch(part.strip())) for part in cell.split(",") if part.strip()] or None


def show_exceptions(value: Any) -> str:
    """A day that differs a line: "2026-12-24 09:00-12:00 (Christmas Eve)", "2026-12-28 closed"."""
    return "\n".join(map(_show_exception, Hours.model_validate({"exceptions": value or ()}).exceptions))


def exceptions(cell: str) -> list[dict[str, Any]] | None:
    """The same back. Raises Wrong."""
    return [_exception(said) for said in lines(cell) or ()] or None


def _opening(part: str) -> dict[str, Any]:
    found = OPENING.fullmatch(part.casefold())
    if not found:
        raise Wrong("hours", value=part)
    opens, closes = _stretch(found[2])
    return {"days": _days(found[1], part), "opens": opens, "closes": closes}


def _days(said: str, part: str) -> list[Day]:
    found: list[Day] = []
    for each in said.replace("–", "-").split(","):
        first, _, last = (name.strip()[:3] for name in each.partition("-"))
        if first not in WEEK or (last or first) not in WEEK:
            raise Wrong("hours", value=part)
        begin, end = _place(first), _place(last or first)
        found += [day for day in (WEEK + WEEK)[begin : end + 1 if end >= begin else end + 8] if day not in found]
    return found


def _place(name: str) -> int:
    return [str(day) for day in WEEK].index(name)


def _show_days(days: Sequence[Day]) -> str:
    """A run of three or more days as first-last, in the order in which the file has them."""
    places = [WEEK.index(day) for day in days]
    if len(days) > 2 and places == list(range(places[0], places[0] + len(days))):
        return f"{days[0]}-{days[-1]}"
    return ", ".join(days)


def _stretch(said: str) -> tuple[str, str]:
    found = STRETCH.fullmatch(said)
    if not found:
        raise Wrong("hours", value=said)
    return _clock(found[1]), _clock(found[2])


def _clock(said: str) -> str:
    hour, minute = map(int, re.split("[:.]", said))
    if (hour, minute) == (24, 0):
        return "00:00"
    if hour > 23 or minute > 59:
        raise Wrong("hours", value=said)
    return f"{hour:02}:{minute:02}"


def _show_times(found: Iterable[tuple[dt.time, dt.time]]) -> str:
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in found)


def _show_exception(known: DayException) -> str:
    why = f" ({known.why})" if known.why else ""
    return f"{known.date} {_show_times(known.openings) or 'closed'}{why}"


def _exception(said: str) -> dict[str, Any]:
    found = EXCEPTION.fullmatch(said)
    try:
        date = dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        date = None
    if not found or date is None:
        raise Wrong("exception", value=said)
    openings = {} if found[2] == "closed" else {"openings": times(found[2])}
    return {"date": date, **openings, **({"why": found[3]} if found[3] else {})}
