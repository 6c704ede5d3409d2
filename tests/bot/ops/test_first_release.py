"""The rehearsal of docs/upgrading.md: a database that the first release with visits left, upgraded and used."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from bot import wiring
from bot.clock import FixedClock
from bot.ops.files import revisions, sound
from bot.ops.port import port
from bot.ops.tally import Tally, tally
from bot.settings import Settings
from bot.store import migrate
from bot.store.visit_tables import Resident
from bot.visits import details
from bot.visits.own import newest
from bot.wiring import House, house
from tests.bot.ops.kept import moved
from tests.bot.test_commands import Bot, bot
from tests.databases import PostgresServer
from tests.house import Scripted
from tests.stories.player import AtTheTerminal

__all__ = ["bot"]

DUMP = Path(__file__).with_name("first_release.sql")
KEYS = {"keys": {"1": "01" * 32}, "index": "02" * 32}
"""What its personal data is sealed with."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The deployment that ran the first release."""
    database, keys = tmp_path / "bot.sqlite3", tmp_path / "bot.keys"
    keys.write_text(json.dumps(KEYS), encoding="utf-8")
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return Settings(database_url=f"sqlite:///{database}", keys_file=keys, _env_file=None)


@pytest.fixture(autouse=True)
def _nobody_asks_by_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "snapshot", lambda found, *_: Scripted(holding=found))


def somebody(built: House) -> AtTheTerminal:
    """Who booked the visit, two messages later."""
    return AtTheTerminal(built, numbers=iter(range(2, 100)), seen=2)


async def test_the_start_upgrades_it_and_their_visit_can_be_moved(settings: Settings, clock: FixedClock) -> None:
    assert sound(Path(settings.database_url.removeprefix("sqlite:///"))).revision == "0002"
    clock.move(hours=1)
    async with house(settings, clock) as built:
        assert built.ready
        person = somebody(built)
        assert "Friday 27 November, 10am to 10.30am" in await person.say("/visit")
        assert "Your visit has a new time." in await moved(person)
        assert "Thursday 3 December, 2pm" in await person.say("/visit")
        async with built.store.read() as unit:
            visit = await newest(unit, 1)
            assert visit is not None
            told = details.opened(unit, visit, await unit.session.get(Resident, visit.resident_id))
    assert (told.name, told.phone, told.word) == ("Zebedee Quillfeather", "+447700900123", "cosy kettle")
    assert (told.address, told.postcode, told.needs) == ("12 Marzipan Walk", "LE3 1AA", "A loud parrot")


def tallies(database: Path) -> dict[str, Tally]:
    """Rows and hash of every table that a file has, of whatever schema."""
    bound, found = migrate.engine(f"sqlite:///{database}"), MetaData()
    try:
        with bound.connect() as connection:
            found.reflect(connection)
            return {table.name: tally(connection, table) for table in found.sorted_tables}
    finally:
        bound.dispose()


@pytest.fixture
def database(settings: Settings) -> dict[str, str]:
    """The same deployment for commands."""
    return {"BOT_DATABASE_URL": settings.database_url, "BOT_KEYS_FILE": str(settings.keys_file)}


def test_the_way_back_is_the_copy_from_before(
    bot: Bot, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the page says: copy, upgrade, and where the new version will not do, the old one puts the copy back."""
    here, copied = tmp_path / "bot.sqlite3", tmp_path / "copies" / "before.sqlite3"
    before = tallies(here)
    assert bot("backup", str(copied)).code == 0
    migrate.upgrade(settings.database_url)
    with closing(sqlite3.connect(here)) as used:
        used.execute("UPDATE chat SET contact = 'never'")
        used.commit()
    assert sound(here).revision == revisions()[0]
    with monkeypatch.context() as old_version:
        old_version.setattr(migrate, "upgrade", partial(migrate.upgrade, revision="0002"))  # the newest that it knows
        # That version kept no file of who was erased.
        assert bot("restore", str(copied), "--replace", "--without-erasures").code == 0
    assert tallies(here) == before
    assert before["chat"].rows == before["visit"].rows == 1


def test_the_new_version_puts_the_copy_back_upgraded_and_it_moves_to_postgresql(
    bot: Bot, settings: Settings, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    copied, other = tmp_path / "copies" / "before.sqlite3", tmp_path / "other.sqlite3"
    assert bot("backup", str(copied)).code == 0
    migrate.upgrade(settings.database_url)
    upgraded = tallies(tmp_path / "bot.sqlite3")
    to_another = ("restore", str(copied), "--without-erasures")
    assert bot(*to_another, BOT_DATABASE_URL=f"sqlite:///{other}").code == 0
    assert tallies(other) == upgraded
    moved_there = port(f"sqlite:///{other}", postgres_server.empty(), lambda _rows, _total: None)
    assert {one.table: one.target.rows for one in moved_there if one.table in ("chat", "resident", "visit")} == {
        "chat": 1, "resident": 1, "visit": 1,
    }  # fmt: skip
