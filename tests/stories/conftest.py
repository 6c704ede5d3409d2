"""Every story is played by a person at each channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from tests.databases import SqliteFiles
from tests.house import house, larkmoor
from tests.stories.player import AtTheTerminal, Player, on_telegram, on_the_web


@pytest.fixture(params=["terminal", "web", "telegram", "larkmoor"])
async def person(request: pytest.FixtureRequest, sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Player]:
    """Somebody at each channel in turn, and somebody in another place."""
    elsewhere = request.param == "larkmoor"
    async with house(sqlite_files.fresh(), clock, larkmoor() if elsewhere else None) as built:
        if elsewhere or request.param == "terminal":
            yield AtTheTerminal(built)
        elif request.param == "web":
            async with on_the_web(built) as player:
                yield player
        else:
            async with on_telegram(built) as sender:
                yield sender
