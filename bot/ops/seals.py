"""Does the key file open what is sealed in a database?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Column, Connection, LargeBinary, inspect, select

from bot.errors import KeyMissing
from bot.ops.errors import KeysDoNotFit, KeysMissing
from bot.ops.tally import tables
from bot.store.vault import Vault, vault_from

IN_CLEAR = frozenset({"question.vector", "staff_passkey.credential", "staff_passkey.public_key"})
"""Columns of bytes that hold nothing personal and are not sealed."""


def sealed_columns() -> Iterator[Column[bytes]]:
    """Every column that the vault seals."""
    for table in tables():
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and name_of(column) not in IN_CLEAR:
                yield column


def name_of(column: Column[bytes]) -> str:
    """Its name as the vault knows it."""
    return f"{column.table.name}.{column.name}"


def held_keys(path: Path) -> Vault:
    """The vault of a key file. Raises KeysMissing where there is none, instead of making a new one."""
    if not path.is_file():
        raise KeysMissing(path=path)
    return vault_from(path)


def try_keys(connection: Connection, vault: Vault) -> int:
    """Open the oldest and the newest value of every sealed column; how many were opened. Raises KeysDoNotFit."""
    opened = 0
    for column, value in _samples(connection):
        try:
            vault.open(name_of(column), value)
        except KeyMissing as error:
            raise KeysDoNotFit(column=name_of(column)) from error
        opened += 1
    return opened


def _samples(connection: Connection) -> Iterator[tuple[Column[bytes], bytes]]:
    there = set(inspect(connection).get_table_names())
    for column in sealed_columns():
        first = next(iter(column.table.primary_key.columns))
        filled = select(column).where(column.is_not(None)).limit(1)
        for order in (first.asc(), first.desc()) if column.table.name in there else ():
            for value in connection.execute(filled.order_by(order)).scalars():
                yield column, value
