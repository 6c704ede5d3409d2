"""What happens when two claims wait for each other's rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.store.unit import Unit

T = TypeVar("T")
DEADLOCK = "40P01"
"""PostgreSQL's code for it. Its driver, which knows it by a name, is not loaded where the database is SQLite."""


async def retried(unit: Unit, step: Callable[[], Awaitable[T]]) -> T:
    """One step of an open transaction; once more where another one and it waited for each other.

    PostgreSQL then refuses one of the two. It undoes that one back to its savepoint only: what the turn did before
    stays, the rows of the step are given back, and the other one goes on. The second try waits for that one to end,
    and sees what it left. SQLite has one writer at a time, so nobody waits for anybody. Raises DBAPIError.
    """
    try:
        return await _in_savepoint(unit, step)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK:
            raise
    return await _in_savepoint(unit, step)


async def _in_savepoint(unit: Unit, step: Callable[[], Awaitable[T]]) -> T:
    async with unit.session.begin_nested():
        return await step()
