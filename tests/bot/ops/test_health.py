"""Fit to be asked, or not and why: `/readyz` on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from starlette.applications import Starlette

from bot.clock import FixedClock
from bot.ops.away import Away
from bot.ops.health import OLDEST, Health, Needs
from bot.store import outbox, vitals
from bot.store.migrate import configuration
from bot.wiring import House
from handlers.turn import Reply, Turn
from knowledge.prose import line
from tests.databases import SqliteFiles
from tests.house import Scripted, house


@dataclass
class Hand:
    """A clock that only a test moves."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def built(database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    async with house(database_url, clock, Scripted()) as made:
        yield made


@pytest.fixture
async def small(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """For what no kind of database changes."""
    async with house(sqlite_files.fresh(), clock, Scripted()) as made:
        yield made


async def asked(health: Health) -> tuple[int, dict[str, dict[str, object]]]:
    """The status, and the checks that the page shows."""
    transport = httpx.ASGITransport(Starlette(routes=[health.route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.get("/readyz")
    assert answer.json()["ready"] is (answer.status_code == 200)
    return answer.status_code, answer.json()["checks"]


async def test_ready(built: House) -> None:
    status, checks = await asked(Health(Needs(built.store, built.knowing)))
    assert status == 200
    assert set(checks) == {"database", "schema", "content", "outbox"}


async def test_a_message_that_nobody_sends(built: House, clock: FixedClock) -> None:
    hand = Hand()
    health = Health(Needs(built.store, built.knowing), hand)
    await built.conversation.take(Turn(channel="telegram", key="1", chat="7", at=clock.now(), text="hello"))
    clock.move(seconds=OLDEST + 1)
    status, checks = await asked(health)
    assert status == 503
    assert checks["outbox"] == {"ok": False, "oldest_seconds": OLDEST + 1}
    async with built.store.write() as unit:
        await unit.session.execute(text("UPDATE chat SET blocked_at = created_at"))
    assert (await asked(health))[0] == 503, "one look is shown for a moment"
    hand.at += 10
    assert (await asked(health))[0] == 200, "who blocked us is not waited for"


async def test_what_has_to_wait_for_its_hour_is_not_late(built: House, clock: FixedClock) -> None:
    await built.conversation.take(Turn(channel="telegram", key="1", chat="7", at=clock.now(), text="hello"))
    async with built.store.write() as unit:
        await outbox.drop_waiting(unit, 1)
        await outbox.queue(unit, 1, "telegram", 50, [Reply(blocks=(line("Later"),))], "reminder:1")
        row = (await unit.session.execute(text("SELECT max(id) FROM outbox"))).scalar_one()
        await outbox.mark(unit, row, "waiting", not_before=clock.now() + dt.timedelta(hours=2))
    clock.move(hours=1)
    async with built.store.read() as unit:
        assert await vitals.oldest_waiting(unit) is None
        assert await vitals.waiting(unit) == 0
    clock.move(hours=2)
    async with built.store.read() as unit:
        assert await vitals.oldest_waiting(unit) == clock.now() - dt.timedelta(hours=1)
        assert await vitals.waiting(unit) == 1


async def test_an_older_schema(built: House) -> None:
    async with built.store.write() as unit:
        await unit.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    status, checks = await asked(Health(Needs(built.store, built.knowing)))
    assert (status, checks["schema"]) == (503, {"ok": False, "at": "0001", "newest": vitals.newest_schema()})


async def test_telegram_away_and_back(small: House) -> None:
    hand = Hand()
    line_ = Away(hand)
    health = Health(Needs(small.store, small.knowing, line_), hand)
    assert (await asked(health))[1]["telegram"]["ok"] is False, "it has not been reached yet"
    for ok, after, expected in ((True, 3, True), (False, 59, True), (False, 3, False), (True, 3, True)):
        line_.heard(ok)
        hand.at += after
        assert (await asked(health))[1]["telegram"]["ok"] is expected


async def test_no_database(clock: FixedClock) -> None:
    async with house("postgresql://nobody@127.0.0.1:1/nothing", clock, Scripted()) as away:
        away.store.heard = away.vital.database.heard
        status, checks = await asked(Health(Needs(away.store, away.knowing)))
        assert away.vital.database.now > 0
    assert status == 503
    assert checks["database"] == {"ok": False}
    assert "nobody" not in str(checks)


async def test_stopping(small: House) -> None:
    health = Health(Needs(small.store, small.knowing))
    health.stop()
    assert await asked(health) == (503, {"running": {"ok": False}})


def test_the_newest_schema_is_the_one_that_alembic_knows() -> None:
    assert vitals.newest_schema() == ScriptDirectory.from_config(configuration()).get_current_head()


def test_away_is_counted_once_and_added_up() -> None:
    hand = Hand()
    line_ = Away(hand)
    for at, ok in ((1, True), (5, False), (7, False), (9, True), (10, True), (20, False)):
        hand.at = at
        line_.heard(ok)
    hand.at = 21
    assert (line_.now, line_.total) == (1, 5)
