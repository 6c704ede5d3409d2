"""Move a SQLite database to PostgreSQL: all of it, compared row by row, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic import command
from sqlalchemy import Connection, Table, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.errors import StoreUnavailable
from bot.ops.errors import Differs, NotEmpty, NotPorted, WrongWay
from bot.ops.files import address, alone, existing, file_of, refuse_newer
from bot.ops.tally import BATCH, Tally, count, tables, tally
from bot.store import migrate
from bot.store.engine import is_postgres

Progress = Callable[[int, int], None]
"""Hears how many rows more are done, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Ported:
    """A table on both sides."""

    table: str
    source: Tally
    target: Tally


def port(source: str, target: str, done: Progress) -> list[Ported]:
    """Copy everything from a SQLite file into an empty PostgreSQL database; each table as it is on both sides.

    The target is written in one transaction, committed only if all tables are equal. The file must not be open
    anywhere; its schema is brought up to date first. Blocks. Raises WrongWay, NoDatabase, InUse, Damaged,
    UnknownSchema, NotEmpty, NotPorted, Differs, StoreUnavailable.
    """
    if make_url(source).get_backend_name() != "sqlite" or not is_postgres(target):
        raise WrongWay()
    path = existing(file_of(source))
    with alone(path):
        pass
    refuse_newer(path)
    migrate.upgrade(address(path))
    with alone(path) as read, _transaction(target) as written:
        return _port(read, written, done)


def _port(read: Connection, written: Connection, done: Progress) -> list[Ported]:
    _refuse_filled(written)
    _make_tables(written)
    total = sum(count(read, table) for table in tables())
    for table in tables():
        for rows in _copied(read, written, table):
            done(rows, total)
    _set_sequences(written)
    ported = [Ported(table.name, tally(read, table), tally(written, table)) for table in tables()]
    if differing := [one.table for one in ported if one.source != one.target]:
        raise Differs(tables=", ".join(differing))
    return ported


def _copied(read: Connection, written: Connection, table: Table) -> Iterator[int]:
    """How many rows went over, batch by batch."""
    found = read.execution_options(yield_per=BATCH).execute(select(table))
    for rows in found.mappings().partitions(BATCH):
        try:
            written.execute(insert(table), [dict(row) for row in rows])
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            raise NotPorted(table=table.name) from error
        yield len(rows)


def _refuse_filled(written: Connection) -> None:
    if inspect(written).get_table_names():
        raise NotEmpty()


def _make_tables(written: Connection) -> None:
    config = migrate.configuration()
    config.attributes["connection"] = written
    command.upgrade(config, migrate.HEAD)


def _set_sequences(written: Connection) -> None:
    """What the database counts goes on after the largest number of each table."""
    for table in tables():
        if "id" in table.columns:
            largest = f"SELECT setval(pg_get_serial_sequence(:name, 'id'), max(id)) FROM {table.name}"  # noqa: S608
            written.execute(text(largest), {"name": table.name})


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    """One transaction, committed at the end of the block. Raises StoreUnavailable."""
    bound = migrate.engine(url)
    try:
        with bound.begin() as connection:
            yield connection
    except OperationalError as error:
        raise StoreUnavailable(reason=type(error.orig).__name__) from error
    finally:
        bound.dispose()
