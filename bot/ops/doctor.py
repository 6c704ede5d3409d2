"""The doctor: one finding after another, as they are known. It mends nothing itself."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from bot.channels.telegram.look import Seen
from bot.clock import Clock
from bot.errors import PlaceMissing, Refused, Unreached
from bot.ops import machine
from bot.ops.database import Looked, look_at_database, within
from bot.ops.files import file_of
from bot.ops.findings import Finding, good, wrong
from bot.ops.room import room
from bot.settings import Settings
from bot.store.engine import is_postgres
from bot.store.unit import Store
from bot.store.vault import Vault, throwaway_vault, vault_from
from bot.wiring import erased_log, keys_file, place_folder
from knowledge.library import read_place

Look = Callable[[str, str], Awaitable[Seen]]
"""Asks Telegram: a token and the address of its API in. Raises Refused, Unreached."""
RECENT = dt.timedelta(hours=1)
MANY = 100
"""Updates that Telegram holds for us; more, and nobody fetches them."""


async def examine(settings: Settings, clock: Clock, look: Look) -> AsyncIterator[Finding]:
    """Everything, the machine first. Nothing is written; no file is made."""
    keys = keys_file(settings)
    yield machine.look_at_keys(keys)
    try:
        place = place_folder(settings)
    except PlaceMissing as error:
        yield wrong("place", "missing", **error.facts)
        return
    yield await asyncio.to_thread(machine.look_at_content, place)
    looked = await _database(settings, clock, place, keys)
    for finding in looked.findings:
        yield finding
    yield machine.look_at_disk(room(settings), _size(settings.database_url))
    yield machine.look_at_index(settings.index_folder)
    yield machine.look_at_clock(read_place(place / "place.toml").timezone, clock.now(), looked.newest)
    yield machine.look_at_address(settings)
    yield machine.look_at_erasures(erased_log(settings).path)
    for finding in _backups(settings, clock.now(), keys):
        yield finding
    yield await _telegram(settings, clock.now(), look)


async def _database(settings: Settings, clock: Clock, place: Path, keys: Path) -> Looked:
    url = settings.database_url
    if not is_postgres(url) and _size(url) == 0:
        return Looked((wrong("database", "missing", path=file_of(url)),))
    real = await asyncio.to_thread(_vault, keys)
    store = Store(within(url), real or throwaway_vault(), clock)
    try:
        return await look_at_database(store, place, keys=real is not None)
    finally:
        await store.close()


def _vault(keys: Path) -> Vault | None:
    return vault_from(keys) if keys.is_file() else None


def _size(url: str) -> int:
    """Bytes of a SQLite database; 0 where there is none, or it is on PostgreSQL."""
    if is_postgres(url):
        return 0
    path = file_of(url)
    return path.stat().st_size if path.is_file() else 0


def _backups(settings: Settings, now: dt.datetime, keys: Path) -> list[Finding]:
    folder = settings.backup_folder
    if is_postgres(settings.database_url):
        return [machine.look_at_backups(folder, keys, now, machine.PG_DUMP)]
    return [machine.look_at_backups(folder, keys, now), *machine.look_aside(file_of(settings.database_url), now)]


async def _telegram(settings: Settings, now: dt.datetime, look: Look) -> Finding:
    if settings.telegram_token is None:
        return good("telegram", "off")
    try:
        seen = await look(settings.telegram_token.get_secret_value(), settings.telegram_api)
    except Refused:
        return wrong("telegram", "unknown-token")
    except Unreached:
        return wrong("telegram", "unreached")
    return judged(settings, seen, now)


def judged(settings: Settings, seen: Seen, now: dt.datetime) -> Finding:
    """Do Telegram's account and our settings agree?"""
    if settings.telegram_mode == "polling" and seen.webhook:
        return wrong("telegram", "webhook-in-the-way")
    ours = f"{(settings.public_url or '').rstrip('/')}/telegram/{settings.webhook_path}"
    if settings.telegram_mode == "webhook" and seen.webhook != ours:
        return wrong("telegram", "webhook-elsewhere")
    if seen.webhook and seen.last_fault_at is not None and now - seen.last_fault_at < RECENT:
        return wrong("telegram", "webhook-failing", fault=seen.last_fault, waiting=seen.waiting)
    if seen.waiting > MANY:
        return wrong("telegram", "behind", waiting=seen.waiting)
    return good("telegram", "reached", name=seen.name, waiting=seen.waiting)
