"""Demand: what was asked for, by what it was about, from where, and when. Read from counts that are kept as it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, case, func, literal, or_, select
from sqlmodel import col

from bot.insight.reading_months import back
from bot.insight.reading_tables import NONE, Counts, Press, rows_of, summed
from bot.insight.shapes import ANY, Filter
from bot.staff.missed import NEWEST
from bot.store.reach_tables import DemandCount, HourCount, SourceCode
from bot.store.records import CHOSEN
from bot.store.tables import Question, RouteCount
from bot.store.unit import Unit
from knowledge.library import Library

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


async def read_demand(unit: Unit, wanted: Filter, press: Press, library: Library) -> Demand:
    """All that is counted of questions."""
    origins = await _origins(unit, wanted, press, library)
    labels = select(col(SourceCode.code), col(SourceCode.label))
    return Demand(
        groups=await rows_of(unit, _grouped(wanted, press.span.both, library, *GROUPED)),
        origins=summed((source, month, many) for month, source, many in origins),
        trail=summed((ALL, month, many) for month, _, many in origins).get(ALL, {}),
        hours=await _hours(unit, wanted, press),
        routes=await _routes(unit, press),
        missed=(await unit.run(_missed())).scalar_one(),
        sources={row[0]: row[1] for row in await rows_of(unit, labels)},
    )


async def _origins(unit: Unit, wanted: Filter, press: Press, library: Library) -> Sequence[Group]:
    """Month, source, how many, from the first month of the line or of the comparison."""
    months = sorted({*press.span.both, *(month.first for month in press.span.trail)})
    return await rows_of(unit, _grouped(wanted, months, library, "source"))


def _grouped(wanted: Filter, months: Sequence[dt.date], library: Library, *dimensions: str) -> Executable:
    agency = _agency(library).label("by_agency")
    columns = [agency if name == "agency" else getattr(DemandCount, name) for name in ("month", *dimensions)]
    statement = select(*columns, func.sum(DemandCount.turns)).group_by(*columns)
    narrow = narrowed(DemandCount, replace(wanted, agency=ANY), months)
    return statement.where(narrow, _agency(library) == wanted.agency) if wanted.agency else statement.where(narrow)


def sole_agencies(library: Library) -> dict[str, str]:
    """The topics of which one agency keeps every answer, and that agency: it adds nothing to what the topic says."""
    found: dict[str, set[str]] = {}
    for entry in library.entries.values():
        found.setdefault(entry.category, set()).add(entry.agency)
    return {topic: next(iter(kept)) for topic, kept in found.items() if len(kept) == 1}


def _agency(library: Library) -> ColumnElement[str]:
    """Whose question it was: of such a topic always that agency, also where another kept the answer once. Otherwise the
    two would differ by just those questions, with one noise."""
    kept = sole_agencies(library)
    own: Any = col(DemandCount.agency)
    return case(*((col(DemandCount.topic) == topic, literal(agency)) for topic, agency in sorted(kept.items())),
                else_=own) if kept else own  # fmt: skip


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
