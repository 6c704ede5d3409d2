"""The record of who did what: nobody changes it unnoticed, and nobody waits for long to write in it."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlmodel import col

import tests.bot.test_commands as commands
from bot.cli.diary import writing
from bot.clock import FixedClock
from bot.staff import audit
from bot.staff.audit import Fault
from bot.store.staff_tables import AuditRecord
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from tests.bot.test_commands import Bot
from tests.databases import SqliteFiles

bot = commands.bot


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    built = Store(database_url, throwaway_vault(), clock)
    yield built
    await built.close()


async def note(store: Store, staff_id: int, about: str = "") -> None:
    async with store.write() as unit:
        await audit.record(unit, staff_id, "read visit", about)


async def faults(store: Store) -> list[Fault]:
    async with store.read() as unit:
        return await audit.verify(unit)


async def test_a_record_is_read_back_and_holds(store: Store) -> None:
    for number in (1, 2, 1):
        await note(store, number, "J7M-4Q3")
    async with store.read() as unit:
        everything = await audit.entries(unit)
        ones = await audit.entries(unit, staff_id=1, most=1)
        older = await audit.entries(unit, staff_id=1, before=ones[0].id)

    assert [one.staff_id for one in everything] == [1, 2, 1]
    assert everything[0].about == "J7M-4Q3"
    assert (len(ones), len(older)) == (1, 1)
    assert await faults(store) == []


async def test_many_at_once_make_one_chain(store: Store) -> None:
    await asyncio.gather(*(note(store, number) for number in range(1, 13)))
    async with store.read() as unit:
        rows = (await unit.session.execute(select(AuditRecord).order_by(col(AuditRecord.place)))).scalars().all()
    assert [row.place for row in rows] == list(range(1, 13))
    assert len({row.chain for row in rows}) == 1
    assert await faults(store) == []


async def test_each_day_has_a_chain_of_its_own(store: Store, clock: FixedClock) -> None:
    await note(store, 1)
    clock.move(days=1)
    await note(store, 1)
    async with store.read() as unit:
        rows = (await unit.session.execute(select(AuditRecord))).scalars().all()
    assert [(row.place, row.previous) for row in rows] == [(1, ""), (1, "")]
    assert await faults(store) == []


async def test_what_was_changed_is_found(store: Store) -> None:
    for number in (1, 2, 3):
        await note(store, number)
    async with store.write() as unit:
        await unit.session.execute(update(AuditRecord).where(col(AuditRecord.place) == 2).values(staff_id=9))
    assert [(fault.place, fault.why) for fault in await faults(store)] == [(2, "changed")]


async def test_what_was_taken_out_is_found(store: Store) -> None:
    for number in (1, 2, 3):
        await note(store, number)
    async with store.write() as unit:
        await unit.session.execute(delete(AuditRecord).where(col(AuditRecord.place) == 2))
    assert [(fault.place, fault.why) for fault in await faults(store)] == [(2, "missing")]


async def test_what_was_put_in_another_place_is_found(store: Store) -> None:
    for number in (1, 2, 3):
        await note(store, number)
    async with store.write() as unit:
        for place, other in ((2, 9), (3, 2), (9, 3)):
            await unit.session.execute(update(AuditRecord).where(col(AuditRecord.place) == place).values(place=other))
    assert [(fault.place, fault.why) for fault in await faults(store)] == [(2, "changed"), (3, "changed")]


async def test_an_end_that_was_sealed_cannot_be_cut_off_or_written_anew(store: Store) -> None:
    for number in (1, 2):
        await note(store, number)
    async with store.write() as unit:
        assert await audit.seal_heads(unit) == 1
        assert await audit.seal_heads(unit) == 0
    await note(store, 3)
    assert await faults(store) == []
    async with store.write() as unit:
        assert await audit.seal_heads(unit) == 1
        await unit.session.execute(delete(AuditRecord).where(col(AuditRecord.place) == 3))
    assert [(fault.place, fault.why) for fault in await faults(store)] == [(3, "cut")]
    await note(store, 4)  # takes the place that was freed
    assert [(fault.place, fault.why) for fault in await faults(store)] == [(3, "cut")]


Record = st.tuples(st.text(max_size=8), st.integers(0, 9) | st.none(), st.text(max_size=8), st.text(max_size=8))
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@given(Record, Record)
def test_different_records_have_different_hashes(
    one: tuple[str, int | None, str, str], other: tuple[str, int | None, str, str]
) -> None:
    first, second = (audit.digest(p, NOON, s, a, about) for p, s, a, about in (one, other))
    assert (first == second) == (one == other)


@pytest.fixture
def database(
    sqlite_files: SqliteFiles, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """What the commands of this file run on."""
    monkeypatch.setattr("bot.cli.people.SystemClock", lambda: clock)
    monkeypatch.setattr("bot.wiring.upgrade", lambda _url: None)
    return {"BOT_DATABASE_URL": sqlite_files.fresh(), "BOT_KEYS_FILE": str(tmp_path / "bot.keys")}


def test_at_the_command_line(bot: Bot) -> None:
    bot("staff", "invite", "Ann", "Example", "--role", "admin")
    link = bot("staff", "link", "1")
    assert re.match(r"http://localhost:8000/staff/link/(\w{4}-){2}\w{4}\n", link.out)
    assert bot("staff", "link", "9").code == 1

    assert bot("audit", "list").out == "2026-11-25 10:00:00  the program: make sign-in link (staff 1)\n"
    assert bot("audit", "list", "--staff", "1").out == "There is nothing yet.\n"
    assert bot("audit", "verify") == (0, "Nothing in the record was changed.\n", "")

    async def forge(unit: Unit) -> None:
        await unit.session.execute(update(AuditRecord).values(about="staff 2"))

    writing(forge)
    found = bot("audit", "verify")
    assert found.code == 1
    assert "record 1: was changed" in found.out
