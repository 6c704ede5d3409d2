"""Every table has its time: a row past it goes or is emptied, a younger one stays, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from bot.clock import FixedClock
from bot.delivery.loop import tidy_once
from bot.staff import audit, audit_chain
from bot.store import jobs, retention, timers
from bot.store.tables import (
    Chat,
    Question,
)
from bot.store.timers import Timer
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import (
    StaffMember,
)
from tests.bot.store.rows import rows_of

PRIVACY = Path(__file__).parents[3] / "docs" / "privacy.md"


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    built = Store(database_url, throwaway_vault(), clock)
    yield built
    await built.close()


async def make(timer: Timer, unit: Unit) -> None:
    if timer.table == "audit_record":
        await audit.record(unit, 1, "read visit", "J7M-4Q3")
        await unit.finish()
    for row in rows_of(timer, unit):
        unit.session.add(row)
        await unit.session.flush()


async def table_of(unit: Unit, timer: Timer) -> Sequence[Any]:
    found = await unit.session.execute(select(SQLModel.metadata.tables[timer.table]))
    return [tuple(row) for row in found.all()]


async def after(unit: Unit, timer: Timer, **later: float) -> Sequence[Any]:
    """The table, once its timer was looked at so much later."""
    await timer.forget(replace(unit, now=unit.now + dt.timedelta(**later)))
    return await table_of(unit, timer)


async def test_what_is_past_its_time_goes_and_what_is_younger_stays(store: Store) -> None:
    for timer in retention.TIMERS:
        days = timer.days or 0
        async with store.write() as unit:
            await make(timer, unit)
            fresh = await table_of(unit, timer)
            assert fresh, timer
            assert await after(unit, timer, days=days, seconds=0 if days else -1) == fresh, timer
            past = await after(unit, timer, days=days + 1)
            assert len(past) < len(fresh) if timer.then in (timers.GOES, "goes with") else past != fresh, timer
            await unit.session.rollback()


async def test_all_of_it_happens_by_itself(store: Store, clock: FixedClock) -> None:
    many = timers.AT_ONCE * 2 + 1
    async with store.write() as unit:
        unit.session.add_all([Question(text=f"bins {n}", route="unknown", at=unit.now) for n in range(many)])
        await audit.record(unit, None, "read visit", "J7M-4Q3")
    clock.move(days=366)
    async with store.write() as unit:
        unit.session.add(Question(text="young", route="unknown", at=unit.now))
    await tidy_once(store)
    async with store.read() as unit:
        assert (await unit.session.execute(select(func.count()).select_from(Question))).scalar_one() == 1
    clock.move(days=366)
    await tidy_once(store)
    async with store.read() as unit:
        assert await audit.entries(unit) == ()
        assert await audit_chain.verify(unit) == [], "where the chain begins now is sealed"


async def test_a_chat_that_somebody_still_needs_stays(store: Store, clock: FixedClock) -> None:
    async with store.write() as unit:
        chat = Chat(channel="telegram", external_id="1", created_at=unit.now, last_turn_at=unit.now)
        unit.session.add(chat)
        await unit.session.flush()
        unit.session.add(StaffMember(role="officer", chat_id=chat.id, created_at=unit.now))
    clock.move(days=2000)
    await tidy_once(store)
    async with store.read() as unit:
        assert (await unit.session.execute(select(func.count()).select_from(Chat))).scalar_one() == 1


def test_every_table_has_its_time_or_a_reason() -> None:
    assert retention.tables() == set(SQLModel.metadata.tables)


def test_the_page_says_what_the_code_does() -> None:
    """The column "how long" of docs/privacy.md, table by table, is what the timers say."""
    page = PRIVACY.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1:-1] for line in page if line.startswith("| `")]
    said = {row[0].strip().strip("`"): row[3].strip() for row in rows}
    assert said == {**{table: retention.said(table) for table in SQLModel.metadata.tables}, **jobs.KEPT}
