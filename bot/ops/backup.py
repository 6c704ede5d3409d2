"""Copies of a SQLite database, made while the bot runs, and put back. The keys are never in them."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path

from bot.ops.errors import AlreadyThere
from bot.ops.files import Sound, address, alone, beside, copy, existing, file_of, refuse_newer, sound
from bot.ops.seals import held_keys, try_keys
from bot.store import migrate
from bot.store.vault import Vault

KEEP_DAYS = 35
STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"bot-(\d{8}T\d{6}Z)\.sqlite3")


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was opened and read through."""

    path: Path
    sound: Sound


@dataclass(frozen=True, slots=True)
class Restored:
    """A database that was put in its place, what was there before, and how many sealed values the keys opened."""

    copied: Copied
    before: Path | None
    opened: int


def backup(url: str, path: Path, now: dt.datetime) -> Copied:
    """Copy the database into a file, or into a folder under the moment's name. Others may go on writing.

    Raises NotSqlite, NoDatabase, AlreadyThere, Damaged, UnknownSchema.
    """
    source = existing(file_of(url))
    target = path / f"bot-{now:{STAMP}}.sqlite3" if path.is_dir() else path
    if target.exists():
        raise AlreadyThere(path=target)
    with beside(target) as temporary:
        copy(source, temporary)
        found = sound(temporary)
        os.replace(temporary, target)
    return Copied(target, found)


def backups(folder: Path) -> dict[Path, dt.datetime]:
    """The copies in a folder that `backup` named, and when each was made."""
    named = {path: NAME.fullmatch(path.name) for path in folder.iterdir()} if folder.is_dir() else {}
    return {path: dt.datetime.strptime(name[1], STAMP).replace(tzinfo=dt.UTC) for path, name in named.items() if name}


def delete_old(folder: Path, now: dt.datetime, days: int = KEEP_DAYS) -> list[Path]:
    """Delete the copies in a folder that are older than so many days; which they were."""
    old = sorted(path for path, made in backups(folder).items() if now - made > dt.timedelta(days=days))
    for path in old:
        path.unlink()
    return old


def restore(copied: Path, url: str, keys: Path, now: dt.datetime, *, replace: bool = False) -> Restored:
    """Put a copy in the place of the deployment's database, at the newest schema, once the keys have opened it.

    With `replace` the database that is there is kept beside under another name. Nothing is changed until all is
    ready. Blocks. Raises NotSqlite, NoDatabase, AlreadyThere, InUse, Damaged, UnknownSchema, KeysMissing, KeysDoNotFit.
    """
    target = file_of(url)
    there = target.is_file() and target.stat().st_size > 0
    if there and not replace:
        raise AlreadyThere(path=target)
    vault = held_keys(keys)
    with beside(target) as temporary:
        copy(existing(copied), temporary)
        refuse_newer(temporary)
        migrate.upgrade(address(temporary))
        opened = _opened(temporary, vault)
        found = sound(temporary)
        before = _set_aside(target, now) if there else None
        os.replace(temporary, target)
    return Restored(Copied(target, found), before, opened)


def _opened(path: Path, vault: Vault) -> int:
    bound = migrate.engine(address(path))
    try:
        with bound.connect() as connection:
            return try_keys(connection, vault)
    finally:
        bound.dispose()


def _set_aside(target: Path, now: dt.datetime) -> Path:
    """The database goes under another name, with nothing of it left in a log."""
    with alone(target):
        pass  # whoever closes it last writes the log back into it
    before = target.with_name(f"{target.name}.before-{now:{STAMP}}")
    os.replace(target, before)
    for ending in ("-wal", "-shm"):
        target.with_name(f"{target.name}{ending}").unlink(missing_ok=True)
    return before
