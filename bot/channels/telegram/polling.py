"""Our own getUpdates loop: an update is confirmed only once its turn is committed (docs/decisions/0002).

Chats go on side by side, each in its own order, taps and messages in one line. An update that cannot be stored is
tried again while other chats go on; the offset stays before it. No offset is ever written down: after a restart
Telegram sends again what was not confirmed, and the inbox knows what it has.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.account import Account, Json, Sleep
from bot.channels.telegram.door import PATIENCE, Door
from bot.channels.telegram.send import seconds_of
from bot.channels.telegram.tasks import Background, first_of
from bot.errors import BotError

log = structlog.get_logger()

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
LONGEST_NETWORK_PAUSE = 30.0
HOLD = 25
"""Seconds of a long poll."""
LOOK_AGAIN = 0.25
"""Seconds until the next look for other chats while some turn takes its time."""
AT_ONCE = 16


class Poller:
    """Polls until `stop()`, then finishes the turns in hand."""

    def __init__(
        self,
        bot: Account,
        door: Door,
        *,
        sleep: Sleep = asyncio.sleep,
        hold: int = HOLD,
        patience: float = PATIENCE,
        at_once: int = AT_ONCE,
    ) -> None:
        self._bot, self._door, self._sleep = bot, door, sleep
        self._hold, self._patience = hold, patience
        self._ledger = Ledger()
        self._lines: dict[object, deque[Json]] = {}
        self._workers = Background()
        self._free = asyncio.Semaphore(at_once)
        self._stopping = asyncio.Event()
        self._failures = 0

    async def run(self) -> None:
        """Until `stop()` or cancelled. Nothing that Telegram, the network or the store does ends it."""
        try:
            while not self._stopping.is_set():
                await first_of(self._poll(), self._stopping.wait())
                if not self._ledger.idle.is_set():
                    await first_of(self._ledger.idle.wait(), self._sleeping(LOOK_AGAIN), self._stopping.wait())
        finally:
            self._stopping.set()
            await self._workers.settle(self._patience)

    def stop(self) -> None:
        """Take nothing new; `run` ends when the turns in hand have, or after ten seconds."""
        self._stopping.set()

    async def _poll(self) -> None:
        hold = self._hold if self._ledger.idle.is_set() else 0
        try:
            batch = await self._bot.raw_updates(self._ledger.offset(), hold, ALLOWED_UPDATES)
        except (TelegramError, LookupError, TypeError) as error:
            await self._wait_after(error)
            return
        self._failures = 0
        for update in self._ledger.note(batch):
            self._queue(update)

    async def _wait_after(self, error: Exception) -> None:
        """Telegram's own wish, else twice as long each time. Conflict: another process polls, or there is a webhook."""
        doubled = min(FIRST_PAUSE * 2**self._failures, LONGEST_NETWORK_PAUSE)
        pause = seconds_of(error) if isinstance(error, RetryAfter) else doubled
        self._failures = min(self._failures + 1, 16)
        log.warning("polling failed", error=type(error).__name__, reason=str(error), pause=pause)
        await self._sleep(pause)

    def _queue(self, update: Json) -> None:
        chat = chat_of(update)
        line = self._lines.get(chat)
        if line is None:
            line = self._lines[chat] = deque()
            self._workers.start(self._serve(chat, line))
        line.append(update)

    async def _serve(self, chat: object, line: deque[Json]) -> None:
        """One chat's updates, one after the other; what is left at a stop is not confirmed."""
        while line and await self._take(line[0]):
            self._ledger.done(line.popleft()["update_id"])
        del self._lines[chat]

    async def _take(self, update: Json) -> bool:
        """Until it is committed or ignored; False when stopped first. While it waits, others have its place."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            async with self._free:
                if await self._taken(update):
                    return True
            await first_of(self._sleeping(pause), self._stopping.wait())
            pause = min(pause * 2, LONGEST_PAUSE)
        return False

    async def _taken(self, update: Json) -> bool:
        try:
            await self._door.take(update)
        except BotError as error:
            log.warning("update not taken", error=type(error).__name__)
            return False
        except Exception as error:  # the edge of the worker: one chat's update must not stop the others
            log.error("update failed", error=type(error).__name__)
            return False
        return True

    async def _sleeping(self, seconds: float) -> None:
        await self._sleep(seconds)


class Ledger:
    """Which updates are in hand, and up to where all are done."""

    def __init__(self) -> None:
        self._offset: int | None = None
        self._batch: list[int] = []
        self._in_hand: set[int] = set()
        self.idle = asyncio.Event()
        self.idle.set()

    def offset(self) -> int | None:
        """The first update of the last batch that is still in hand, or the one after the batch."""
        for update_id in self._batch:
            self._offset = update_id
            if update_id in self._in_hand:
                break
            self._offset += 1
        return self._offset

    def note(self, batch: list[Json]) -> Iterator[Json]:
        """A new batch; those in it that have not been seen. Telegram repeats all that is not confirmed."""
        seen = self._in_hand.union(self._batch)
        self._batch = [update["update_id"] for update in batch]
        for update in batch:
            if update["update_id"] not in seen:
                self._in_hand.add(update["update_id"])
                self.idle.clear()
                yield update

    def done(self, update_id: int) -> None:
        """Committed or ignored: it may be confirmed."""
        self._in_hand.discard(update_id)
        if not self._in_hand:
            self.idle.set()


def chat_of(update: Mapping[str, Any]) -> object:
    """By which updates stay in order: the chat they belong to."""
    for body in update.values():
        if isinstance(body, Mapping):
            message = body.get("message", body)
            chat = message.get("chat") if isinstance(message, Mapping) else None
            return chat.get("id") if isinstance(chat, Mapping) else None
    return None
