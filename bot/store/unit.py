"""The unit of work: one transaction, opened and committed here and nowhere else."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import CursorResult, Executable, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.store.engine import reader, writer
from bot.store.vault import Vault


@dataclass(frozen=True)
class Unit:
    """What a repository function needs: the open transaction, the vault, and the one `now` of this transaction."""

    vault: Vault
    now: dt.datetime
    connection: AsyncConnection
    queued: set[int] = field(default_factory=set, compare=False)
    """Chats for which this transaction queued a message that no turn of theirs asked for: nobody is sending it yet."""
    noted: list[str] = field(default_factory=list, compare=False)
    """What this transaction did that is counted once it is committed, each in a word."""
    erased: list[str] = field(default_factory=list, compare=False)
    """Marks of whom this transaction forgets; see `bot.store.marks`."""
    at_the_end: dict[Callable[[Unit, list[Any]], Awaitable[None]], list[Any]] = field(
        default_factory=dict, compare=False
    )
    """What is done last, each with all that was put by for it: what everybody queues for is held for a moment only,
    and whoever holds it waits for nothing else."""

    @cached_property
    def session(self) -> AsyncSession:
        """The ORM over this transaction. Made when it is first asked for: most turns never do, and it costs as much as
        all their statements."""
        return AsyncSession(self.connection, expire_on_commit=False)

    async def run(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """A statement on the tables themselves, past the ORM: what every turn does goes this way, with statements that
        are made once. `values` are those of its named parameters."""
        return await self.connection.execute(statement, values)

    async def commit(self) -> None:
        """What the ORM holds back is written, then what was put by for the end, and all of it kept."""
        await self.finish()
        await self.connection.commit()

    async def finish(self) -> None:
        """Write all that is not written yet."""
        if "session" in self.__dict__:
            await self.session.flush()
        for step, put_by in self.at_the_end.items():
            if put_by:
                await step(self, put_by)
        self.at_the_end.clear()

    async def close(self) -> None:
        """Let go of what the ORM holds."""
        if "session" in self.__dict__:
            await self.session.close()


class Store:
    """Opens units of work on one database."""

    def __init__(self, url: str, vault: Vault, clock: Clock) -> None:
        self.url = url
        self.vault = vault
        self._clock = clock
        self.writing: AsyncEngine = writer(url)
        self.reading: AsyncEngine = reader(url, self.writing)
        self.on_queued: Callable[[Collection[int]], object] | None = None
        """Told after a commit which chats have a message waiting that nobody is about to send. Must not raise."""
        self.on_noted: Callable[[Collection[str]], object] | None = None
        """Told after a commit what was noted in it. Must not raise."""
        self.on_erased: Callable[[dt.datetime, Collection[str]], object] | None = None
        """Told before a commit whom it forgets, by their marks. Blocks, in a thread of its own. Must not raise."""
        self.heard: Callable[[bool], object] = bool
        """Told each time whether the database answered. Must not raise."""

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Unit]:
        """A transaction that commits at the end of the block, or rolls back. Raises StoreUnavailable.

        Whom it forgets is written down before the commit: if the process dies in between, they are forgotten once more
        in a copy that is put back, which they asked for. The other way round a copy could bring them back for good.
        """
        async with self._unit(self.writing) as unit:
            yield unit
            if unit.erased and self.on_erased is not None:
                await asyncio.to_thread(self.on_erased, unit.now, unit.erased)
            await unit.commit()
        if unit.queued and self.on_queued is not None:
            self.on_queued(unit.queued)
        if unit.noted and self.on_noted is not None:
            self.on_noted(unit.noted)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """A transaction that only reads. Raises StoreUnavailable."""
        async with self._unit(self.reading) as unit:
            yield unit

    @asynccontextmanager
    async def _unit(self, engine: AsyncEngine) -> AsyncIterator[Unit]:
        try:
            async with engine.connect() as connection:
                await connection.begin()  # begins here: a locked database fails before any work
                self.heard(True)
                unit = Unit(self.vault, self._clock.now(), connection)
                try:
                    yield unit
                finally:
                    await unit.close()
        except (DBAPIError, PoolTimeout, OSError) as error:
            if isinstance(error, DBAPIError) and not _passing(error):
                raise
            self.heard(False)
            raise StoreUnavailable(reason=type(error).__name__) from error

    async def close(self) -> None:
        """Give the connections back."""
        await self.writing.dispose()
        await self.reading.dispose()


async def alone(unit: Unit, key: int) -> None:
    """Until this transaction ends, no other gets past here with the same key. SQLite has one writer anyway."""
    if unit.connection.dialect.name == "postgresql":
        await unit.run(select(func.pg_advisory_xact_lock(key)))


def _passing(error: DBAPIError) -> bool:
    """A fault of the database (locked, gone, full), not of our own statement."""
    return error.connection_invalidated or type(error).__name__ in (
        "OperationalError",
        "InterfaceError",
        "InternalError",
    )
