"""Home visits: why, where, how long people waited, what became of them, how much they mattered. No person, no day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import col

from bot.insight.reading_demand import conditions, said
from bot.insight.reading_months import within
from bot.insight.reading_tables import NONE, OTHER, Counts, Press, compared, rows_of, summed
from bot.insight.shapes import Filter, Table
from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from knowledge.library import Library
from knowledge.small_numbers import cell

OUTCOMES = ("booked", "done", "not_in", "refused", "cancelled")
PRIORITIES = ("high", "medium", "standard")
WEEK = 7
BANDS = (("week", WEEK), ("two-weeks", 2 * WEEK), ("four-weeks", 4 * WEEK))
LONGER = "longer"


class One(NamedTuple):
    """What is counted of a visit."""

    month: dt.date
    state: str
    priority: str
    reasons: str
    area: str
    wait: str


async def read_visits(unit: Unit, wanted: Filter, press: Press) -> Mapping[One, int]:
    """The visits of the months that are compared, by the day that they were booked for; how many are alike."""
    named = (Visit.starts, Visit.created_at, Visit.state, Visit.priority, Visit.reasons, Visit.area)
    columns = [col(one) for one in named]
    rows = await rows_of(unit, select(*columns).where(_meant(wanted, press)))
    return Counter(
        One(starts.astimezone(press.span.zone).date().replace(day=1), state, priority, reasons, area,
            band_of((starts - made).days))
        for starts, made, state, priority, reasons, area in rows
    )  # fmt: skip


def _meant(wanted: Filter, press: Press) -> ColumnElement[bool]:
    """Held and offered times are nobody's visit yet, or nobody's any more."""
    booked = and_(within(col(Visit.starts), press.span), col(Visit.state).in_(OUTCOMES))
    return and_(booked, col(Visit.area) == said(wanted.area)) if wanted.area else booked


def visit_tables(press: Press, wanted: Filter, library: Library, visits: Mapping[One, int]) -> Iterator[Table]:
    """A table for each way to look at them. A visit with two reasons counts for both."""
    asked = conditions(wanted, ("area",))
    for look, names in _looks(press, wanted, library).items():
        named = {value: cell("visits", **(asked | {look: value})) for value in (*names, OTHER)}
        yield compared(press, f"visits-{look}", names, _counts(look, visits), named.__getitem__)


def _looks(press: Press, wanted: Filter, library: Library) -> dict[str, Mapping[str, str]]:
    areas = [wanted.area] if wanted.area else [*(area.name for area in library.place.areas), NONE]
    return {
        "outcome": press.names("outcome", OUTCOMES),
        "reason": {reason.id: reason.label for reason in library.visits.reasons} if library.visits else {},
        "area": {area: area if area != NONE else press.name("area", NONE) for area in areas},
        "wait": press.names("wait", (*(band for band, _ in BANDS), LONGER)),
        "priority": press.names("priority", PRIORITIES),
    }


def _counts(look: str, visits: Mapping[One, int]) -> Counts:
    return summed((value, visit.month, many) for visit, many in visits.items() for value in _values(look, visit))


def _values(look: str, visit: One) -> tuple[str, ...]:
    """Under which rows of a table a visit counts. How long people waited is known of those that were not called off."""
    match look:
        case "reason":
            return tuple(filter(None, visit.reasons.split(",")))
        case "wait":
            return () if visit.state == "cancelled" else (visit.wait,)
        case "area":
            return (visit.area,)
        case "outcome":
            return (visit.state,)
    return (visit.priority,)


def band_of(days: int) -> str:
    """From asking to the visit, in whole days: the band that a wait is in."""
    return next((band for band, most in BANDS if days < most), LONGER)
