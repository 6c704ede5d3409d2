"""`bot backup` and `bot restore` where the database is PostgreSQL: the same promises, kept by its own tools."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from sqlalchemy import inspect

from bot.ops import dumps
from bot.ops.backup import STAMP, Copied, Restored, opened_by
from bot.ops.errors import AlreadyThere, Damaged, NotAllowed
from bot.ops.files import Sound, beside
from bot.ops.forgotten import forget_again
from bot.ops.seals import held_keys
from bot.ops.tally import count, tables
from bot.store import migrate
from bot.store.erased import NAME, ErasedLog


def backup(url: str, path: Path, now: dt.datetime) -> Copied:
    """Copy the database into a file, or into a folder under the moment's name. Others may go on writing. Where that is
    allowed, the copy is also put into a database of its own and counted there.

    Blocks. Raises ToolMissing, ToolFailed, AlreadyThere, Damaged, UnknownSchema, StoreUnavailable.
    """
    made = _copy(url, path / f"bot-{now:{STAMP}}.dump" if path.is_dir() else path)
    return Copied(made.path, made.sound, _tried(url, made, now))


def restore(
    copied: Path, url: str, keys: Path, now: dt.datetime, *, replace: bool = False, erased: ErasedLog | None = None
) -> Restored:
    """Put a copy into the deployment's database, at the newest schema, once the keys have opened it.

    With `replace` what is there is copied first, into the folder of the copy. A fault leaves everything as it was.
    Blocks. Raises AlreadyThere, InUse, Damaged, UnknownSchema, KeysMissing, KeysDoNotFit, NoDatabase, ToolMissing,
    ToolFailed, NotAllowed, StoreUnavailable.
    """
    there = dumps.filled(url)
    if there and not replace:
        raise AlreadyThere(path=dumps.name_of(url))
    vault = held_keys(keys)
    dumps.refuse_newer(copied, dumps.read_through(copied))
    dumps.refuse_in_use(url)
    before = _copy(url, copied.parent / f"bot-{now:{STAMP}}.dump").path if there else None
    with _room(url, now, there=there):
        dumps.put_into(url, copied)
        migrate.upgrade(url)
        opened = opened_by(url, vault)
        again = forget_again(url, vault, erased or ErasedLog(keys.with_name(NAME)), now)
    return Restored(Copied(Path(dumps.name_of(url)), _sound(url)), before, opened, again)


def _copy(url: str, target: Path) -> Copied:
    if target.exists():
        raise AlreadyThere(path=target)
    with beside(target) as temporary:
        dumps.dump(url, temporary)
        found = dumps.read_through(temporary)
        os.replace(temporary, target)
    return Copied(target, found)


def _room(url: str, now: dt.datetime, *, there: bool) -> AbstractContextManager[None]:
    return dumps.emptied(url, f"before_{now:{STAMP}}".lower()) if there else nullcontext()


def _tried(url: str, made: Copied, now: dt.datetime) -> bool:
    """Put into a database of its own, every table has the rows that were read. False where that is not allowed."""
    try:
        with dumps.scratch(url, f"bot_trial_{now:{STAMP}}".lower()) as trial:
            dumps.put_into(trial, made.path)
            if _sound(trial) != made.sound:
                raise Damaged(path=made.path)
    except NotAllowed:
        return False
    return True


def _sound(url: str) -> Sound:
    bound = migrate.engine(url)
    try:
        with bound.connect() as connection:
            there = set(inspect(connection).get_table_names())
            rows = {table.name: count(connection, table) for table in tables() if table.name in there}
            revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    finally:
        bound.dispose()
    return Sound(str(revision), rows)
