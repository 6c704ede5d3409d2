"""The file of a SQLite database: where it is, whether anybody has it open, a whole copy of it, whether it is sound."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.ops.errors import Damaged, InUse, NoDatabase, NotSqlite, UnknownSchema
from bot.ops.tally import count, tables
from bot.store import migrate

WAIT = "PRAGMA busy_timeout=1000"


@dataclass(frozen=True, slots=True)
class Sound:
    """A database file that was opened and read through: its schema, and how many rows each table has."""

    revision: str
    rows: Mapping[str, int]


def file_of(url: str) -> Path:
    """The file of a SQLite database's address. Raises NotSqlite."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise NotSqlite()
    return Path(parsed.database)


def existing(path: Path) -> Path:
    """The same path. Raises NoDatabase where there is no file, or an empty one."""
    if not path.is_file() or path.stat().st_size == 0:
        raise NoDatabase(path=path)
    return path


@contextmanager
def alone(path: Path) -> Iterator[Connection]:
    """An open database that nobody else has open, and nobody can open before the block ends. Raises InUse."""
    bound = migrate.engine(address(existing(path)))
    try:
        with bound.connect() as connection:
            _lock(connection, path)
            yield connection
    finally:
        bound.dispose()


def _lock(connection: Connection, path: Path) -> None:
    try:
        for statement in (WAIT, "PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE"):
            connection.exec_driver_sql(statement)
    except OperationalError as error:
        raise InUse(path=path) from error


def address(path: Path) -> str:
    """The address of a database file."""
    return f"sqlite:///{path}"


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A temporary file of mode 0600 in the folder of `target`; gone after the block, unless it was moved away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{name}{ending}").unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """The database as it is at one moment, into one file, while others read and write it. Raises Damaged."""
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.execute(WAIT)
            read.backup(written)
    except sqlite3.DatabaseError as error:
        raise Damaged(path=source) from error
    as_one_file(target)


def as_one_file(path: Path) -> None:
    """A database that nobody has open becomes one file without a log beside it, on the disk. Raises Damaged."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        raise Damaged(path=path) from error
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sound(path: Path) -> Sound:
    """Read a database through. Raises Damaged, UnknownSchema."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Damaged(path=path)
            revision = _revision(connection, path)
    except sqlite3.DatabaseError as error:
        raise Damaged(path=path) from error
    return Sound(revision, _rows(path))


def refuse_newer(path: Path) -> None:
    """Raises UnknownSchema for a sound database that this program could not copy row by row, or upgrade."""
    if sound(path).revision not in revisions():
        raise UnknownSchema(path=path)


def _revision(connection: sqlite3.Connection, path: Path) -> str:
    if "alembic_version" not in _names(connection):
        raise UnknownSchema(path=path)
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if found is None:
        raise UnknownSchema(path=path)
    return str(found[0])


def _names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _rows(path: Path) -> Mapping[str, int]:
    """Of an older schema, those of our tables that it has."""
    bound = migrate.engine(address(path))
    try:
        with bound.connect() as connection:
            there = set(inspect(connection).get_table_names())
            return {table.name: count(connection, table) for table in tables() if table.name in there}
    finally:
        bound.dispose()


def revisions() -> tuple[str, ...]:
    """The schemas that this program knows, newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(migrate.configuration()).walk_revisions())
