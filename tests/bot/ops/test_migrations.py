"""Every migration with rows in place: back, and forward again, with nothing lost that the older schema can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, text
from sqlalchemy.exc import ProgrammingError

from bot.errors import StoreUnavailable
from bot.ops.files import revisions
from bot.ops.port import port
from bot.store import migrate
from tests.bot.ops.kept import copy_of
from tests.databases import Databases, SqliteFiles

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
FILLED = ("visit", "occupied", "chat", "resident", "staff_member", "rota_pattern")
Rows = Mapping[str, list[Mapping[str, object]]]
"""What each table holds."""
Columns = dict[str, set[str]]
"""The columns of each table."""


@pytest.fixture
def filled(databases: Databases, demo: Path, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The demonstration on each kind of database."""
    source = f"sqlite:///{copy_of(demo, tmp_path)}"
    if isinstance(databases, SqliteFiles):
        return source
    target: str = request.getfixturevalue("postgres_server").empty()
    port(source, target, lambda _rows, _total: None)
    return target


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A connection; what is written is committed."""
    bound = migrate.engine(url)
    with bound.begin() as connection:
        yield connection
    bound.dispose()


def tables_of(connection: Connection) -> Sequence[Table]:
    """The tables of whatever schema it is, each after those that it refers to."""
    known = MetaData()
    known.reflect(connection)
    return [table for table in known.sorted_tables if table.name != "alembic_version"]


def held(url: str) -> tuple[Columns, Rows]:
    """The columns of every table and everything in them, of whatever schema it is."""
    columns: Columns = {}
    rows: dict[str, list[Mapping[str, object]]] = {}
    with opened(url) as connection:
        for name in inspect(connection).get_table_names():
            found = connection.execute(text(f"SELECT * FROM {name}"))  # noqa: S608
            columns[name], rows[name] = set(found.keys()), [{**row} for row in found.mappings()]
    return columns, rows


def columns_of(url: str) -> Columns:
    """The columns of every table."""
    return held(url)[0]


def within(rows: Rows, columns: Columns) -> Mapping[str, list[str]]:
    """What of these rows fits into these columns, in one form and order."""
    return {
        name: sorted(repr(sorted((key, value) for key, value in row.items() if key in known)) for row in rows[name])
        for name, known in columns.items()
    }


def test_back_to_every_earlier_schema_and_forward_again(filled: str) -> None:
    """What the older schema can hold is there after the way back and the way forward."""
    newest, before = held(filled)
    assert min(len(before[name]) for name in FILLED) > 0
    for revision in revisions()[1:]:
        migrate.downgrade(filled, revision)
        older = columns_of(filled)
        assert older != newest
        migrate.upgrade(filled)
        columns, after = held(filled)
        assert columns == newest
        older.pop("alembic_version")
        assert within(after, older) == within(before, older), f"to {revision} and forward again"
        before = after


def test_an_upgrade_that_fails_has_not_begun(databases: Databases) -> None:
    """So the version before can be started again at once."""
    url = databases.fresh()
    migrate.downgrade(url, "0002")
    with opened(url) as connection:
        connection.exec_driver_sql("CREATE TABLE referral (in_the_way INTEGER)")
    before = columns_of(url)
    with pytest.raises((ProgrammingError, StoreUnavailable)):
        migrate.upgrade(url)
    assert columns_of(url) == before


def test_a_schema_that_is_newer_is_left_as_it_is(databases: Databases) -> None:
    """The version before can be installed again, and starts."""
    url = databases.fresh()
    with opened(url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = held(url)
    migrate.upgrade(url)
    assert held(url) == before


def invented(column: Column[object]) -> object:
    """A value of the column's type."""
    kinds: dict[type, object] = {
        int: 1, str: column.name, float: 0.5, bool: False, bytes: b"sealed",
        dt.datetime: NOW, dt.date: NOW.date(), dt.time: NOW.time(),
    }  # fmt: skip
    return kinds[column.type.python_type]


def test_a_program_of_the_schema_before_can_still_write(databases: Databases) -> None:
    """While an upgrade is rolled out, the older program goes on beside the newer schema."""
    url = databases.fresh()
    migrate.downgrade(url, revisions()[1])
    with opened(url) as connection:
        older = tables_of(connection)
    migrate.upgrade(url)
    with opened(url) as connection:
        for table in older:
            connection.execute(insert(table), {column.name: invented(column) for column in table.columns})
    _, written = held(url)
    assert {table.name: len(written[table.name]) for table in older} == {table.name: 1 for table in older}
