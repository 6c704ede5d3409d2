"""Counts that are kept as it goes: each question is added to them once, soon after it was asked, so that no page counts
questions on the way. Many machines may do it at once: what one of them has taken, the others pass by."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, Table, select, update
from sqlmodel import SQLModel, col

from bot.delivery.loop import Guard
from bot.store.inbox import Insert, insert_of
from bot.store.reach_tables import DemandCount, HourCount
from bot.store.tables import Chat, Question, table_of
from bot.store.unit import Store, Unit
from knowledge.library import Library

AT_ONCE = 500
"""Questions that one transaction adds at most: nobody waits for long meanwhile."""
TURNS = "turns"


@dataclass(frozen=True, slots=True)
class Taken:
    """What is counted of a question: no words, and not whose it was."""

    at: dt.datetime
    route: str
    entry: str
    area: str
    channel: str
    source: str


async def sum_all(store: Store, library: Library, guard: Guard) -> None:
    """Add all questions that are in no count yet. Each batch is a transaction of its own."""
    added: list[int] = []

    async def batch() -> None:
        async with store.write() as unit:
            many = await sum_once(unit, library, AT_ONCE)
        added.append(many)

    full = True
    while full:
        added.clear()
        await guard(batch)
        full = added == [AT_ONCE]


async def sum_once(unit: Unit, library: Library, most: int = AT_ONCE) -> int:
    """Add the oldest questions that are in no count yet; how many they were. Two machines never take the same one."""
    taken = await _take(unit, most)
    await _add(unit, DemandCount, demand(taken, library))
    await _add(unit, HourCount, hours(taken, ZoneInfo(library.place.timezone)))
    return len(taken)


async def _take(unit: Unit, most: int) -> list[Taken]:
    """Marked and read in one statement. Rows that another transaction holds are passed by, on PostgreSQL; SQLite has
    one writer."""
    oldest = select(col(Question.id)).where(~col(Question.summed)).order_by(col(Question.id)).limit(most)
    mine = update(Question).where(col(Question.id).in_(oldest.with_for_update(skip_locked=True))).values(summed=True)
    columns = [col(getattr(Question, name)) for name in ("at", "route", "shown", "area", "chat_id")]
    rows = (await unit.run(mine.returning(*columns))).all()
    chats = await _chats(unit, {row.chat_id for row in rows if row.chat_id is not None})
    return [
        Taken(row.at, row.route, row.shown.partition(" ")[0], row.area, *chats.get(row.chat_id, ("", "")))
        for row in rows
    ]


async def _chats(unit: Unit, ids: Iterable[int]) -> Mapping[int, tuple[str, str]]:
    """Channel and source of some chats. A chat that was deleted meanwhile has neither."""
    statement = select(col(Chat.id), col(Chat.channel), col(Chat.source)).where(col(Chat.id).in_(ids))
    return {row.id: (row.channel, row.source or "") for row in (await unit.run(statement)).all()}


def demand(taken: Iterable[Taken], library: Library) -> list[dict[str, Any]]:
    """Rows of DemandCount: by month, route, first entry, channel, area and source."""
    zone = ZoneInfo(library.place.timezone)
    counted = Counter((_month(one.at, zone), *astuple(one)[1:]) for one in taken)
    return [
        {
            "month": month, "route": route, "entry": entry, "area": area, "channel": channel, "source": source,
            "topic": topic_of(entry), "agency": agency_of(entry, library), TURNS: many,
        }
        for (month, route, entry, area, channel, source), many in counted.items()
    ]  # fmt: skip


def hours(taken: Iterable[Taken], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Rows of HourCount: by month, weekday and hour on the clock of the place, topic, area and source."""
    counted = Counter(
        (_month(one.at, zone), *_hour(one.at, zone), topic_of(one.entry), one.area, one.source) for one in taken
    )
    names = ("month", "weekday", "hour", "topic", "area", "source")
    return [dict(zip(names, key, strict=True)) | {TURNS: many} for key, many in counted.items()]


def topic_of(entry: str) -> str:
    """The part of an entry's id before the stroke; nothing where nothing was shown."""
    return entry.partition("/")[0]


def agency_of(entry: str, library: Library) -> str:
    """Who owns an answer; nothing for one that is gone meanwhile."""
    return library.entries[entry].agency if entry in library.entries else ""


def _month(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    return at.astimezone(zone).date().replace(day=1)


def _hour(at: dt.datetime, zone: ZoneInfo) -> tuple[int, int]:
    local = at.astimezone(zone)
    return local.weekday(), local.hour


async def _add(unit: Unit, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """One statement, made once, for many rows in one order: two machines that add to the same rows wait for each other,
    and never in a ring."""
    table = table_of(model)
    rows.sort(key=lambda row: [str(row[column.name]) for column in table.primary_key])
    if rows:
        await unit.run(_adding(insert_of(unit), table), rows)


@cache
def _adding(insert: Insert, table: Table) -> Executable:
    statement = insert(table)
    more = {TURNS: table.c[TURNS] + statement.excluded[TURNS]}
    added: Executable = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)
    return added
