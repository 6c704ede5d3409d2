"""The console over SQLite, and a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from tests.bot.console.desk import Desk, desk
from tests.browser import chromium, serve
from tests.databases import SqliteFiles

__all__ = ["chromium", "serve"]


@pytest.fixture
async def place(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Desk]:
    """The console with nobody in the team yet."""
    async with desk(sqlite_files.fresh(), clock) as built:
        yield built
