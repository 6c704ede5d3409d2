"""Calm: nobody breaks anything any more, and what is left has to be done."""

from __future__ import annotations

import asyncio
import time

from sqlalchemy import ColumnElement, func, select
from sqlmodel import SQLModel, col

from benchmarks.chaos.fleet import Fleet
from benchmarks.chaos.nemesis import Nemesis
from bot.errors import StoreUnavailable
from bot.store.tables import Outbox
from bot.store.unit import Store, Unit
from bot.store.visit_tables import VisitTask
from tests.fake_telegram import FakeTelegram

LOOKS = 0.2
PAST_ALL_PAUSES = 16 * 60.0
"""Seconds: longer than any pause between two tries."""
AGAIN = 2.0
"""Seconds without a message."""


async def wait(store: Store, fake: FakeTelegram, fleet: Fleet, nemesis: Nemesis, patience: float) -> bool:
    """Until Telegram holds nothing for the bot, and the bot nothing for anybody. False where that never came."""
    fake.script.clear()
    until, sent, since = time.monotonic() + patience, 0, time.monotonic()
    while time.monotonic() < until:
        await fleet.revive()
        if not len(fake.world.updates) and not await _left(store):
            return True
        if len(fake.calls_of("sendMessage")) != sent:
            sent, since = len(fake.calls_of("sendMessage")), time.monotonic()
        if time.monotonic() > since + AGAIN:  # a pause between two tries is not what we are here to wait for
            nemesis.jump_by(PAST_ALL_PAUSES)
            since = until
        await asyncio.sleep(LOOKS)
    return False


async def _left(store: Store) -> int:
    """Messages that wait, and reminders that are due."""
    try:
        async with store.read() as unit:
            waiting = await _count(unit, Outbox, col(Outbox.state) == "waiting")
            due = await _count(unit, VisitTask, col(VisitTask.state) == "waiting", col(VisitTask.due_at) <= unit.now)
    except StoreUnavailable:
        return 1
    return waiting + due


async def _count(unit: Unit, table: type[SQLModel], *where: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(table).where(*where)
    return int((await unit.session.execute(statement)).scalar_one())
