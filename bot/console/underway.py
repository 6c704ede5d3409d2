"""Slow work that goes on after a page has stopped waiting for it, and that whoever asks again finds further on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

MOST_KEPT = 5
"""Results that nobody has fetched yet; the oldest go first."""
Found = TypeVar("Found")
Begin = Callable[[], Coroutine[Any, Any, Found]]


class Underway:
    """What this process is working on for its pages, each thing once, by its key."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    async def result(self, key: Hashable, begin: Begin[Found], patience: float) -> Found:
        """What comes of some work, which is begun unless it goes on already under this key; it is handed out once.
        Raises TimeoutError after `patience` seconds, and the work goes on; and whatever the work raises."""
        task: asyncio.Task[Found] = self._tasks.get(key) or self._begun(key, begin)
        await asyncio.wait({task}, timeout=patience)
        if not task.done():
            raise TimeoutError
        if self._tasks.get(key) is task:
            del self._tasks[key]
        return task.result()

    def _begun(self, key: Hashable, begin: Begin[Found]) -> asyncio.Task[Found]:
        over = [each for each, task in self._tasks.items() if task.done()]
        for each in over[:-MOST_KEPT]:
            del self._tasks[each]
        task = self._tasks[key] = asyncio.ensure_future(begin())
        task.add_done_callback(_seen)
        return task


def _seen(task: asyncio.Task[Any]) -> None:
    """A failure that nobody fetches is no fault of the loop's."""
    if not task.cancelled():
        task.exception()
