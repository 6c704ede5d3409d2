"""SQLite without a thread between: a statement of a turn takes microseconds, and handing it to a thread ten times that.
What may wait for the disk or for another process still goes to one (docs/decisions/0024)."""

from __future__ import annotations

import asyncio
import sqlite3
from types import ModuleType
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

DRIVER = "sqlite+inline"
PATIENCE = 2000
"""Milliseconds to wait for another process that writes."""
registry.register("sqlite.inline", __name__, "InlineDialect")


async def _nothing() -> None:
    """What SQLAlchemy awaits where nothing has to be waited for: it refuses a driver that never awaits."""


class Cursor(sqlite3.Cursor):
    """Runs statements where it stands."""

    def execute(self, *arguments: Any) -> Cursor:
        """A statement."""
        await_only(_nothing())
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> Cursor:
        """A statement for many rows."""
        await_only(_nothing())
        return super().executemany(*arguments)

    async def _async_soft_close(self) -> None:
        """Asked by SQLAlchemy of each driver: rows may still be read, so nothing is closed."""


class Connection(sqlite3.Connection):
    """A connection of which one task at a time makes use, from the loop's thread or, while that task waits, another."""

    def commit(self) -> None:
        """Wait for the disk without holding up the loop."""
        await_only(asyncio.to_thread(super().commit))

    def cursor(self, *_: object) -> Cursor:  # type: ignore[override]
        """A cursor of ours."""
        return super().cursor(Cursor)

    def begin(self, how: str) -> None:
        """At once, as nearly always; where another process writes just now, wait for it without holding up the loop."""
        try:
            self.execute(how)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            await_only(asyncio.to_thread(self._patiently, how))

    def _patiently(self, how: str) -> None:
        self.execute(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            self.execute(how)
        finally:
            self.execute("PRAGMA busy_timeout=0")


class InlineDialect(SQLiteDialect_pysqlite):
    """For `create_async_engine("sqlite+inline:///…")`."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """The standard library's."""
        return sqlite3

    @classmethod
    def get_pool_class(cls, url: Any) -> type[AsyncAdaptedQueuePool]:
        """Connections wait for one another without blocking."""
        return AsyncAdaptedQueuePool

    def connect(self, *args: Any, **options: Any) -> Any:
        """Open the file."""
        return super().connect(*args, **{**options, "factory": Connection, "check_same_thread": False})
