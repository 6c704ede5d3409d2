"""Waiting for something to happen without sleeping: whoever changes the world says so here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """One event for every change; waiters look again after each."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def announce(self) -> None:
        """Something changed."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, true: Callable[[], T], seconds: float | None) -> T:
        """The first true value of a question, or TimeoutError after so many seconds."""
        async with asyncio.timeout(seconds):
            while not (value := true()):
                await self.next()
        return value

    async def next(self) -> None:
        """The next change, whatever it is."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
