"""Copies of a SQLite database, made while the bot runs, and put back. The keys are never in them."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path

from bot.ops.errors import AlreadyThere
from bot.ops.files import Sound, address, alone, as_one_file, beside, copy, existing, file_of, refuse_newer, sound
from bot.ops.forgotten import forget_again
from bot.ops.seals import held_keys, try_keys
from bot.store import migrate
from bot.store.erased import NAME as NAME_OF_ERASED
from bot.store.erased import ErasedLog
from bot.store.vault import Vault

KEEP_DAYS = 35
"""And never longer: who was erased is kept for a day more (bot/store/erased.py)."""
STAMP = "%Y%m%dT%H%M%SZ"
STAMPED = re.compile(r"\d{8}T\d{6}Z")
NAME = re.compile(rf"bot-({STAMPED.pattern})\.(?:sqlite3|dump)")
BEFORE = ".before-"
"""Between the name of a database and the moment at which another took its place."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was opened and read through; perhaps it was also put into a database for the trial."""

    path: Path
    sound: Sound
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """A database that was put in its place, what was there before, how many sealed values the keys opened, and how
    many erasures of the time since the copy were done again in it."""

    copied: Copied
    before: Path | None
    opened: int
    erased_again: int = 0


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
    return {path: moment_of(name[1]) for path, name in named.items() if name}


def moment_of(stamp: str) -> dt.datetime:
    """The moment in the name of a copy."""
    return dt.datetime.strptime(stamp, STAMP).replace(tzinfo=dt.UTC)


def delete_old(folder: Path, now: dt.datetime, days: int = KEEP_DAYS) -> list[Path]:
    """Delete the copies in a folder that are older than so many days; which they were."""
    old = sorted(path for path, made in backups(folder).items() if now - made > dt.timedelta(days=days))
    for path in old:
        path.unlink()
    return old


def set_aside(database: Path) -> dict[Path, dt.datetime]:
    """What `restore` kept beside a database, and when."""
    named = {path: path.name.rpartition(BEFORE) for path in database.parent.glob(f"{database.name}{BEFORE}*")}
    return {path: moment_of(stamp) for path, (_, _, stamp) in named.items() if STAMPED.fullmatch(stamp)}


def delete_set_aside(database: Path, now: dt.datetime, days: int = KEEP_DAYS) -> list[Path]:
    """Delete what `restore` kept beside a database longer than so many days ago; which they were."""
    old = sorted(path for path, made in set_aside(database).items() if now - made > dt.timedelta(days=days))
    for path in old:
        path.unlink()
    return old


def restore(
    copied: Path, url: str, keys: Path, now: dt.datetime, *,
    replace: bool = False, erased: ErasedLog | None = None, gaps: bool = False,
) -> Restored:  # fmt: skip
    """Put a copy in the place of the deployment's database, at the newest schema, once the keys have opened it.

    Whoever was erased since the copy was made, by the file `erased` (else the one beside the keys), is erased from it
    again; with `gaps` also where nobody can know of all of them. With `replace` the database that is there is kept
    beside under another name. Nothing is changed until all is ready. Blocks. Raises NotSqlite, NoDatabase,
    AlreadyThere, InUse, Damaged, UnknownSchema, KeysMissing, KeysDoNotFit, ErasuresUnreadable, ErasuresLost,
    CopyTooOld.
    """
    target, erased = file_of(url), erased or ErasedLog(keys.with_name(NAME_OF_ERASED))
    there = target.is_file() and target.stat().st_size > 0
    if there and not replace:
        raise AlreadyThere(path=target)
    vault = held_keys(keys)
    with beside(target) as temporary:
        copy(existing(copied), temporary)
        refuse_newer(temporary)
        migrate.upgrade(address(temporary))
        opened = opened_by(address(temporary), vault)
        again = forget_again(address(temporary), vault, erased, now, gaps=gaps)
        as_one_file(temporary)
        found = sound(temporary)
        before = _set_aside(target, now) if there else None
        os.replace(temporary, target)
    return Restored(Copied(target, found), before, opened, again)


def opened_by(url: str, vault: Vault) -> int:
    """How many sealed values of a database were tried with the keys, and opened. Raises KeysDoNotFit."""
    bound = migrate.engine(url)
    try:
        with bound.connect() as connection:
            return try_keys(connection, vault)
    finally:
        bound.dispose()


def _set_aside(target: Path, now: dt.datetime) -> Path:
    """The database goes under another name, with nothing of it left in a log."""
    with alone(target):
        pass  # whoever closes it last writes the log back into it
    before = target.with_name(f"{target.name}{BEFORE}{now:{STAMP}}")
    os.replace(target, before)
    for ending in ("-wal", "-shm"):
        target.with_name(f"{target.name}{ending}").unlink(missing_ok=True)
    return before
