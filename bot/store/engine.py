"""Engines for both databases. One writer connection on SQLite, with BEGIN IMMEDIATE (docs/decisions/0003)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.store.inline import DRIVER, Connection

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=2000")
IN_MEMORY = "sqlite://"
"""A throw-away store, gone with its process."""


def is_postgres(url: str) -> bool:
    """Is it a database that several machines can share?"""
    return make_url(url).get_backend_name() in ("postgresql", "postgres")


def writer(url: str) -> AsyncEngine:
    """The engine that turns are written with."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    parsed = parsed.set(drivername=DRIVERS[backend])
    if backend != "sqlite":
        return create_async_engine(parsed, pool_size=10, max_overflow=0, pool_timeout=5, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # A pool of one also for a database in memory: turns queue for the connection instead of mixing on it.
    options: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
    return _sqlite(create_async_engine(parsed.set(drivername=DRIVER), pool_timeout=5, **options), "BEGIN IMMEDIATE")


def reader(url: str, write: AsyncEngine) -> AsyncEngine:
    """The engine that pages and mailboxes are read with; the writer itself where a second makes no sense."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return write
    engine = create_async_engine(parsed.set(drivername=DRIVERS["sqlite"]), pool_size=4, max_overflow=0, pool_timeout=5)
    return _sqlite(engine, "BEGIN")


def _sqlite(engine: AsyncEngine, begin: str) -> AsyncEngine:
    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy, not the driver, begins transactions
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        if isinstance(connection, Connection):
            cursor.execute("PRAGMA busy_timeout=0")  # its `begin` waits, in a thread
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:
        driver = connection.connection.dbapi_connection
        if not isinstance(driver, Connection):
            connection.exec_driver_sql(begin)
            return
        try:
            driver.begin(begin)
        except sqlite3.OperationalError as error:  # SQLAlchemy translates what it runs itself, and not this
            raise OperationalError(begin, None, error) from error

    return engine
