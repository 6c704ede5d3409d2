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
from bot.staff import audit, audit_chain
from bot.staff.audit_chain import CHAIN, HEAD, Fault, Link
from bot.store import switch
from bot.store.staff_tables import AuditRecord
from bot.store.tables import Setting
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from tests.bot.test_commands import Bot
from tests.databases import PostgresServer, SqliteFiles

bot = commands.bot


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    built = Store(database_url, throwaway_vault(), clock)
    yield built
    await built.close()


@pytest.fixture
async def lone(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Store]:
    """On one kind of database, where it is the chain that is looked at and not the statements."""
    built = Store(sqlite_files.fresh(), throwaway_vault(), clock)
    yield built
    await built.close()


async def note(store: Store, staff_id: int, about: str = "") -> None:
    async with store.write() as unit:
        await audit.record(unit, staff_id, "read visit", about)


async def faults(store: Store) -> list[Fault]:
    async with store.read() as unit:
        return await audit_chain.verify(unit)


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


async def test_on_postgres_nobody_records_while_the_record_is_read(
    postgres_server: PostgresServer, clock: FixedClock
) -> None:
    """Each statement sees another moment there; on SQLite a reader sees one moment alone."""
    store = Store(postgres_server.fresh(), throwaway_vault(), clock)
    await note(store, 1)
    async with store.read() as unit, store.read() as other:
        assert await audit_chain.verify(unit) == []
        free = select(Setting).where(col(Setting.name) == HEAD + CHAIN).with_for_update(skip_locked=True)
        assert (await other.session.execute(free)).all() == []
    await store.close()


async def test_days_and_processes_go_on_in_one_chain(
    lone: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await note(lone, 1)
    clock.move(days=1)
    monkeypatch.setattr("os.getpid", lambda: 1)
    await note(lone, 1)
    async with lone.read() as unit:
        first, second = (await unit.session.execute(select(AuditRecord))).scalars()
    assert (first.place, second.place, second.previous) == (1, 2, first.hash)
    assert await faults(lone) == []


async def test_what_happens_twice_in_a_transaction_is_recorded_once_and_at_its_end(lone: Store) -> None:
    async with lone.write() as unit:
        for action in ("read visit", "note on visit", "read visit"):
            await audit.record(unit, 1, action, "J7M-4Q3")
        assert await audit.entries(unit) == (), "what everybody queues for is not taken before the end"
    async with lone.read() as unit:
        assert [one.action for one in await audit.entries(unit)] == ["note on visit", "read visit"]
    assert await faults(lone) == []


async def test_what_did_not_happen_is_not_recorded(lone: Store) -> None:
    with pytest.raises(ValueError, match="no"):
        async with lone.write() as unit:
            await audit.record(unit, 1, "publish")
            raise ValueError("no")
    async with lone.write() as unit:
        await audit.record(unit, 1, "draft")
        before = audit.so_far(unit)
        await audit.record(unit, 1, "publish")
        audit.take_back(unit, before)
    async with lone.read() as unit:
        assert [one.action for one in await audit.entries(unit)] == ["draft"]


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
    assert [(fault.place, fault.why) for fault in await faults(store)] == [
        (2, "changed"), (3, "changed"), (3, "cut"),
    ]  # fmt: skip


async def told(store: Store) -> list[tuple[int, str]]:
    return [(fault.place, fault.why) for fault in await faults(store)]


async def take_out(store: Store, place: int) -> None:
    async with store.write() as unit:
        await unit.session.execute(delete(AuditRecord).where(col(AuditRecord.place) == place))


async def test_a_record_that_is_taken_out_with_its_head_is_missed(store: Store) -> None:
    """Each command is a process of its own, and its record is the newest one."""
    for number in (1, 2, 3):
        await note(store, number)
    await take_out(store, 3)
    assert await told(store) == [(3, "cut")]
    async with store.write() as unit:
        await unit.session.execute(delete(Setting).where(col(Setting.name) == HEAD + CHAIN))
    assert await told(store) == [(2, "cut")]
    await note(store, 4)
    assert await told(store) == [(3, "missing")], "what is written next heals nothing"


async def test_what_is_written_after_a_cut_end_does_not_take_its_place(lone: Store) -> None:
    for number in (1, 2, 3):
        await note(lone, number)
    await take_out(lone, 3)
    await note(lone, 4)
    assert await told(lone) == [(3, "missing")]


async def test_a_head_cannot_be_made_without_the_key_nor_an_older_one_put_back(lone: Store) -> None:
    await note(lone, 1)
    async with lone.read() as unit:
        older = await switch.get(unit, HEAD + CHAIN)
    await note(lone, 2)
    for forged in (older, f"2 {'0' * 64} {'0' * 64}", "nonsense"):
        async with lone.write() as unit:
            await switch.put(unit, HEAD + CHAIN, forged or "")
        assert await told(lone) == [(2, "cut")], forged
    await note(lone, 3)
    assert await told(lone) == [(3, "missing")]


async def test_old_records_go_from_the_front_and_the_rest_holds(store: Store, clock: FixedClock) -> None:
    for number in (1, 2, 3):
        await note(store, number)
        clock.move(days=300)
    async with store.write() as unit:
        assert await audit_chain.forget_old(unit) == 1
    await note(store, 4)
    async with store.read() as unit:
        assert [one.staff_id for one in await audit.entries(unit)] == [4, 3, 2]
    assert await told(store) == []
    await take_out(store, 2)
    assert await told(store) == [(2, "missing")]


async def test_nothing_is_made_old_to_be_rid_of_it(lone: Store, clock: FixedClock) -> None:
    for number in (1, 2, 3):
        await note(lone, number)
    long_ago = clock.now() - audit_chain.KEPT - dt.timedelta(days=1)
    async with lone.write() as unit:
        await unit.session.execute(update(AuditRecord).where(col(AuditRecord.place) == 2).values(at=long_ago))
        assert await audit_chain.forget_old(unit) == 2
    assert await told(lone) == [(1, "missing")]


async def test_a_chain_from_before_there_was_one_still_holds_and_goes_whole(lone: Store, clock: FixedClock) -> None:
    chain, hashed = "2026-11-25 host 7", audit_chain.digest("", clock.now(), 1, "read visit", "")
    old = AuditRecord(chain=chain, place=1, at=clock.now(), staff_id=1, action="read visit", previous="", hash=hashed)
    async with lone.write() as unit:
        unit.session.add(old)
        await switch.put(unit, HEAD + chain, audit_chain._sealed(unit, chain, Link(1, hashed)))
    await note(lone, 2)
    assert await told(lone) == []
    async with lone.write() as unit:
        await unit.session.execute(update(AuditRecord).where(col(AuditRecord.chain) == chain).values(staff_id=2))
    assert await told(lone) == [(1, "changed")]
    async with lone.write() as unit:
        await unit.session.execute(delete(AuditRecord).where(col(AuditRecord.chain) == chain))
    assert await told(lone) == [(1, "cut")]


Record = st.tuples(st.text(max_size=8), st.integers(0, 9) | st.none(), st.text(max_size=8), st.text(max_size=8))
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@given(Record, Record)
def test_different_records_have_different_hashes(
    one: tuple[str, int | None, str, str], other: tuple[str, int | None, str, str]
) -> None:
    first, second = (audit_chain.digest(p, NOON, s, a, about) for p, s, a, about in (one, other))
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

    assert bot("audit", "list").out == "2026-11-25 10:00:00  the command line: make sign-in link (staff 1)\n"
    assert bot("audit", "list", "--staff", "1").out == "There is nothing yet.\n"
    held = "Nothing in the record was changed. Records: 1, the first of 25 Nov 2026.\n"
    assert bot("audit", "verify") == (0, held, "")

    async def forge(unit: Unit) -> None:
        await unit.session.execute(update(AuditRecord).values(about="staff 2"))

    writing(forge)
    found = bot("audit", "verify")
    assert found.code == 1
    assert "record 1: was changed" in found.out
