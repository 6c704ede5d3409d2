"""Whoever was erased stays erased when an older copy is put back: asked for in the chat, and by the team."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.delivery.loop import caught
from bot.settings import Settings
from bot.store.erased import ErasedLog
from bot.sweeps import tidy
from bot.wiring import erased_log, house, unopened_store
from tests.bot.ops.kept import bot_over, copy_of
from tests.bot.ops.test_first_release import _nobody_asks_by_meaning, settings, somebody
from tests.bot.test_commands import Bot, bot

__all__ = ["_nobody_asks_by_meaning", "bot", "settings"]

BOOKED = "Friday 27 November"


@pytest.fixture
def database(settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings for commands, with the clock of the conversation."""
    for module in ("ops", "people"):
        monkeypatch.setattr(f"bot.cli.{module}.SystemClock", lambda: clock)
    assert settings.keys_file is not None
    settings.keys_file.with_name("erased.log").touch()
    return {"BOT_DATABASE_URL": settings.database_url, "BOT_KEYS_FILE": str(settings.keys_file)}


async def says(settings: Settings, clock: FixedClock, *, deletes: bool = False) -> bool:
    """Does the chat still know of the visit? Then perhaps all of it is deleted."""
    async with house(settings, clock) as built:
        person = somebody(built)
        knows = BOOKED in await person.say("/visit")
        if deletes:
            await person.say("/stop")
            await person.tap("Delete my data")
            assert "Deleted." in await person.tap("Yes, delete it")
        return knows


def test_deleted_in_the_chat_is_deleted_in_the_copy(
    bot: Bot, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    clock.move(hours=1)
    assert asyncio.run(says(settings, clock)), "it is there to begin with"
    assert bot("backup", str(tmp_path / "copy.sqlite3")).code == 0
    clock.move(hours=1)
    assert asyncio.run(says(settings, clock, deletes=True))
    clock.move(days=34)
    back = bot("restore", str(tmp_path / "copy.sqlite3"), "--replace")
    assert "Erased again, because they were erased after the copy was made: 1" in back.out
    assert "erase again (1 after restoring)" in bot("audit", "list").out
    assert bot(
        "person", "export", "--visit", "J7M-4Q3", "--word", "cosy kettle", "--staff", "1", "--reason", "law"
    ).code
    assert not asyncio.run(says(settings, clock))


def test_erased_by_the_team_is_erased_in_the_copy_and_what_was_only_shown_is_not(
    bot: Bot, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    clock.move(hours=1)
    bot("staff", "invite", "Ann", "Example", "--role", "coordinator")
    number = next(line for line in bot("staff", "list").out.splitlines() if "Ann" in line).partition(":")[0]
    bot("backup", str(tmp_path / "copy.sqlite3"))
    clock.move(hours=1)
    them = ("person", "erase", "--phone", "07700 900123", "--staff", number, "--reason", "asked")
    assert bot(*them).code == 0
    assert "copy was made: 0" in bot("restore", str(tmp_path / "copy.sqlite3"), "--replace").out
    assert "names and addresses: 1" in bot(*them, "--yes").out
    clock.move(hours=1)
    assert "copy was made: 1" in bot("restore", str(tmp_path / "copy.sqlite3"), "--replace").out
    assert "Nothing is held" in bot(*them).err
    kept = settings.keys_file.with_name("erased.log").read_text() if settings.keys_file else ""
    assert len(kept.splitlines()) == 1


async def test_from_its_first_start_a_deployment_knows_since_when(settings: Settings, clock: FixedClock) -> None:
    """Or a file that was lost would look like one in which nobody was ever erased."""
    log = erased_log(settings)
    assert log.misses(clock.now())
    for _ in range(2):
        await unopened_store(settings, clock).close()
        clock.move(hours=1)
    assert log.path.read_text(encoding="utf-8") == "2026-11-25T10:00:00.000000Z begun\n"


async def test_a_line_goes_by_itself(demo: Path, demo_keys: Path, tmp_path: Path, clock: FixedClock) -> None:
    keys = Path(shutil.copy(demo_keys, tmp_path / "bot.keys"))
    log = ErasedLog(tmp_path / "erased.log")
    log.note(clock.now(), ["a" * 64])
    clock.move(days=35)
    log.note(clock.now(), ["b" * 64])
    clock.move(days=2)
    async with bot_over(f"sqlite:///{copy_of(demo, tmp_path)}", keys, clock) as built:
        await tidy(built, caught)
    assert [each.marks for each in log.after(None, clock.now() - dt.timedelta(days=30))] == [{"b" * 64}]
