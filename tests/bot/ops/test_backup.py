"""A copy is whole while the bot writes, holds no key, and is put back only where nothing is lost."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.ops.backup import backup, backups, delete_old, delete_set_aside, restore, set_aside
from bot.ops.errors import (
    AlreadyThere,
    Damaged,
    InUse,
    KeysDoNotFit,
    KeysMissing,
    NoDatabase,
    NotSqlite,
    UnknownSchema,
)
from bot.store import migrate
from bot.store.vault import vault_from
from bot.visits.diary import rules_of
from knowledge.visits.slots import cells_of
from tests.bot.ops.kept import copy_of
from tests.bot.visits.estate import HALF_HOUR, NINE, estate, visits
from tests.databases import SqliteFiles

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
TIMES = 2


def ask(database: Path, question: str) -> int:
    """One number from a file."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(question).fetchone()[0])


async def test_a_copy_made_while_people_book_is_whole(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: FixedClock
) -> None:
    """The cells of the copy are exactly those of its visits, whatever went on meanwhile."""
    url = sqlite_files.fresh()
    async with estate(url, clock, residents=24) as team:

        async def book(chat: int) -> None:
            day = dt.timedelta(days=7 * (chat // 6 % 3))
            held = await team.hold(chat, NINE + day + (chat % 6) * HALF_HOUR)
            if held is not None and chat % 3:
                async with team.desk(chat) as desk:
                    await desk.release()

        books = [asyncio.ensure_future(book(chat)) for chat in range(1, 25)]
        copies = []
        for number in range(4):
            await asyncio.wait(books[number * 6 : number * 6 + 1])
            copies.append(await asyncio.to_thread(backup, url, tmp_path / f"{number}.sqlite3", clock.now()))
        await asyncio.gather(*books)
    assert len({copied.sound.rows["occupied"] for copied in copies}) > 1, "bookings went on between the copies"
    buffer = rules_of(visits()).buffer
    for copied in copies:
        each = TIMES * len(cells_of(NINE, NINE + HALF_HOUR, buffer))
        held = ask(copied.path, "SELECT count(*) FROM visit WHERE state = 'held'")
        assert copied.sound.rows["occupied"] == held * each
        assert not copied.path.with_name(f"{copied.path.name}-wal").exists()


def test_a_copy_is_for_its_owner_alone_and_holds_no_key(demo: Path, demo_keys: Path, tmp_path: Path) -> None:
    made = backup(f"sqlite:///{demo}", tmp_path / "copy.sqlite3", NOW)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    held = json.loads(demo_keys.read_text(encoding="utf-8"))
    words = made.path.read_bytes()
    for secret in (*held["keys"].values(), held["index"]):
        assert secret.encode() not in words
        assert bytes.fromhex(secret) not in words
    assert [path.name for path in tmp_path.iterdir()] == ["copy.sqlite3"]
    assert made.sound.rows["visit"] == ask(demo, "SELECT count(*) FROM visit")


def test_nothing_is_overwritten(demo: Path, tmp_path: Path) -> None:
    there = tmp_path / "notes.txt"
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(AlreadyThere):
        backup(f"sqlite:///{demo}", there, NOW)
    assert there.read_text(encoding="utf-8") == "mine"
    with pytest.raises(NoDatabase):
        backup(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path / "copy.sqlite3", NOW)
    with pytest.raises(NotSqlite):
        backup("postgresql://bot@db.example/bot", tmp_path / "copy.sqlite3", NOW)


def test_in_a_folder_copies_are_named_and_old_ones_deleted(demo: Path, tmp_path: Path) -> None:
    first = backup(f"sqlite:///{demo}", tmp_path, NOW).path
    (tmp_path / "bot-holiday.sqlite3").touch()
    (tmp_path / "bot-20260101T000000Z.sqlite3.mine").touch()
    second = backup(f"sqlite:///{demo}", tmp_path, NOW + dt.timedelta(days=35, seconds=1)).path
    assert backups(tmp_path) == {first: NOW, second: NOW + dt.timedelta(days=35, seconds=1)}
    assert delete_old(tmp_path, NOW + dt.timedelta(days=35)) == []
    assert delete_old(tmp_path, NOW + dt.timedelta(days=35, seconds=1)) == [first]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_copy_is_put_back_in_an_empty_place(demo: Path, demo_keys: Path, tmp_path: Path) -> None:
    made = backup(f"sqlite:///{demo}", tmp_path / "copy.sqlite3", NOW)
    target = tmp_path / "new" / "bot.sqlite3"
    done = restore(made.path, f"sqlite:///{target}", demo_keys, NOW)
    assert done.copied.sound == made.sound
    assert done.before is None
    assert done.opened > 10
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["bot.sqlite3"]


def test_what_was_there_is_kept_beside(demo: Path, demo_keys: Path, tmp_path: Path) -> None:
    made, target = backup(f"sqlite:///{demo}", tmp_path / "copy.sqlite3", NOW), tmp_path / "bot.sqlite3"
    shutil.copyfile(demo, target)
    with closing(sqlite3.connect(target)) as newer:
        newer.execute("PRAGMA journal_mode=WAL")
        newer.execute("DELETE FROM route_count")
        newer.execute("INSERT INTO route_count VALUES ('2026-11-25', 'answer', 'web', 77)")
        newer.commit()
        with pytest.raises(AlreadyThere):
            restore(made.path, f"sqlite:///{target}", demo_keys, NOW)
        with pytest.raises(InUse):
            restore(made.path, f"sqlite:///{target}", demo_keys, NOW, replace=True)
    done = restore(made.path, f"sqlite:///{target}", demo_keys, NOW, replace=True)
    assert done.before == tmp_path / "bot.sqlite3.before-20261125T100000Z"
    assert ask(done.before, "SELECT max(turns) FROM route_count") == 77
    assert ask(target, "SELECT count(*) FROM route_count WHERE turns = 77") == 0


def test_what_was_kept_beside_goes_after_35_days(tmp_path: Path) -> None:
    database, stamps = tmp_path / "bot.sqlite3", ("20261021T100000Z", "20261020T095959Z", "holiday")
    first, old, mine = (tmp_path / f"bot.sqlite3.before-{stamp}" for stamp in stamps)
    for path in (database, first, old, mine):
        path.touch()
    assert set(set_aside(database)) == {first, old}
    assert delete_set_aside(database, NOW) == [old]
    assert sorted(tmp_path.iterdir()) == [database, first, mine]


def test_a_copy_of_an_older_schema_is_brought_up_to_date(demo: Path, demo_keys: Path, tmp_path: Path) -> None:
    older = copy_of(demo, tmp_path)
    migrate.downgrade(f"sqlite:///{older}", "0004")
    made = backup(f"sqlite:///{older}", tmp_path / "copy.sqlite3", NOW)
    assert made.sound.revision == "0004"
    done = restore(made.path, f"sqlite:///{tmp_path}/new.sqlite3", demo_keys, NOW)
    assert done.copied.sound.revision > "0004"
    assert done.copied.sound.rows["visit"] == made.sound.rows["visit"]


@pytest.mark.parametrize("fault", ["no keys", "other keys", "damaged", "not ours", "newer", "nothing"])
def test_a_copy_that_cannot_be_used_changes_nothing(demo: Path, demo_keys: Path, tmp_path: Path, fault: str) -> None:
    copied, keys, wanted = copy_of(demo, tmp_path), demo_keys, tmp_path / "new" / "bot.sqlite3"
    expected: dict[str, type[Exception]] = {
        "no keys": KeysMissing, "other keys": KeysDoNotFit, "damaged": Damaged, "not ours": UnknownSchema,
        "newer": UnknownSchema, "nothing": NoDatabase,
    }  # fmt: skip
    match fault:
        case "no keys":
            keys = tmp_path / "lost.keys"
        case "other keys":
            keys = tmp_path / "other.keys"
            vault_from(keys)
        case "damaged":
            copied.write_bytes(copied.read_bytes()[:8192] + b"\xff" * 40_000)
        case "not ours":
            copied = tmp_path / "other.sqlite3"
            with closing(sqlite3.connect(copied)) as other:
                other.execute("CREATE TABLE shopping (what)")
        case "newer":
            with closing(sqlite3.connect(copied)) as newer:
                newer.execute("UPDATE alembic_version SET version_num = '9999'")
                newer.commit()
        case "nothing":
            copied = tmp_path / "none.sqlite3"
    with pytest.raises(expected[fault]):
        restore(copied, f"sqlite:///{wanted}", keys, NOW)
    assert not wanted.parent.exists() or list(wanted.parent.iterdir()) == []
    assert fault != "no keys" or not keys.exists()
