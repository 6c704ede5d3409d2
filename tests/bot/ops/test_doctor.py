"""The doctor says what is wrong and the mend, and is content with a deployment that is well."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import update

from bot.channels.telegram.look import Seen, look
from bot.clock import FixedClock
from bot.errors import Refused, Unreached
from bot.ops import machine
from bot.ops.backup import backup
from bot.ops.doctor import examine, judged
from bot.ops.findings import Finding
from bot.settings import Settings
from bot.store import migrate
from bot.store.tables import Outbox
from handlers.catalogue import Texts, read
from tests.bot.ops.kept import bot_over, copy_of
from tests.databases import PostgresServer
from tests.fake_telegram import TOKEN, FakeTelegram

CHECKS = [
    "keys", "content", "schema", "durable", "seals", "outbox", "reviews", "database", "disk", "index", "clock",
    "address", "erasures", "backups", "telegram",
]  # fmt: skip
HOOK = "https://bot.example/telegram/path"
LATELY, EARLIER = (dt.datetime(2026, 11, 25, hour, 30, tzinfo=dt.UTC) for hour in (9, 8))


async def nobody(_token: str, _api: str) -> Seen:
    raise AssertionError("no token, no question")


@pytest.fixture
async def settings(demo: Path, demo_keys: Path, tmp_path: Path, clock: FixedClock) -> Settings:
    """A deployment that is well: what waited was sent."""
    url, keys = f"sqlite:///{copy_of(demo, tmp_path)}", tmp_path / "keys" / "bot.keys"
    keys.parent.mkdir()
    shutil.copy(demo_keys, keys)
    async with bot_over(url, keys, clock) as built, built.store.write() as unit:
        await unit.session.execute(update(Outbox).values(state="sent"))
    (tmp_path / "copies").mkdir()
    backup(url, tmp_path / "copies", clock.now())
    return Settings(database_url=url, keys_file=keys, backup_folder=tmp_path / "copies", _env_file=None)


@pytest.fixture(autouse=True)
def _content_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """`bot content check` has tests of its own."""
    monkeypatch.setattr(machine, "check", lambda _folder: [])


async def found(settings: Settings, clock: FixedClock) -> dict[str, Finding]:
    """Every finding by its name."""
    return {finding.check: finding async for finding in examine(settings, clock, nobody)}


async def faults(settings: Settings, clock: FixedClock) -> set[str]:
    """What is wrong."""
    return {f"{one.check}.{one.what}" for one in (await found(settings, clock)).values() if not one.ok}


def changed(settings: Settings, statement: str) -> None:
    """Something happens to the database."""
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as connection:
        connection.execute(statement)
        connection.commit()


async def test_a_deployment_that_is_well(settings: Settings, clock: FixedClock) -> None:
    findings = await found(settings, clock)
    assert [one.check for one in findings.values() if not one.ok] == []
    assert list(findings) == CHECKS
    assert all(one.says(Texts()) and not one.mend(Texts()) for one in findings.values())


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ("UPDATE alembic_version SET version_num = '0003'", {"schema.behind"}),
        ("UPDATE alembic_version SET version_num = '9999'", {"schema.newer"}),
        ("UPDATE resident SET name = x'01' || zeroblob(40)", {"seals.do-not-fit"}),
        ("UPDATE outbox SET state = 'waiting', created_at = '2026-11-25 09:40:00.000000'", {"outbox.stuck"}),
        ("UPDATE chat SET last_turn_at = '2027-01-01 00:00:00.000000'", {"clock.behind"}),
    ],
)
async def test_what_is_wrong_in_the_database(
    settings: Settings, clock: FixedClock, happened: str, expected: set[str]
) -> None:
    changed(settings, happened)
    assert await faults(settings, clock) == expected


def damage(settings: Settings) -> None:
    """The file is no database any more."""
    Path(settings.database_url.removeprefix("sqlite:///")).write_bytes(b"not a database" * 1000)


async def test_what_is_wrong_on_the_machine(
    settings: Settings, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    assert settings.keys_file is not None
    settings.keys_file.chmod(0o644)
    monkeypatch.setattr(machine, "LEAST_FREE", 10**12)
    (tmp_path / "bot.sqlite3.before-20261023T100000Z").touch()
    noted = tmp_path / "a file" / "erased.log"
    ill = {"index_folder": tmp_path / "a file", "public_url": "http://bot.example", "erased_file": noted}
    clock.move(days=3)
    assert await faults(settings.model_copy(update=ill), clock) == {
        "keys.open-to-others", "disk.full", "index.not-writable", "address.not-https", "backups.old",
        "erasures.not-writable", "aside.old",
    }  # fmt: skip
    (tmp_path / "bot.sqlite3.before-20261025T100000Z").touch()
    assert [one.ok for one in machine.look_aside(tmp_path / "bot.sqlite3", clock.now())] == [False, True]


@pytest.mark.parametrize("name", ["erased.log", "erased.log.lock"])
def test_a_file_that_is_there_and_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    """As after root noted an erasure by hand: the folder can be written, and the next erasure is not noted."""
    assert machine.look_at_erasures(tmp_path / "erased.log").ok
    (tmp_path / name).mkdir()  # what not even root may write
    assert not machine.look_at_erasures(tmp_path / "erased.log").ok
    (tmp_path / name).rmdir()
    (tmp_path / name).write_text("a line\n", encoding="utf-8")
    assert machine.look_at_erasures(tmp_path / "erased.log").ok
    assert (tmp_path / name).read_text(encoding="utf-8") == "a line\n"


async def test_nothing_is_made_by_looking(clock: FixedClock, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/var/bot.sqlite3", _env_file=None)
    assert await faults(settings, clock) == {"keys.missing", "database.missing"}
    assert os.listdir(tmp_path) == []


async def test_a_damaged_file_and_a_place_that_is_not_there(settings: Settings, clock: FixedClock) -> None:
    assert await faults(settings.model_copy(update={"place": "atlantis"}), clock) == {"place.missing"}
    damage(settings)
    assert await faults(settings, clock) == {"database.damaged"}


async def test_a_copy_beside_the_keys(settings: Settings, clock: FixedClock) -> None:
    assert settings.keys_file is not None
    beside = settings.model_copy(update={"backup_folder": settings.keys_file.parent})
    assert await faults(beside, clock) == {"backups.beside-the-keys"}


async def test_postgresql_that_is_away_or_read_only(
    settings: Settings, clock: FixedClock, postgres_server: PostgresServer
) -> None:
    away = settings.model_copy(update={"database_url": "postgresql://bot@127.0.0.1:1/bot"})
    assert await faults(away, clock) == {"database.unreachable"}
    url = postgres_server.empty()
    there = settings.model_copy(update={"database_url": url})
    assert "schema.none" in await faults(there, clock)
    migrate.upgrade(url)
    assert await faults(there, clock) == set()
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    assert await faults(there, clock) == {"database.not-writable"}


@pytest.mark.parametrize(
    ("mode", "seen", "what"),
    [
        ("polling", Seen("bot", "", 3), "reached"),
        ("polling", Seen("bot", HOOK, 0), "webhook-in-the-way"),
        ("polling", Seen("bot", "", 101), "behind"),
        ("webhook", Seen("bot", HOOK, 0), "reached"),
        ("webhook", Seen("bot", "", 0), "webhook-elsewhere"),
        (
            "webhook",
            Seen("bot", HOOK, 1, "Connection refused", LATELY),
            "webhook-failing",
        ),
        (
            "webhook",
            Seen("bot", HOOK, 0, "Connection refused", EARLIER),
            "reached",
        ),
    ],
)
def test_telegram_and_the_settings_agree(clock: FixedClock, mode: str, seen: Seen, what: str) -> None:
    settings = Settings(
        telegram_mode=mode, telegram_token=TOKEN, webhook_path="path", webhook_secret="a-secret-of-ours",
        public_url="https://bot.example/", _env_file=None,
    )  # fmt: skip
    finding = judged(settings, seen, clock.now())
    assert (finding.what, finding.ok) == (what, what == "reached")


async def test_telegram_is_asked_and_its_silence_is_said() -> None:
    async with FakeTelegram() as fake:
        seen = await look(TOKEN, fake.url)
        assert (seen.webhook, seen.waiting) == ("", 0)
        assert seen.name
        with pytest.raises(Refused):
            await look("999:wrong", fake.url)
    with pytest.raises(Unreached):
        await look(TOKEN, fake.url, patience=2)


def test_every_fault_has_its_mend() -> None:
    """A fault is known by its mend; what is well has none."""
    known = {name for name in read("en") if name.startswith("staff.doctor.")}
    mends = {name.removesuffix(".mend") for name in known if name.endswith(".mend")}
    assert mends <= known
    assert len(mends) > 20
