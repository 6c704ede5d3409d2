"""Wakes the open event streams of a chat when this process has written to it. Other processes are seen by looking."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from weakref import WeakValueDictionary


class Bell:
    """One event for each chat that somebody listens to. It holds nothing: a ring that nobody hears is lost."""

    def __init__(self) -> None:
        self._listening: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()
        self.closed = False

    def listen(self, chat: str) -> asyncio.Event:
        """Take this before reading the mailbox, so that no ring falls between the reading and the waiting."""
        event = self._listening.get(chat)
        if event is None:
            event = self._listening[chat] = asyncio.Event()
        return event

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Until it rings, or until it is time to look again."""
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)

    def ring(self, chat: str) -> None:
        """There is something new for this chat."""
        event = self._listening.pop(chat, None)
        if event is not None:
            event.set()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self.closed = True
        for chat in list(self._listening):
            self.ring(chat)
