"""Hearing at once that something changed: LISTEN and NOTIFY on PostgreSQL, where several processes share a database.

What is heard is a hint that saves waiting; the truth is in the tables. Whoever listens looks by the clock as well, so
that a lost connection, or SQLite, costs a fraction of a second and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from bot.store.unit import Unit

log = structlog.get_logger()

CONTENT: Final = "bot_content"
"""The channel on which a change of the content is told."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds before a lost connection is taken up again; twice as long after each try that failed."""
KEEPALIVE = {"keepalives": 1, "keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
"""A connection that only waits would not notice a network that went away."""


async def tell(unit: Unit, channel: str, said: str = "") -> None:
    """Wake whoever listens once this transaction commits, and nobody if it rolls back. Does nothing on SQLite."""
    if unit.connection.dialect.name == "postgresql":
        await unit.session.execute(select(func.pg_notify(channel, said)))


async def listen(url: str, channel: str) -> AsyncGenerator[str, None]:
    """What is told on a channel, for ever; ends at once where the database is no PostgreSQL. An empty text comes
    whenever the connection was made, also after a loss: something may have been told in between."""
    if make_url(url).get_backend_name() not in ("postgresql", "postgres"):
        return
    pause, psycopg = FIRST_PAUSE, importlib.import_module("psycopg")  # not loaded where the database is SQLite
    while True:
        try:
            async with contextlib.aclosing(_heard(address(url), channel)) as heard:
                async for said in heard:
                    pause = FIRST_PAUSE
                    yield said
        except (psycopg.Error, OSError) as error:
            log.info("not listening", channel=channel, error=type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _heard(url: str, channel: str) -> AsyncGenerator[str, None]:
    """One connection's worth. Raises psycopg.Error when it is lost."""
    psycopg, sql = importlib.import_module("psycopg"), importlib.import_module("psycopg.sql")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, **KEEPALIVE) as connection:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        yield ""
        async for told in connection.notifies():
            yield told.payload


def address(url: str) -> str:
    """The database's address as the driver alone reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Waking:
    """Waits a while, or until somebody tells something on a channel."""

    def __init__(self, url: str, channel: str) -> None:
        self._url, self._channel = url, channel
        self._woken = asyncio.Event()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Waking]:
        """Listen while the block runs."""
        hearing = asyncio.ensure_future(self._hear())
        try:
            yield self
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def wait(self, seconds: float) -> None:
        """Return when something was told since the last wait, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()

    async def _hear(self) -> None:
        async for _ in listen(self._url, self._channel):
            self._woken.set()
