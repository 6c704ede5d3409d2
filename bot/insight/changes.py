"""What is different from the months before, by more than noise, and what happened meanwhile that may be why."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence

from bot.insight.reading_known import Known
from bot.insight.reading_months import back
from bot.insight.reading_tables import NONE, OTHER, Press
from bot.insight.shapes import Change, Count, Row, Table
from bot.insight.wording import day
from knowledge.hours import bank_holidays
from knowledge.library import Library
from knowledge.small_numbers import LEAST, spread

LOOKED_AT = ("topic", "route", "area", "visits-outcome")
SHARE = 0.2
"""A change smaller than this is none that anybody needs to look at."""
SURE = 3
"""Standard deviations of both counts' noise, and of chance, within which a change may be none."""
MOST, MOST_NAMED = 8, 2
NOBODYS = (OTHER, NONE)
"""Rows of which nobody can say what changed."""


def changes(tables: Sequence[Table], press: Press, library: Library, known: Known) -> Iterator[Change]:
    """The largest first. Made from what is published, so that it says no more than that."""
    rows = [(table.id, row) for table in tables if table.id in LOOKED_AT for row in table.rows if row.id not in NOBODYS]
    months = len(press.span.now)
    found = [(about, row) for about, row in rows if _moved(row, months)]
    for about, row in sorted(found, key=lambda one: (-_difference(one[1]), one[1].label))[:MOST]:
        because = tuple(perhaps(row.id if about == "topic" else "", press, library, known))
        label = press.texts.say(f"insight.moved.{about}", label=row.label)
        yield Change(f"{about}.{row.id}", label, row.counts[0], row.counts[1], because)


def _moved(row: Row, months: int) -> bool:
    now, before = (_floor(count) for count in row.counts)
    doubt = SURE * math.sqrt(2 * spread(months) ** 2 + now + before)
    return _difference(row) > max(doubt, SHARE * before)


def _difference(row: Row) -> int:
    now, before = row.counts
    return abs(_floor(now) - _floor(before))


def _floor(count: Count) -> int:
    """A count that is not shown is taken for the most it would be."""
    return LEAST - 1 if count is None else count


def perhaps(topic: str, press: Press, library: Library, known: Known) -> Iterator[str]:
    """Sentences, each of something that is known to have happened. An empty topic means all of them."""
    say = press.texts.say
    for name, of in known.campaigns:
        if not topic or of in ("", topic):
            yield say("insight.perhaps.campaign", name=name)
    if published := _titles(topic, known.published, library):
        yield say("insight.perhaps.published", titles=published)
    if retired := _titles(topic, known.retired, library):
        yield say("insight.perhaps.retired", titles=retired)
    for label in _seasons(press, library):
        yield say("insight.perhaps.season", label=label)
    if many := _bank_holidays(press):
        yield say("insight.perhaps.bank-holidays", many=many)
    for since, until in known.off:
        days = {"since": _day(since, press), "until": _day(until, press) if until else ""}
        yield say("insight.perhaps.off" if until else "insight.perhaps.off-still", **days)
    if any(month.growing for month in press.span.now):
        yield say("insight.perhaps.so-far")


def _titles(topic: str, slugs: Sequence[str], library: Library) -> str:
    """A few of the answers of a topic, by name; one that is gone by its id."""
    of = sorted({slug for slug in slugs if topic in ("", slug.partition("/")[0])})
    named = [library.entries[slug].title if slug in library.entries else slug for slug in of[:MOST_NAMED]]
    return "; ".join([*named, *(["…"] if len(of) > MOST_NAMED else [])])


def _day(moment: dt.datetime, press: Press) -> str:
    return day(moment.astimezone(press.span.zone).date())


def _seasons(press: Press, library: Library) -> Iterator[str]:
    """Seasons that begin with one of the months that are looked at. Their names are not those of topics of answers, so
    that they stand with everything."""
    months = [month.first for month in press.span.now]
    for one in library.topics:
        if one.season and any(one.in_season(first) and not one.in_season(back(first, 1)) for first in months):
            yield one.label


def _bank_holidays(press: Press) -> int:
    """How many there are in the months of the filter, where it is another number than before; else nought."""
    firsts = (*press.span.before, *press.span.now)
    known = bank_holidays(range(firsts[0].first.year, firsts[-1].first.year + 1))
    now, before = (sum(one.replace(day=1) in {m.first for m in part} for one in known)
                   for part in (press.span.now, press.span.before))  # fmt: skip
    return now if now != before else 0
