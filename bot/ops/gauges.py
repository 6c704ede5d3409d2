"""What is read only when somebody asks for the figures: sizes and ages, from database and disk, kept a while."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.knowing import Knowing
from bot.ops.away import Seconds
from bot.staff import missed, reviews
from bot.store import shared_figures, vitals
from bot.store.unit import Store, Unit
from knowledge import hours

KEPT = 15.0
"""Seconds that one reading is shown: a scrape more often than that counts nothing anew."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read: numbers by their name, without those that could not be; and what all processes left."""

    values: Mapping[str, float] = field(default_factory=dict)
    successes: Mapping[str, dt.datetime] = field(default_factory=dict)
    """When each duty last succeeded."""
    sent: Mapping[str, int] = field(default_factory=dict)
    """What came of what workers sent."""


class Gauges:
    """Reads, and keeps what it read for a while."""

    def __init__(
        self, store: Store, knowing: Knowing, clock: Clock, folder: Path, seconds: Seconds = time.monotonic
    ) -> None:
        self._store, self._knowing, self._clock, self._folder = store, knowing, clock, folder
        self._seconds = seconds
        self._read: tuple[float, Readings] | None = None
        self._lock = asyncio.Lock()

    async def read(self) -> Readings:
        """The readings of this moment, or of a moment ago."""
        async with self._lock:
            if self._read is None or self._seconds() - self._read[0] >= KEPT:
                self._read = self._seconds(), await self._anew()
            return self._read[1]

    async def _anew(self) -> Readings:
        here = self._without_database()
        try:
            async with self._store.read() as unit:
                values = {**await _counted(unit), **here}
                return Readings(values, await shared_figures.successes(unit), await shared_figures.sent(unit))
        except StoreUnavailable:
            before = self._read[1] if self._read else Readings()
            return replace(before, values=here)

    def _without_database(self) -> Mapping[str, float]:
        today = hours.in_london(self._clock.now()).date()
        overdue = sum(reviews.is_due(entry, today) for entry in self._knowing.library().entries.values())
        return {"bot_reviews_overdue": overdue, **_free(self._folder)}


def _free(folder: Path) -> Mapping[str, float]:
    """What is free of a disk, 0 to 1; nothing of one that has no size, as a file system in memory may."""
    usage = shutil.disk_usage(folder)
    return {"bot_disk_free_ratio": usage.free / usage.total} if usage.total else {}


async def _counted(unit: Unit) -> dict[str, float]:
    missing = await missed.count(unit)
    return {
        "bot_outbox_waiting": await vitals.waiting(unit),
        "bot_outbox_oldest_seconds": _age(await vitals.oldest_waiting(unit), unit.now),
        "bot_content_age_seconds": _age(await vitals.content_changed(unit), unit.now),
        "bot_questions_missed": missing.number,
    }


def _age(since: dt.datetime | None, now: dt.datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
