"""The rehearsal of docs/upgrading.md: a database that the first release with visits left, upgraded and used."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import wiring
from bot.clock import FixedClock
from bot.ops.backup import backup
from bot.ops.files import revisions, sound
from bot.settings import Settings
from bot.store import migrate
from bot.store.visit_tables import Resident
from bot.visits import details
from bot.visits.own import newest
from bot.wiring import House, house
from tests.bot.ops.kept import moved
from tests.house import Scripted
from tests.stories.player import AtTheTerminal

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


async def test_the_way_back_is_the_copy_from_before(settings: Settings, tmp_path: Path, clock: FixedClock) -> None:
    """As the page says: copy, upgrade, and where the new version will not do, put the copy back for the old one."""
    url = settings.database_url
    copied = backup(url, tmp_path / "before.sqlite3", clock.now())
    migrate.upgrade(url)
    assert sound(Path(url.removeprefix("sqlite:///"))).revision == revisions()[0]
    migrate.downgrade(url, copied.sound.revision)
    assert sound(Path(url.removeprefix("sqlite:///"))) == copied.sound
