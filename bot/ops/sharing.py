"""Figures that one process makes and another shows: they go through the database (bot/store/shared_figures.py)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from bot.clock import Clock
from bot.delivery.loop import Duty, Guard
from bot.ops.counting import Steps
from bot.ops.figures import Figures
from bot.store import shared_figures
from bot.store.unit import Store

LEFT_EVERY = dt.timedelta(minutes=1)
"""So seldom that nobody waits for the disk because of it, so often that no alarm mistakes the pause for a fault."""


@dataclass
class Rounds:
    """Watches the duties of a process. Each round in which nothing failed is noted, and left for other processes."""

    store: Store
    figures: Figures
    clock: Clock
    _left: dict[str, dt.datetime] = field(default_factory=dict)

    def watched(self, duty: Duty) -> Duty:
        """The same duty, watched."""

        async def once(guard: Guard) -> None:
            steps = Steps(guard)
            await duty.once(steps)
            if not steps.failed:
                await self._succeeded(duty.name, guard)

        return dataclasses.replace(duty, once=once)

    async def _succeeded(self, duty: str, guard: Guard) -> None:
        now = self.clock.now()
        self.figures.rounds[duty] = now
        left = self._left.get(duty)
        if left is None or now - left >= LEFT_EVERY:
            await guard(partial(self._leave, duty))

    async def _leave(self, duty: str) -> None:
        async with self.store.write() as unit:
            await shared_figures.succeeded(unit, duty)
        self._left[duty] = unit.now


def leaving_sent(store: Store, figures: Figures) -> Duty:
    """Every minute, add what this process sent meanwhile to what workers sent; without news nothing is written."""
    left: Counter[str] = Counter()

    async def leave() -> None:
        now = Counter(figures.deliveries)
        if now == left:
            return
        async with store.write() as unit:
            await shared_figures.add_sent(unit, now - left)
        left.update(now - left)

    async def once(guard: Guard) -> None:
        await guard(leave)

    return Duty("sent", LEFT_EVERY.total_seconds(), once)
