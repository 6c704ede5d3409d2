"""Several small writes in one transaction: while one batch is being committed, the next gathers.

For what may be done again without harm, such as writing down that a message was sent. A turn has a transaction of its
own, always: what breaks one must not undo another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.store.engine import is_postgres
from bot.store.unit import Store, Unit

Result = TypeVar("Result")
Write = Callable[[Unit], Awaitable[Result]]
MOST = 20
"""Writes of one transaction: nobody else writes on SQLite meanwhile."""


@dataclass(frozen=True, slots=True)
class Waiting(Generic[Result]):
    """A write, and whoever waits for it."""

    write: Write[Result]
    done: asyncio.Future[Result]


class Together(Generic[Result]):
    """Gathers writes that come at the same time; the first goes at once. On PostgreSQL each goes alone: there they do
    not wait for one another, and a row that somebody else holds must not keep back all."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._alone = is_postgres(store.url)
        self._waiting: list[Waiting[Result]] = []
        self._busy: asyncio.Task[None] | None = None

    async def write(self, write: Write[Result]) -> Result:
        """What the write gives, once it is committed. Raises StoreUnavailable, and what the write raises."""
        if self._alone:
            async with self._store.write() as unit:
                return await write(unit)
        waiting: Waiting[Result] = Waiting(write, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._busy is None:
            self._busy = asyncio.get_running_loop().create_task(self._all())
        return await waiting.done

    async def _all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            await self._settle(batch)
        self._busy = None

    async def _settle(self, batch: Sequence[Waiting[Result]]) -> None:
        """Tell each what came of it. What fails together is tried one by one: each fails for its own reason alone."""
        work = self._in_one([each.write for each in batch])
        task: asyncio.Task[list[Result]] = asyncio.get_running_loop().create_task(work)
        await asyncio.wait([task])
        error = task.exception()
        if error is not None and len(batch) > 1:
            for each in batch:
                await self._settle([each])
            return
        for place, each in enumerate(batch):
            if each.done.done():  # whoever waited was stopped
                continue
            if error is not None:
                each.done.set_exception(error)
            else:
                each.done.set_result(task.result()[place])

    async def _in_one(self, writes: Sequence[Write[Result]]) -> list[Result]:
        async with self._store.write() as unit:
            return [await write(unit) for write in writes]
