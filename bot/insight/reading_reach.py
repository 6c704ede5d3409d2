"""The home check, campaigns, and the codes of posters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from bot.insight.reading_demand import conditions, said
from bot.insight.reading_months import back, begins
from bot.insight.reading_tables import (
    COMPARED,
    NONE,
    Counts,
    Press,
    compared,
    ranked,
    rows_of,
    summed,
    with_something,
)
from bot.insight.shapes import Filter, Row, Table
from bot.staff.campaigns_rules import areas_of
from bot.store.reach_tables import Campaign, CheckCount, SourceCode, SourceCount
from bot.store.unit import Unit
from knowledge.library import Library
from knowledge.small_numbers import Month, cell

STEPS = ("begun", "finished", "visit")
CAMPAIGNS = ("delivered", "opened", "helped", "stopped")
OVER = ("done", "stopped")
SETTLED = dt.timedelta(days=31)
"""After its end, nobody opens what a campaign sent, or so few that it is counted in fives before."""


@dataclass(frozen=True, slots=True)
class Reach:
    """True counts, narrowed by the filter; nothing of it leaves but through a Press."""

    checks: Counts
    answers: Counts
    """By topic and answer with a stroke between."""
    campaigns: Sequence[Campaign]
    codes: Counts
    labels: dict[str, str]


async def read_reach(unit: Unit, wanted: Filter, press: Press) -> Reach:
    """All of it."""
    rows = await _checks(unit, wanted, press)
    return Reach(
        checks=summed((answer, month, many) for topic, answer, month, many in rows if not topic),
        answers=summed((f"{topic}/{answer}", month, many) for topic, answer, month, many in rows if topic),
        campaigns=await _campaigns(unit, wanted, press),
        codes=await _codes(unit, press),
        labels={row[0]: row[1] for row in await rows_of(unit, select(col(SourceCode.code), col(SourceCode.label)))},
    )


async def _checks(unit: Unit, wanted: Filter, press: Press) -> Sequence[Any]:
    months, columns = press.span.both, [col(CheckCount.topic), col(CheckCount.answer), col(CheckCount.month)]
    statement = select(*columns, func.sum(CheckCount.turns)).group_by(*columns)
    statement = statement.where(col(CheckCount.month) >= months[0], col(CheckCount.month) <= months[-1])
    here = (col(CheckCount.area) == said(wanted.area),) if wanted.area else ()
    return await rows_of(unit, statement.where(*here))


async def _campaigns(unit: Unit, wanted: Filter, press: Press) -> Sequence[Campaign]:
    """Those that began in the months of the filter."""
    first, last = press.span.now[0].first, press.span.now[-1].first
    began = (
        col(Campaign.starts) >= begins(first, press.span.zone),
        col(Campaign.starts) < begins(back(last, -1), press.span.zone),
    )
    found = (await unit.session.execute(select(Campaign).where(*began).order_by(col(Campaign.id)))).scalars().all()
    return [one for one in found if wanted.area in ("", NONE) or not one.areas or wanted.area in areas_of(one.areas)]


async def _codes(unit: Unit, press: Press) -> Counts:
    day, both = col(SourceCount.day), press.span.both
    statement = select(col(SourceCount.code), day, func.sum(SourceCount.opened)).group_by(col(SourceCount.code), day)
    rows = await rows_of(unit, statement.where(day >= both[0], day < back(both[-1], -1)))
    return summed((code, day.replace(day=1), many) for code, day, many in rows)


def reach_tables(press: Press, wanted: Filter, library: Library, reach: Reach, now: dt.datetime) -> Iterator[Table]:
    """The check and the risks that it found; campaigns; codes."""
    asked = conditions(wanted, ("area",))
    yield Table("checks", COMPARED, tuple(
        Row(step, press.name("check", step), press.both(cell("check", step=step, **asked), reach.checks.get(step, {})))
        for step in STEPS
    ))  # fmt: skip
    yield risks_found(press, library, reach.answers, asked)
    yield Table("campaigns", CAMPAIGNS, tuple(_campaign(press, one, now) for one in reach.campaigns))
    codes = {code: label for code, label in reach.labels.items() if wanted.source in ("", code)}
    yield compared(press, "codes", codes, reach.codes, lambda code: cell("code", code=code))


def risks_found(press: Press, library: Library, answers: Counts, asked: dict[str, str]) -> Table:
    """The answers that the check warns of, as they are worded today, as far as their counts can be shown."""
    risky = {
        f"{topic.id}/{answer.id}": f"{topic.title}: {answer.label}"
        for topic in library.check_topics
        for answer in topic.answers
        if answer.risk
    }
    rows = (
        Row(id_, label, press.both(cell("check", answer=id_, **asked), answers.get(id_, {})))
        for id_, label in risky.items()
    )
    return Table("check-risks", COMPARED, ranked(with_something(tuple(rows))))


def _campaign(press: Press, one: Campaign, now: dt.datetime) -> Row:
    """A campaign is one cell, of the month it began in, whatever the filter."""
    over = one.state in OVER and one.ended_at is not None and one.ended_at + SETTLED < now
    month = Month(press.span.today if one.starts is None else _month(press, one.starts), growing=not over)
    counts = (
        press.publisher.count(cell("campaign", id=one.id, what=name), {month.first: getattr(one, name)}, (month,))
        for name in CAMPAIGNS
    )
    return Row(str(one.id), one.name, tuple(counts))


def _month(press: Press, moment: dt.datetime) -> dt.date:
    return moment.astimezone(press.span.zone).date().replace(day=1)
