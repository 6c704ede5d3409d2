"""A database that somebody else holds, or that comes late: told as away, and nobody's lease is taken."""

from __future__ import annotations

import sqlite3
from unittest.mock import patch

import pytest

from bot.clock import FixedClock
from bot.errors import StoreUnavailable
from bot.knowing import Snapshot
from bot.settings import Settings
from bot.store import chats, inline
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.wiring import place_folder, prepare
from handlers.turn import Turn
from tests.databases import SqliteFiles
from tests.house import INDEXES


async def test_a_file_that_another_process_writes_is_away(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    url = sqlite_files.fresh()
    store, other = Store(url, throwaway_vault(), clock), sqlite3.connect(url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    with patch.object(inline, "PATIENCE", 1), pytest.raises(StoreUnavailable):
        async with store.write():
            pass
    other.rollback()
    async with store.write() as unit:
        assert unit.now == clock.now()
    other.close()
    await store.close()


async def test_a_database_that_comes_late_finds_senders_at_work(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    url = sqlite_files.fresh()
    store = Store(url, throwaway_vault(), clock)
    settings = Settings(database_url=url, index_folder=INDEXES, encoder="static", _env_file=None)
    async with store.write() as unit:
        chat = await chats.lock(unit, Turn(channel="telegram", key="1", chat="1", at=clock.now()))
        assert await chats.take_lease(unit, chat.id, "somebody")
    for sending, kept in ((True, True), (False, False)):
        _, current = await prepare(store, place_folder(settings), settings, sending=sending)
        assert isinstance(current, Snapshot)
        async with store.write() as unit:
            assert await chats.keep_lease(unit, chat.id, "somebody") is kept
    await store.close()
