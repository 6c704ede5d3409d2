"""Work beside the work: tasks that nobody waits for, and the first of several to be done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger()

Work = Coroutine[Any, Any, object]


class Background:
    """Holds tasks until they end, so that none is lost, and logs those that fail."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self, work: Work) -> asyncio.Task[object]:
        """Begin, without waiting."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work failed", error=type(error).__name__)

    async def settle(self, seconds: float | None = None) -> None:
        """Wait until all has ended; what has not after so many seconds is cancelled."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        await cancel(*self._tasks)


async def first_of(*works: Work) -> None:
    """Until one has ended; the others are cancelled. What that one raises is raised here."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel(*tasks)
    for task in done:
        task.result()


async def cancel(*tasks: asyncio.Task[object]) -> None:
    """Stop tasks, and wait until they have stopped."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
