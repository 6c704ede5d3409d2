"""Copies of a PostgreSQL database by its own tools: made while the bot runs, read through, put back whole.

The tools are found on PATH. Where the database is, and its password, they hear by their environment and never by their
arguments, which everybody on a machine may see.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import make_url

from bot.errors import StoreUnavailable
from bot.ops.errors import Damaged, InUse, NotAllowed, ToolFailed, ToolMissing, UnknownSchema
from bot.ops.files import Sound, existing, revisions
from bot.ops.tally import tables
from bot.store.listening import address

DUMP, RESTORE = "pg_dump", "pg_restore"
SCHEMA = "public"
COPY = f"COPY {SCHEMA}."
END = "\\.\n"
VERSION = "alembic_version"
WHOLE = ("--no-owner", "--no-privileges", f"--schema={SCHEMA}", "--exit-on-error", "--single-transaction")


def tool(name: str) -> str:
    """Where a tool of PostgreSQL is. Raises ToolMissing."""
    found = shutil.which(name)
    if found is None:
        raise ToolMissing(tool=name)
    return found


def dump(url: str, target: Path) -> None:
    """The database as it is at one moment, into a file. Others may write it. Blocks. Raises ToolMissing, ToolFailed."""
    _run(DUMP, "--format=custom", f"--schema={SCHEMA}", f"--file={target}", url=url)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def read_through(path: Path) -> Sound:
    """Every row of a dump is unpacked and counted: its schema, and how many rows each of our tables has.

    Needs no server. Blocks. Raises ToolMissing, NoDatabase, Damaged, UnknownSchema.
    """
    command = [tool(RESTORE), "--data-only", "--file=-", str(existing(path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:  # noqa: S603
        revision, rows = _counted(running.stdout or ())
    if running.returncode:
        raise Damaged(path=path)
    ours = {table.name for table in tables()}
    if revision is None:
        raise UnknownSchema(path=path)
    return Sound(revision, {name: count for name, count in rows.items() if name in ours})


def _counted(lines: Iterable[str]) -> tuple[str | None, dict[str, int]]:
    """The schema's revision, and rows by table, of data as pg_restore writes it."""
    rows: dict[str, int] = {}
    table = revision = None
    for each in lines:
        if table is None:
            if each.startswith(COPY):
                table = each.removeprefix(COPY).split(" ", 1)[0]
                rows[table] = 0
        elif each == END:
            table = None
        else:
            rows[table] += 1
            revision = each.strip() if table == VERSION else revision
    return revision, rows


def refuse_newer(path: Path, found: Sound) -> None:
    """Raises UnknownSchema for a dump that this program could not upgrade."""
    if found.revision not in revisions():
        raise UnknownSchema(path=path)


def put_into(url: str, path: Path) -> None:
    """A dump into a database without tables, in one transaction. Blocks. Raises ToolMissing, ToolFailed."""
    _run(RESTORE, *WHOLE, f"--dbname={name_of(url)}", str(path), url=url)


def filled(url: str) -> bool:
    """Has the database any table of ours? Raises StoreUnavailable."""
    with connected(url) as connection:
        row = connection.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL").fetchone()
    return bool(row and row[0])


def refuse_in_use(url: str) -> None:
    """Raises InUse where anybody else is connected to the database, and StoreUnavailable."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connected(url) as connection:
        row = connection.execute(others + " AND backend_type = 'client backend'").fetchone()
    if row and row[0]:
        raise InUse(path=name_of(url))


@contextmanager
def scratch(url: str, name: str) -> Iterator[str]:
    """The address of an empty database beside another one, gone after the block. Raises NotAllowed."""
    named = sql.Identifier(name)
    with connected(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(named))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with connected(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))


@contextmanager
def emptied(url: str, name: str) -> Iterator[None]:
    """While the block lasts, what was in the database stands aside under a name; then it goes, or comes back where
    the block failed. Raises StoreUnavailable."""
    aside, schema = sql.Identifier(name), sql.Identifier(SCHEMA)
    with connected(url) as connection:
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(schema, aside))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    whole = False
    try:
        yield
        whole = True
    finally:  # also where it was stopped in between
        with connected(url) as connection:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(aside if whole else schema))
            if not whole:
                connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(aside, schema))


@contextmanager
def connected(url: str, *, autocommit: bool = False) -> Iterator[psycopg.Connection]:
    """A connection, committed at the end of the block. Raises StoreUnavailable, NotAllowed."""
    try:
        with psycopg.connect(address(url), autocommit=autocommit) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise StoreUnavailable(reason=type(error).__name__) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed() from error


def name_of(url: str) -> str:
    """What the database is called; never its password."""
    return str(conninfo_to_dict(address(url)).get("dbname", ""))


def environment(url: str) -> dict[str, str]:
    """What a tool hears of a database, beside what this process hears."""
    variables = {each.keyword.decode(): each.envvar.decode() for each in pq.Conninfo.get_defaults() if each.envvar}
    said = conninfo_to_dict(address(url))
    return {**os.environ, **{variables[key]: str(value) for key, value in said.items() if key in variables}}


def _run(name: str, *arguments: str, url: str) -> None:
    """What a tool says is shown where it says it of a server; of data it might say what stands in it."""
    command, settings = [tool(name), *arguments], environment(url)
    done = subprocess.run(  # noqa: S603
        command, env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().partition("\n")[0] if name == DUMP else f"exit code {done.returncode}"
        raise ToolFailed(tool=name, why=said)
