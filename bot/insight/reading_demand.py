"""Demand: what was asked for, by what it was about, from where, and when. Read from counts that are kept as it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, func, or_, select
from sqlmodel import col

from bot.insight.reading_months import back
from bot.insight.reading_tables import NONE, Counts, Press, rows_of, summed
from bot.insight.shapes import Filter
from bot.staff.missed import NEWEST
from bot.store.reach_tables import DemandCount, HourCount, SourceCode
from bot.store.records import CHOSEN
from bot.store.tables import Question, RouteCount
from bot.store.unit import Unit

DIMENSIONS = ("topic", "agency", "area", "source", "channel", "route")
FILTERS = DIMENSIONS[:4]
ALL = "all"
GROUPED = ("topic", "agency", "area", "channel", "route")
Group = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """True counts, already narrowed by the filter; nothing of it leaves but through a Press."""

    groups: Sequence[Group]
    """Month, the dimensions but the source, how many."""
    origins: Counts
    """By source: there are many of these, so that with the others they would be a group for nearly every question."""
    trail: Mapping[dt.date, int]
    hours: Mapping[tuple[int, int], Mapping[dt.date, int]]
    routes: Counts
    """Of all, whatever the filter: only days and routes are kept."""
    missed: int
    sources: Mapping[str, str]
    """Codes and where they hang."""

    def by(self, dimension: str) -> Counts:
        """By one dimension."""
        if dimension == "source":
            return self.origins
        at = 1 + GROUPED.index(dimension)
        return summed((group[at], group[0], group[-1]) for group in self.groups)


def conditions(wanted: Filter, names: Iterable[str] = FILTERS) -> dict[str, str]:
    """What a filter asks of some columns; nothing of those that it leaves open."""
    return {name: value for name in names if (value := str(getattr(wanted, name)))}


async def read_demand(unit: Unit, wanted: Filter, press: Press) -> Demand:
    """All that is counted of questions."""
    origins = await _origins(unit, wanted, press)
    labels = select(col(SourceCode.code), col(SourceCode.label))
    return Demand(
        groups=await rows_of(unit, _grouped(wanted, press.span.both, *GROUPED)),
        origins=summed((source, month, many) for month, source, many in origins),
        trail=summed((ALL, month, many) for month, _, many in origins).get(ALL, {}),
        hours=await _hours(unit, wanted, press),
        routes=await _routes(unit, press),
        missed=(await unit.run(_missed())).scalar_one(),
        sources={row[0]: row[1] for row in await rows_of(unit, labels)},
    )


async def _origins(unit: Unit, wanted: Filter, press: Press) -> Sequence[Group]:
    """Month, source, how many, from the first month of the line or of the comparison."""
    months = sorted({*press.span.both, *(month.first for month in press.span.trail)})
    return await rows_of(unit, _grouped(wanted, months, "source"))


def _grouped(wanted: Filter, months: Sequence[dt.date], *dimensions: str) -> Executable:
    columns = [col(DemandCount.month), *(getattr(DemandCount, name) for name in dimensions)]
    statement = select(*columns, func.sum(DemandCount.turns)).group_by(*columns)
    return statement.where(narrowed(DemandCount, wanted, months))


async def _hours(unit: Unit, wanted: Filter, press: Press) -> dict[tuple[int, int], dict[dt.date, int]]:
    columns = [col(HourCount.weekday), col(HourCount.hour), col(HourCount.month)]
    statement = select(*columns, func.sum(HourCount.turns)).group_by(*columns)
    months = [month.first for month in press.span.now]
    found: dict[tuple[int, int], dict[dt.date, int]] = {}
    rows = await rows_of(unit, statement.where(narrowed(HourCount, wanted, months)))
    for weekday, hour, month, many in rows:
        found.setdefault((weekday, hour), {})[month] = many
    return found


async def _routes(unit: Unit, press: Press) -> Counts:
    day, both = col(RouteCount.day), press.span.both
    statement = select(col(RouteCount.route), day, func.sum(RouteCount.turns)).group_by(day, col(RouteCount.route))
    rows = await rows_of(unit, statement.where(day >= both[0], day < back(both[-1], -1)))
    return summed((route, day.replace(day=1), many) for route, day, many in rows)


def _missed() -> Executable:
    """Of the newest, as many as the page of missed questions looks at: those that still wait."""
    newest = (
        select(col(Question.route), col(Question.state), col(Question.helped))
        .order_by(col(Question.id).desc())
        .limit(NEWEST)
    )
    one = newest.subquery().c
    unanswered = and_(one.state == "open", one.route.in_(("unknown", "choose")), one.helped.is_not(True))
    unhelpful = and_(one.state.in_(("open", CHOSEN)), one.helped.is_(False))
    return select(func.count()).where(or_(unanswered, unhelpful))


def narrowed(
    table: type[DemandCount] | type[HourCount], wanted: Filter, months: Sequence[dt.date]
) -> ColumnElement[bool]:
    """Rows of some months in a row that a filter lets through, as far as the table has its columns."""
    asked = conditions(wanted, (name for name in FILTERS if name in table.model_fields))
    named = (getattr(table, name) == said(value) for name, value in asked.items())
    return and_(col(table.month) >= months[0], col(table.month) <= months[-1], *named)


def said(value: str) -> str:
    """A filter's word as the tables have it: NONE is what nobody named."""
    return "" if value == NONE else value
