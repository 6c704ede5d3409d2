"""What the doctor looks at on the machine itself: files, room, the clock, the settings about addresses."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.ops.backup import KEEP_DAYS, backups, set_aside
from bot.ops.findings import Finding, good, wrong
from bot.settings import Settings
from bot.store.erased import ErasedLog
from knowledge.check import check

MEGABYTE = 1_000_000
LEAST_FREE = 200
"""Megabytes; and never less than twice the database, so that a copy of it fits."""
PG_DUMP = "pg_dump"
LATEST_BACKUP = dt.timedelta(days=2)
MIDSUMMER, SUMMER_TIME = dt.datetime(2027, 6, 21, 12), dt.timedelta(hours=1)  # noqa: DTZ001  a wall clock's
HERE = ("http://localhost", "http://127.0.0.1")


def look_at_keys(keys: Path) -> Finding:
    """Is the key file there, and for its owner alone?"""
    if not keys.is_file():
        return wrong("keys", "missing", path=keys)
    mode = stat.S_IMODE(keys.stat().st_mode)
    return wrong("keys", "open-to-others", path=keys, mode=f"{mode:o}") if mode & 0o077 else good("keys", path=keys)


def look_at_disk(folder: Path, database: int) -> Finding:
    """Is there room where the database is? Its size in bytes."""
    free = shutil.disk_usage(nearest(folder)).free // MEGABYTE
    needed = max(LEAST_FREE, 2 * database // MEGABYTE)
    return wrong("disk", "full", free=free, needed=needed) if free < needed else good("disk", free=free)


def look_at_index(folder: Path) -> Finding:
    """Can the search index be kept?"""
    try:
        with tempfile.TemporaryFile(dir=nearest(folder)):
            return good("index", path=folder)
    except OSError:
        return wrong("index", "not-writable", path=folder)


def nearest(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next((path for path in (folder, *folder.absolute().parents) if path.exists()), folder)


def look_at_clock(timezone: str, now: dt.datetime, newest: dt.datetime | None) -> Finding:
    """Are the time zones there, and is it not earlier than what was written last?"""
    try:
        ZoneInfo(timezone)
        summer = ZoneInfo("Europe/London").utcoffset(MIDSUMMER)
    except ZoneInfoNotFoundError:
        return wrong("clock", "no-zones", zone=timezone)
    if summer != SUMMER_TIME:
        return wrong("clock", "no-zones", zone="Europe/London")
    if newest is not None and newest > now + dt.timedelta(minutes=5):
        return wrong("clock", "behind", now=f"{now:%Y-%m-%d %H:%M}", newest=f"{newest:%Y-%m-%d %H:%M}")
    return good("clock", now=f"{now:%Y-%m-%d %H:%M}")


def look_at_address(settings: Settings) -> Finding:
    """Is the public address one that browsers and Telegram trust?"""
    address = settings.public_url
    if address is None:
        needed = settings.telegram_token is not None and settings.telegram_mode == "webhook"
        return wrong("address", "missing") if needed else good("address", "none")
    if not address.startswith(("https://", *HERE)):
        return wrong("address", "not-https", address=address)
    return good("address", address=address)


def look_at_content(folder: Path) -> Finding:
    """As `bot content check`."""
    faults = [fault for fault in check(folder) if not fault.warning]
    if faults:
        first = faults[0]
        return wrong("content", "faults", count=len(faults), first=f"{first.path.name}:{first.line}")
    return good("content")


def look_at_erasures(path: Path) -> Finding:
    """Can it be written down who was erased? Files that are there are opened, as whoever notes it would."""
    try:
        for file in (path, ErasedLog(path).lock):
            if file.exists():
                os.close(os.open(file, os.O_RDWR | os.O_APPEND))
        with tempfile.TemporaryFile(dir=nearest(path.parent)):
            return good("erasures", path=path)
    except OSError:
        return wrong("erasures", "not-writable", path=path)


def look_aside(database: Path, now: dt.datetime) -> list[Finding]:
    """What a restore has kept beside a database, one by one: it holds personal data."""
    kept = {path: (now - made).days for path, made in sorted(set_aside(database).items())}
    return [
        wrong("aside", "old", path=path, days=days) if days > KEEP_DAYS else good("aside", path=path)
        for path, days in kept.items()
    ]


def look_at_backups(folder: Path | None, keys: Path, now: dt.datetime, tool: str | None = None) -> Finding:
    """Is there a copy of the last days, no key beside it, and the tool that makes copies, where one is needed?"""
    if folder is None:
        return good("backups", "no-folder")
    if tool is not None and shutil.which(tool) is None:
        return wrong("backups", "no-tool")
    if os.path.realpath(keys.parent) == os.path.realpath(folder):
        return wrong("backups", "beside-the-keys", folder=folder)
    made = max(backups(folder).values(), default=None)
    if made is None:
        return wrong("backups", "none", folder=folder)
    if now - made > LATEST_BACKUP:
        return wrong("backups", "old", made=f"{made:%Y-%m-%d %H:%M}", days=(now - made).days)
    return good("backups", made=f"{made:%Y-%m-%d %H:%M}")
