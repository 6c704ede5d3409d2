"""How many rows a table has, and one hash of them all: equal on both kinds of database where the rows are."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select
from sqlmodel import SQLModel

from bot.store import migrate  # noqa: F401  the tables register themselves

BATCH = 500
"""Rows that are held in memory at once."""
BITS = 256


@dataclass(frozen=True, slots=True)
class Tally:
    """What a table holds, in short."""

    rows: int
    hash: str


def tables() -> Sequence[Table]:
    """All our tables, each after those that it refers to."""
    return SQLModel.metadata.sorted_tables


def count(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def tally(connection: Connection, table: Table) -> Tally:
    """Rows and hash of a table. The order of the rows does not matter: databases sort words differently."""
    rows, total = 0, 0
    for row in connection.execution_options(yield_per=BATCH).execute(select(table)):
        rows += 1
        total += int.from_bytes(hashlib.sha256(canonical(row)).digest(), "big")
    return Tally(rows, f"{total % 2**BITS:064x}")


def canonical(row: Sequence[object]) -> bytes:
    """One form for a row of any database; two rows that differ have two."""
    return json.dumps([_plain(value) for value in row], separators=(",", ":")).encode()


def _plain(value: object) -> object:
    match value:
        case bytes():
            return {"bytes": value.hex()}
        case float():
            return {"float": value.hex()}
        case dt.datetime():
            return {"moment": value.astimezone(dt.UTC).isoformat(timespec="microseconds")}
        case dt.date() | dt.time():
            return {"wall": value.isoformat()}
    return value
