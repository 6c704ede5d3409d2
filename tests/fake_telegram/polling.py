"""`getUpdates`: long polling, one poll at a time, and nothing forgotten before a later offset confirms it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from tests.fake_telegram import refusals
from tests.fake_telegram.changes import Changes
from tests.fake_telegram.updates import Updates

Json = dict[str, Any]

LONGEST_BATCH = 100
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Polling:
    """The one long poll that a bot may have."""

    def __init__(self, updates: Updates, changes: Changes, has_webhook: Callable[[], bool]) -> None:
        self._updates, self._changes, self._has_webhook = updates, changes, has_webhook
        self._turn = 0
        self._ended_by = ""
        self.scale = 1.0  # real seconds for each second of `timeout`
        self.waiting = 0  # polls under way; a test may wait for one

    async def get_updates(self, given: Json) -> list[Json]:
        """The method itself."""
        if self._has_webhook():
            raise refusals.conflict(_WEBHOOK)
        self.end(_OTHER_POLL)
        turn, offset = self._turn, self._updates.believed(int(given.get("offset", 0)))
        limit = min(max(int(given.get("limit", LONGEST_BATCH)), 1), LONGEST_BATCH)
        self._updates.allow(given.get("allowed_updates"))
        self._updates.confirm_below(offset)
        await self._wait(turn, int(given.get("timeout", 0)) * self.scale)
        if turn != self._turn:
            raise refusals.conflict(self._ended_by)
        return self._updates.batch(max(offset, 0), limit)

    def end(self, why: str) -> None:
        """Whoever polls now is told why it stops."""
        self._turn += 1
        self._ended_by = why
        self._changes.announce()

    async def _wait(self, turn: int, seconds: float) -> None:
        if seconds <= 0 or len(self._updates):
            return
        self.waiting += 1
        self._changes.announce()
        with contextlib.suppress(TimeoutError):
            await self._changes.until(lambda: turn != self._turn or len(self._updates) > 0, seconds)
        self.waiting -= 1
