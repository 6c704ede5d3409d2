"""From SQLite to PostgreSQL: everything, compared, or nothing; and the conversation goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.errors import StoreUnavailable
from bot.ops.errors import InUse, NoDatabase, NotEmpty, NotPorted, WrongWay
from bot.ops.port import port
from bot.ops.tally import canonical, tables, tally
from bot.store import migrate
from bot.store.tables import Chat, Question
from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits.own import newest
from tests.bot.ops.kept import bot_over, copy_of, moved
from tests.databases import PostgresServer
from tests.stories.player import AtTheTerminal
from tests.stories.test_visits import book


def nobody_watches(_rows: int, _total: int) -> None:
    """No progress bar."""


def names_in(url: str) -> list[str]:
    """The tables of a database."""
    bound = migrate.engine(url)
    try:
        return inspect(bound).get_table_names()
    finally:
        bound.dispose()


async def test_a_conversation_goes_on_over_postgresql(
    demo: Path, demo_keys: Path, tmp_path: Path, clock: FixedClock, postgres_server: PostgresServer
) -> None:
    source, target = f"sqlite:///{copy_of(demo, tmp_path)}", postgres_server.empty()
    async with bot_over(source, demo_keys, clock) as built:
        person = AtTheTerminal(built)
        assert "Your visit is booked." in await book(person)
    done: list[tuple[int, int]] = []
    ported = await asyncio.to_thread(port, source, target, lambda rows, total: done.append((rows, total)))
    assert all(one.source == one.target for one in ported)
    assert {one.table for one in ported} == {table.name for table in tables()}
    rows = {one.table: one.target.rows for one in ported}
    assert min(rows[name] for name in ("visit", "occupied", "outbox", "chat", "resident", "visit_task")) > 0
    assert sum(batch for batch, _ in done) == done[0][1] == sum(rows.values())

    async with bot_over(target, demo_keys, clock) as built:
        person.house = built
        assert "Your visit has a new time." in await moved(person)
        async with built.store.write() as unit:
            visit = await newest(unit, await chat_of(unit))
            assert visit is not None
            assert (visit.moves, visit.sequence) == (1, 1)
            another = Visit(reference="NEW-NEW", uid="new", starts=unit.now, ends=unit.now, created_at=unit.now)
            unit.session.add(another)
            await unit.session.flush()
            assert another.id == rows["visit"] + 1, "numbers go on after the largest"


async def chat_of(unit: Unit) -> int:
    """The chat at the terminal."""
    found = await unit.session.execute(select(col(Chat.id)).where(col(Chat.channel) == "terminal"))
    return int(found.scalar_one())


def with_a_question(database: Path, text: str) -> None:
    """One more row."""
    asked = (
        "INSERT INTO question (text, route, shown, score, at, verdict, state) VALUES (?, 'x', '', 0.5, ?, '', 'open')"
    )
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(asked, (text, "2026-11-25 10:00:00.000000"))
        connection.commit()


def test_what_postgresql_refuses_leaves_nothing_behind(
    demo: Path, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    database, target = copy_of(demo, tmp_path), postgres_server.empty()
    with_a_question(database, "a \0 that no PostgreSQL takes")
    with pytest.raises(NotPorted) as refused:
        port(f"sqlite:///{database}", target, nobody_watches)
    assert refused.value.facts == {"table": Question.__tablename__}
    assert names_in(target) == []


def test_a_bot_that_runs_is_noticed(demo: Path, tmp_path: Path, postgres_server: PostgresServer) -> None:
    database, target = copy_of(demo, tmp_path), postgres_server.empty()
    with closing(sqlite3.connect(database)) as running:
        running.execute("PRAGMA journal_mode=WAL")
        running.execute("SELECT count(*) FROM visit").fetchone()
        with pytest.raises(InUse):
            port(f"sqlite:///{database}", target, nobody_watches)
    assert names_in(target) == []


def test_only_an_empty_postgresql_is_filled(demo: Path, tmp_path: Path, postgres_server: PostgresServer) -> None:
    source, target = f"sqlite:///{copy_of(demo, tmp_path)}", postgres_server.empty()
    with pytest.raises(NoDatabase):
        port(f"sqlite:///{tmp_path}/none.sqlite3", target, nobody_watches)
    for wrong in ((source, source), (target, target)):
        with pytest.raises(WrongWay):
            port(*wrong, nobody_watches)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("CREATE TABLE somebody_else (id int)")
    with pytest.raises(NotEmpty):
        port(source, target, nobody_watches)
    with pytest.raises(StoreUnavailable):
        port(source, "postgresql://bot@127.0.0.1:1/bot", nobody_watches)


def test_one_changed_value_changes_the_hash(demo: Path, tmp_path: Path) -> None:
    database = copy_of(demo, tmp_path)
    bound, table = migrate.engine(f"sqlite:///{database}"), Visit.__table__  # type: ignore[attr-defined]
    with bound.connect() as connection:
        before = tally(connection, table)
        connection.exec_driver_sql("UPDATE visit SET points = points + 1 WHERE id = 1")
        after = tally(connection, table)
    bound.dispose()
    assert (before.rows, before.hash == after.hash) == (after.rows, False)
    assert canonical((1, None, True)) != canonical((1, None, 1))
