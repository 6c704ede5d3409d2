"""What happens when two claims wait for each other's rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import DBAPIError

from bot.store.unit import Unit

T = TypeVar("T")


async def retried(unit: Unit, step: Callable[[], Awaitable[T]]) -> T:
    """One step of an open transaction; once more where another one and it waited for each other.

    PostgreSQL then refuses one of the two. It undoes that one back to its savepoint only: what the turn did before
    stays, the rows of the step are given back, and the other one goes on. The second try waits for that one to end,
    and sees what it left. SQLite has one writer at a time, so nobody waits for anybody. Raises DBAPIError.
    """
    try:
        return await _in_savepoint(unit, step)
    except DBAPIError as error:
        if not isinstance(error.orig, DeadlockDetected):
            raise
    return await _in_savepoint(unit, step)


async def _in_savepoint(unit: Unit, step: Callable[[], Awaitable[T]]) -> T:
    async with unit.session.begin_nested():
        return await step()
