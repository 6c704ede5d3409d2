"""What is published for a filter. Every number in it has passed through `knowledge.small_numbers`."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from bot.insight.changes import changes
from bot.insight.reading_asked import Asked
from bot.insight.reading_avoided import avoided
from bot.insight.reading_demand import Demand, conditions, read_demand
from bot.insight.reading_help import help_tables
from bot.insight.reading_known import Known, read_known
from bot.insight.reading_months import span_of
from bot.insight.reading_proof import Proof, read_proof
from bot.insight.reading_reach import Reach, reach_tables, read_reach
from bot.insight.reading_tables import Press
from bot.insight.reading_visits import One, read_visits, visit_tables
from bot.insight.shapes import Filter, Insight, Table
from bot.store.unit import Unit
from handlers.catalogue import Texts
from knowledge.library import Library
from knowledge.small_numbers import Publisher, keyed

SECRET = "small numbers"  # noqa: S105  the purpose of a key, not a key
ROOM, USUAL = 32_000, 2_000
"""Kilobytes that SQLite may hold of a database."""
KINDS: dict[int, Literal["month", "quarter"]] = {1: "month", 3: "quarter"}


@dataclass(frozen=True, slots=True)
class _Read:
    """True counts of one filter, as the database has them."""

    demand: Demand
    proof: Proof
    visits: Mapping[One, int]
    reach: Reach
    known: Known


async def insight(unit: Unit, wanted: Filter, library: Library, texts: Texts) -> Insight:
    """All that can be published for a filter at this moment. Raises StoreUnavailable."""
    press = Press(publisher_of(unit), span_of(wanted.period, unit.now, library.place.timezone), texts)
    async with room(unit):
        read = await _read(unit, wanted, press, library)
    return await asyncio.to_thread(_publish, press, wanted, library, read, unit.now)


async def _read(unit: Unit, wanted: Filter, press: Press, library: Library) -> _Read:
    return _Read(
        await read_demand(unit, wanted, press, library),
        await read_proof(unit, wanted, press, library),
        await read_visits(unit, wanted, press),
        await read_reach(unit, wanted, press),
        await read_known(unit, press),
    )


@asynccontextmanager
async def room(unit: Unit) -> AsyncIterator[None]:
    """SQLite sorts on disk what has no room in its 2 MB: more of it while we read, and given back afterwards."""
    if unit.session.get_bind().dialect.name != "sqlite":
        yield
        return
    await unit.run(text(f"PRAGMA cache_size=-{ROOM}"))
    try:
        yield
    finally:
        for pragma in (f"cache_size=-{USUAL}", "shrink_memory"):
            await unit.run(text(f"PRAGMA {pragma}"))


def publisher_of(unit: Unit) -> Publisher:
    """Publishes with the secret of this deployment."""
    return Publisher(keyed(bytes.fromhex(unit.vault.index(SECRET, ""))))


def _publish(press: Press, wanted: Filter, library: Library, read: _Read, now: dt.datetime) -> Insight:
    tables = tuple(_tables(press, wanted, library, read, now))
    return Insight(
        filter=wanted,
        made_at=now,
        tables=tables,
        avoided=avoided(press.late(), wanted, read.proof),
        changes=tuple(changes(tables, press, library, read.known)),
        kind=KINDS.get(len(press.span.now), "other"),
        notes=tuple(notes(press, wanted)),
    )


def _tables(press: Press, wanted: Filter, library: Library, read: _Read, now: dt.datetime) -> Iterator[Table]:
    yield from Asked(press, wanted, library, read.demand).tables()
    yield from help_tables(press.late(), wanted, library, read.proof)
    yield from visit_tables(press.late(), wanted, library, read.visits)
    yield from reach_tables(press, wanted, library, read.reach, now)


def notes(press: Press, wanted: Filter) -> Iterator[str]:
    """What the numbers are not, and on which of them the filter could not be laid."""
    say = press.texts.say
    yield say("insight.note.small")
    if any(month.growing for month in press.span.now):
        yield say("insight.note.so-far")
    asked = conditions(wanted)
    if asked:
        yield say("insight.note.alarms")
    yield from (say(f"insight.note.without-{name}") for name in asked)
    yield say("insight.note.open")
