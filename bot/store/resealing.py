"""Every sealed value under the current key, in short transactions, while the bot runs.

Which values are left is told by their first byte, the id of their key: killed at any moment, it goes on where it was.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, bindparam, func, select, text, update
from sqlmodel import SQLModel

from bot.store import keys, reach_tables, staff_tables, tables, visit_tables  # noqa: F401  the tables register themselves
from bot.store.unit import Store, Unit

AT_ONCE = 200
PASSES = 5
"""How often what somebody else is writing at the moment is looked at again."""
BACKUPS_LAST = dt.timedelta(days=35)
"""As long as a backup may be opened, so may what it holds."""

Progress = Callable[[int], None]
Sealed = tuple[Table, Column[bytes]]


def sealed_columns() -> Sequence[Sealed]:
    """Every column that the vault seals, by table."""
    return [
        (table, column)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.info.get("sealed")
    ]


async def under(unit: Unit) -> Counter[int]:
    """How many values each key has sealed."""
    found: Counter[int] = Counter()
    for _, column in sealed_columns():
        each = select(_key_of(column).label("key")).where(column.is_not(None)).subquery()
        by_key = select(each.c.key, func.count()).group_by(each.c.key)
        found.update({key[0]: count for key, count in (await unit.session.execute(by_key)).all()})
    return found


async def reseal(store: Store, progress: Progress) -> int:
    """Seal anew whatever another key has sealed; `progress` hears of each batch. How many values are left, because
    somebody was writing them all the while. Raises KeyMissing for a value that no key opens."""
    for _ in range(PASSES):
        for table, column in sealed_columns():
            await _column(store, table, column, progress)
        left = await _left(store)
        if not left:
            break
    return left


async def drop_unused(store: Store, path: Path, *, at_once: bool = False) -> list[int]:
    """Take out the keys under which nothing is left and whose backups are over, or `at_once`; which."""
    async with store.write() as unit:
        await _nobody_writes(unit)
        used = await under(unit)
        gone = [key.id for key in keys.listed(path) if not key.current and not used[key.id]]
        over = {key.id for key in keys.listed(path) if key.retired and key.retired <= unit.now - BACKUPS_LAST}
        gone = [id_ for id_ in gone if at_once or id_ in over]
        if gone:
            keys.drop(path, gone)
    return gone


async def _left(store: Store) -> int:
    async with store.read() as unit:
        used = await under(unit)
    return used.total() - used[store.vault.current]


async def _column(store: Store, table: Table, column: Column[bytes], progress: Progress) -> None:
    last, count = 0, AT_ONCE
    while count:
        async with store.write() as unit:
            last, count = await _batch(unit, table, column, last)
        progress(count)


async def _batch(unit: Unit, table: Table, column: Column[bytes], after: int) -> tuple[int, int]:
    """The next values of a column, past a row's number; the last row's number, and how many there were.

    What a turn is writing now is passed over, not waited for: so none waits for the other, and a turn never long.
    """
    (key,) = table.primary_key.columns
    old = _key_of(column) != bytes([unit.vault.current])
    statement = select(key, column).where(column.is_not(None), old, key > after).order_by(key).limit(AT_ONCE)
    rows = (await unit.session.execute(statement.with_for_update(skip_locked=True))).all()
    name = f"{table.name}.{column.name}"
    fresh = [{"row": number, "sealed": unit.vault.seal(name, unit.vault.open(name, kept))} for number, kept in rows]
    if fresh:
        this = update(table).where(key == bindparam("row")).values({column: bindparam("sealed")})
        await unit.connection.execute(this, fresh)
    return (rows[-1][0] if rows else after), len(rows)


async def _nobody_writes(unit: Unit) -> None:
    """Until this transaction ends, none that sealed with an old key can still commit. SQLite has one writer anyway."""
    if unit.connection.dialect.name == "postgresql":
        names = ", ".join(sorted({table.name for table, _ in sealed_columns()}))
        await unit.session.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def _key_of(column: Column[bytes]) -> ColumnElement[Any]:
    return func.substr(column, 1, 1, type_=LargeBinary)
