"""A timer of a table: from which moment, for how many days, and what becomes of the row then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, inspect, select, tuple_, update
from sqlmodel import SQLModel

from bot.store.unit import Unit

AT_ONCE = 200
"""Rows that one transaction forgets at most: the next one takes the next ones, and nobody waits for long."""
GOES = "the row goes"

Forget = Callable[[Unit], Awaitable[int | None]]
Due = Callable[[dt.datetime], ColumnElement[bool]]
"""Which rows are past their time, given the latest moment that is long enough ago."""


@dataclass(frozen=True, slots=True)
class Timer:
    """One timer. `days` is None where the place sets them; `forget` carries it out, and says how many rows there were
    if it leaves some for the next call."""

    table: str
    since: str
    days: int | None
    then: str
    forget: Forget

    @property
    def said(self) -> str:
        """The timer as docs/privacy.md has it."""
        return f"{self.days} days after {self.since}: {self.then}" if self.days else f"{self.since}: {self.then}"


def goes(table: type[SQLModel], since: str, days: int, due: Due) -> Timer:
    """The rows are deleted, and what hangs on them."""

    async def forget(unit: Unit) -> int:
        statement = delete(table).where(_among(table, _old(table, unit, days, due)))
        return await _count(unit, statement.returning(*_key(table)))

    return Timer(_name(table), since, days, GOES, forget)


def becomes(table: type[SQLModel], since: str, days: int, due: Due, values: Mapping[str, Any], then: str) -> Timer:
    """Some columns are emptied or set; `due` must no longer hold for the row afterwards."""

    async def forget(unit: Unit) -> int:
        statement = update(table).where(_among(table, _old(table, unit, days, due))).values(values)
        return await _count(unit, statement.returning(*_key(table)))

    return Timer(_name(table), since, days, then, forget)


def _old(table: type[SQLModel], unit: Unit, days: int, due: Due) -> Select[Any]:
    return select(*_key(table)).where(due(unit.now - dt.timedelta(days=days))).limit(AT_ONCE)


def _among(table: type[SQLModel], rows: Select[Any]) -> ColumnElement[bool]:
    key = _key(table)
    return tuple_(*key).in_(rows) if len(key) > 1 else key[0].in_(rows)


def _key(table: type[SQLModel]) -> tuple[Any, ...]:
    return tuple(inspect(table).primary_key)


def _name(table: type[SQLModel]) -> str:
    return str(inspect(table).local_table.name)


async def _count(unit: Unit, statement: Any) -> int:
    done = await unit.session.execute(statement.execution_options(synchronize_session=False))
    return len(done.all())
