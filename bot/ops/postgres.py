"""`bot backup` and `bot restore` where the database is PostgreSQL: the same promises, kept by its own tools."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect

from bot.ops import dumps
from bot.ops.backup import STAMP, Copied, Restored, opened_by
from bot.ops.errors import AlreadyThere, Damaged, NotAllowed
from bot.ops.files import Sound, beside
from bot.ops.forgotten import forget_again, noted
from bot.ops.seals import held_keys
from bot.ops.tally import count, tables
from bot.store import migrate
from bot.store.erased import NAME, ErasedLog


def backup(url: str, path: Path, now: dt.datetime) -> Copied:
    """Copy the database into a file, or into a folder under the moment's name. Others may go on writing. Where that is
    allowed, the copy is also put into a database of its own and counted there, before it has its name.

    Blocks. Raises ToolMissing, ToolFailed, AlreadyThere, Damaged, UnknownSchema, StoreUnavailable.
    """
    target = path / f"bot-{now:{STAMP}}.dump" if path.is_dir() else path
    with _copying(url, target) as made:
        tried = _tried(url, made, now)
    return Copied(target, made.sound, tried)


def restore(
    copied: Path, url: str, keys: Path, now: dt.datetime, *,
    replace: bool = False, erased: ErasedLog | None = None, gaps: bool = False,
) -> Restored:  # fmt: skip
    """Put a copy into the deployment's database, at the newest schema, once the keys have opened it.

    With `replace` what is there is copied first, into the folder of the copy. With `gaps` also where nobody can know
    of everybody who was erased since. A fault leaves everything as it was, an empty database empty. Blocks. Raises
    AlreadyThere, InUse, Damaged, UnknownSchema, KeysMissing, KeysDoNotFit, NoDatabase, ToolMissing, ToolFailed,
    NotAllowed, ErasuresUnreadable, ErasuresLost, CopyTooOld, StoreUnavailable.
    """
    erased = erased or ErasedLog(keys.with_name(NAME))
    there = dumps.filled(url)
    if there and not replace:
        raise AlreadyThere(path=dumps.name_of(url))
    vault = held_keys(keys)
    noted(erased, now)  # what cannot be read is found out before anybody is put back
    dumps.refuse_newer(copied, dumps.read_through(copied))
    dumps.refuse_in_use(url)
    before = _copy(url, copied.parent / f"bot-{now:{STAMP}}.dump") if there else None
    with dumps.emptied(url, f"before_{now:{STAMP}}".lower()):
        dumps.put_into(url, copied)
        migrate.upgrade(url)
        opened = opened_by(url, vault)
        again = forget_again(url, vault, erased, now, gaps=gaps)
    return Restored(Copied(Path(dumps.name_of(url)), _sound(url)), before, opened, again)


def _copy(url: str, target: Path) -> Path:
    with _copying(url, target):
        return target


@contextmanager
def _copying(url: str, target: Path) -> Iterator[Copied]:
    """A copy under a name of its own, read through. It takes the target's name after the block, unless that fails:
    a copy in its place is a good one."""
    if target.exists():
        raise AlreadyThere(path=target)
    with beside(target) as temporary:
        dumps.dump(url, temporary)
        yield Copied(temporary, dumps.read_through(temporary))
        os.replace(temporary, target)


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
