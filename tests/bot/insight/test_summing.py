"""Questions become counts: each exactly once, on the clock of the place, with where and what they were about."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.delivery.loop import caught
from bot.insight import summing
from bot.insight.summing import sum_all, sum_once
from bot.store.reach_tables import DemandCount, HourCount
from bot.store.tables import Chat, Question
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from handlers.ports import Decision
from tests.bot.staff.crew import ALARM, braunstone_alone
from tests.databases import SqliteFiles
from tests.house import Scripted, house
from tests.stories.player import AtTheTerminal

NEAR_MIDNIGHT = dt.datetime(2026, 8, 31, 23, 30, tzinfo=dt.UTC)
"""Half past midnight on Tuesday 1 September in London."""


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(database_url, throwaway_vault(), clock)
    yield made
    await made.close()


async def ask(store: Store, many: int, at: dt.datetime = NEAR_MIDNIGHT, shown: str = ALARM) -> None:
    """One chat of a poster asks the same again and again."""
    async with store.write() as unit:
        chat = Chat(channel="web", external_id=f"{await chats(unit)}", source="p1", created_at=at, last_turn_at=at)
        unit.session.add(chat)
        await unit.session.flush()
        row = {"chat_id": chat.id, "text": "words", "route": "answer", "shown": shown, "at": at, "area": "Leicester"}
        await unit.session.execute(insert(Question), [row] * many)


async def chats(unit: Unit) -> int:
    return int((await unit.session.execute(select(func.count()).select_from(Chat))).scalar_one())


async def counted(store: Store) -> list[DemandCount]:
    async with store.read() as unit:
        return list((await unit.session.execute(select(DemandCount))).scalars())


async def test_a_question_is_counted_in_its_month_and_hour_on_the_clock_of_the_place(store: Store) -> None:
    await ask(store, 2, shown=f"{ALARM} fire-safety/candles")
    async with store.write() as unit:
        assert await sum_once(unit, braunstone_alone()) == 2
    (row,) = await counted(store)
    assert (row.month, row.entry, row.topic, row.agency) == (dt.date(2026, 9, 1), ALARM, "fire-safety", "fire")
    assert (row.channel, row.source, row.area, row.route, row.turns) == ("web", "p1", "Leicester", "answer", 2)
    async with store.read() as unit:
        hour = (await unit.session.execute(select(HourCount))).scalar_one()
    assert (hour.month, hour.weekday, hour.hour, hour.turns) == (dt.date(2026, 9, 1), 1, 0, 2)


async def test_more_of_the_same_is_added_and_nothing_is_added_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summing, "AT_ONCE", 2)
    for _ in range(2):
        await ask(store, 3)
        await ask(store, 1, shown="")
        await sum_all(store, braunstone_alone(), caught)
        await sum_all(store, braunstone_alone(), caught)
    assert {row.entry: row.turns for row in await counted(store)} == {ALARM: 6, "": 2}


async def test_machines_that_sum_at_once_count_every_question_once(store: Store, clock: FixedClock) -> None:
    await ask(store, 150)
    other = Store(store.url, throwaway_vault(), clock)

    async def batches(of: Store) -> int:
        done = 0
        for _ in range(8):
            async with of.write() as unit:
                done += await sum_once(unit, braunstone_alone(), 20)
        return done

    try:
        shares = await asyncio.gather(batches(store), batches(other))
    finally:
        await other.close()
    assert sum(shares) == 150
    assert sum(row.turns for row in await counted(store)) == 150


async def test_a_question_whose_chat_was_deleted_is_still_counted(store: Store, clock: FixedClock) -> None:
    async with store.write() as unit:
        unit.session.add(Question(text="words", route="unknown", at=clock.now()))
    await sum_all(store, braunstone_alone(), caught)
    (row,) = await counted(store)
    assert (row.route, row.channel, row.source, row.topic, row.turns) == ("unknown", "", "", "", 1)


async def test_a_batch_that_fails_ends_the_round_and_is_taken_by_the_next(store: Store, clock: FixedClock) -> None:
    await ask(store, 2)
    tries: list[int] = []

    async def broken(work: object) -> None:
        tries.append(1)

    await sum_all(store, braunstone_alone(), broken)
    assert len(tries) == 1
    await sum_all(store, braunstone_alone(), caught)
    assert [row.turns for row in await counted(store)] == [2]


async def test_what_somebody_asks_is_in_the_counts_with_their_area_and_crisis_is_not(
    sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    script = Scripted(says={"my alarm beeps in LE3": Decision(route="answer", answered=(ALARM,))})
    async with house(sqlite_files.fresh(), clock, script) as built:
        player = AtTheTerminal(built)
        await player.say("my alarm beeps in LE3")
        await player.say("I want to kill myself")
        await sum_all(built.store, braunstone_alone(), caught)
        (row,) = await counted(built.store)
        async with built.store.read() as unit:
            questions = (await unit.session.execute(select(func.count()).where(col(Question.summed)))).scalar_one()
    assert (row.area, row.entry, row.turns, questions) == ("Braunstone", ALARM, 1, 1)
