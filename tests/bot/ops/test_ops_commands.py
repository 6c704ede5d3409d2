"""`bot backup`, `bot restore`, `bot port-db`, `bot doctor` as they are typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.cli import ops
from bot.clock import FixedClock
from bot.ops import backup, machine
from bot.ops.errors import Damaged
from bot.store.erased import ErasedLog
from tests.bot.ops.kept import copy_of
from tests.bot.test_commands import Bot, bot
from tests.databases import PostgresServer

__all__ = ["bot"]


@pytest.fixture
def database(
    demo: Path, demo_keys: Path, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The settings of a deployment, on the day of its demonstration."""
    monkeypatch.setattr(ops, "SystemClock", lambda: clock)
    shutil.copy(demo_keys, tmp_path / "bot.keys")
    (tmp_path / "erased.log").touch()
    return {"BOT_DATABASE_URL": f"sqlite:///{copy_of(demo, tmp_path)}"}


def test_a_copy_and_back(bot: Bot, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    code, out, _ = bot("backup", BOT_BACKUP_FOLDER=str(folder))
    assert code == 0
    assert "opened and read through" in out
    assert f"THE KEYS ARE NOT IN IT. Keep a copy of {tmp_path}/bot.keys somewhere else" in out
    (copied,) = folder.iterdir()
    refused = bot("restore", str(copied))
    assert (refused.code, "left alone" in refused.err) == (1, True)
    back = bot("restore", str(copied), "--replace")
    assert back.code == 0
    assert "kept at" in back.out
    (aside,) = tmp_path.glob("bot.sqlite3.before-*")
    old = aside.rename(tmp_path / "bot.sqlite3.before-20200101T000000Z")
    assert f"Deleted, because it was older than 35 days: {old}" in bot("backup", str(tmp_path / "later.sqlite3")).out
    assert not old.exists()


def test_a_copy_needs_a_place_and_is_kept_no_longer_than_who_was_erased(bot: Bot, tmp_path: Path) -> None:
    assert bot("backup").code == 2
    assert bot("backup", str(tmp_path / "copy.sqlite3"), "--keep-days", "36").code == 2
    assert not (tmp_path / "copy.sqlite3").exists()


def test_old_copies_go_also_on_a_day_without_a_good_one(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "copies" / "bot-20261020T020000Z.sqlite3"
    old.parent.mkdir()
    old.touch()

    def torn(_path: Path) -> None:
        raise Damaged(path="copy")

    monkeypatch.setattr(backup, "sound", torn)
    failed = bot("backup", str(old.parent))
    assert (failed.code, "not a sound database" in failed.err, str(old) in failed.out) == (1, True, True)
    assert list(old.parent.iterdir()) == []


def forbidden(_log: ErasedLog) -> list[str]:
    """The file is root's."""
    raise PermissionError(13, "Permission denied")


def test_what_cannot_be_known_is_said_before_anybody_comes_back(
    bot: Bot, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was erased since: the file is lost, was begun again, cannot be read, or the copy is older than its lines."""
    copied, log = tmp_path / "copy.sqlite3", tmp_path / "erased.log"
    assert bot("backup", str(copied)).code == 0
    (tmp_path / "bot.sqlite3").unlink()
    log.unlink()
    said = [bot("restore", str(copied)).err]
    log.write_text(f"{clock.now():%Y-%m-%d}T23:00:00.000000Z begun\n")
    said.append(bot("restore", str(copied)).err)
    log.write_text("")
    with monkeypatch.context() as of_root:
        of_root.setattr(ErasedLog, "_lines", forbidden)
        said.append(bot("restore", str(copied)).err)
    clock.move(days=37)
    said.append(bot("restore", str(copied)).err)
    hints = ("is not there, or was begun later", "or was begun later", "cannot be read", "only known for 36 days")
    for refusal, hint in zip(said, hints, strict=True):
        assert hint in refusal
        assert "othing was changed" in refusal
    assert not (tmp_path / "bot.sqlite3").exists()
    assert bot("restore", str(copied), "--without-erasures").code == 0


def test_a_move_is_shown_table_by_table(bot: Bot, postgres_server: PostgresServer) -> None:
    code, out, _ = bot("port-db", "--to", postgres_server.empty())
    assert code == 0
    assert len([line for line in out.splitlines() if " = " in line]) > 20
    assert "are the same on both sides" in out
    assert bot("port-db", "--to", "sqlite:///other.sqlite3").code == 2


def test_the_doctor_is_read_by_people_and_scripts(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "check", lambda _folder: [])
    code, out, _ = bot("doctor", BOT_PUBLIC_URL="http://bot.example")
    assert code == 1
    assert "✗ Address: http://bot.example is not https.\n    Put a reverse proxy" in out
    assert "✓ Database: it can be read and written." in out
    lines = [json.loads(line) for line in bot("doctor", "--json", BOT_PUBLIC_URL="http://bot.example").out.splitlines()]
    assert [line["check"] for line in lines if not line["ok"] and line["mend"]] == ["outbox", "address"]
    assert "placeholder" in bot("doctor", TELEGRAM_BOT_TOKEN="changeme").out
