"""`bot backup`, `bot restore`, `bot port-db`, `bot doctor` as they are typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.ops import machine
from tests.bot.ops.kept import copy_of
from tests.bot.test_commands import Bot, bot
from tests.databases import PostgresServer

__all__ = ["bot"]


@pytest.fixture
def database(demo: Path, demo_keys: Path, tmp_path: Path) -> dict[str, str]:
    """The settings of a deployment."""
    shutil.copy(demo_keys, tmp_path / "bot.keys")
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


def test_a_copy_needs_a_place(bot: Bot) -> None:
    assert bot("backup").code == 2


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
