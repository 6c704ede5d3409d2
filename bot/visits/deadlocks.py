"""What happens when two claims wait for each other's rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.store.unit import Unit

T = TypeVar("T")
MOST_TRIES = 5
DEADLOCK = "40P01"
"""PostgreSQL's code for it. Its driver, which knows it by a name, is not loaded where the database is SQLite."""


async def retried(unit: Unit, step: Callable[[], Awaitable[T]]) -> T:
    """One step of an open transaction; again where another one and it waited for each other.

    PostgreSQL then refuses one of the two. It undoes that one back to its savepoint only: what the turn did before
    stays, the rows of the step are given back, and the other one goes on. The next try waits for that one to end, and
    sees what it left; where it took its rows again before the other woke up, it is refused again. SQLite has one writer
    at a time, so nobody waits for anybody. Raises DBAPIError.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return await _in_savepoint(unit, step)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    return await _in_savepoint(unit, step)


async def _in_savepoint(unit: Unit, step: Callable[[], Awaitable[T]]) -> T:
    async with unit.session.begin_nested():
        return await step()
