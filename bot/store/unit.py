"""The unit of work: one transaction, opened and committed here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.store.engine import reader, writer
from bot.store.vault import Vault


@dataclass(frozen=True)
class Unit:
    """What a repository function needs: the open transaction, the vault, and the one `now` of this transaction."""

    session: AsyncSession
    vault: Vault
    now: dt.datetime


class Store:
    """Opens units of work on one database."""

    def __init__(self, url: str, vault: Vault, clock: Clock) -> None:
        self.url = url
        self.vault = vault
        self._clock = clock
        self.writing: AsyncEngine = writer(url)
        self.reading: AsyncEngine = reader(url, self.writing)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Unit]:
        """A transaction that commits at the end of the block, or rolls back. Raises StoreUnavailable."""
        async with self._unit(self.writing) as unit:
            yield unit
            await unit.session.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """A transaction that only reads. Raises StoreUnavailable."""
        async with self._unit(self.reading) as unit:
            yield unit

    @asynccontextmanager
    async def _unit(self, engine: AsyncEngine) -> AsyncIterator[Unit]:
        try:
            async with AsyncSession(engine, expire_on_commit=False) as session:
                await session.connection()  # begins here, so that a locked database fails before any work
                yield Unit(session, self.vault, self._clock.now())
        except (DBAPIError, PoolTimeout, OSError) as error:
            if isinstance(error, DBAPIError) and not _passing(error):
                raise
            raise StoreUnavailable(reason=type(error).__name__) from error

    async def close(self) -> None:
        """Give the connections back."""
        await self.writing.dispose()
        await self.reading.dispose()


def _passing(error: DBAPIError) -> bool:
    """A fault of the database (locked, gone, full), not of our own statement."""
    return error.connection_invalidated or type(error).__name__ in (
        "OperationalError",
        "InterfaceError",
        "InternalError",
    )
