"""Visits of the months before the demonstration's own fortnight: over long since, and so without any detail."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bot.insight import demo_cast as much
from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits.demo_cast import DAYS as PLAYED
from knowledge.library import Library
from knowledge.visits.slots import instant

LEAST, MOST = 0, 3
"""Visits of a working day."""
LONGEST_WAIT = 35
SATURDAY = 5
NOTHING = ("hold_until", "household", "answers", "needs", "doorstep_word", "notes", "erase_at")


async def past_visits(unit: Unit, library: Library, chance: Random, where: Callable[[], str]) -> None:
    """Write them; none where the place does no visits. `where` gives the area of each."""
    if library.visits is None:
        return
    visits = list(_visits(unit.now, library, chance))
    await unit.session.execute(insert(Visit), [{**visit, "area": where()} for visit in visits])


def _visits(now: dt.datetime, library: Library, chance: Random) -> Iterator[dict[str, Any]]:
    zone = ZoneInfo(library.place.timezone)
    today = now.astimezone(zone).date()
    for ago in range(much.DAYS, PLAYED, -1):
        day = today - dt.timedelta(days=ago)
        for _ in range(chance.randint(LEAST, MOST) if day.weekday() < SATURDAY else 0):
            yield _visit(instant(day, dt.time(chance.randint(9, 16)), zone), library, chance)


def _visit(starts: dt.datetime, library: Library, chance: Random) -> dict[str, Any]:
    reasons = [reason.id for reason in library.visits.reasons] if library.visits else []
    number = uuid.UUID(int=chance.getrandbits(128), version=4)
    state = _pick(chance, much.OUTCOMES)
    return {
        **dict.fromkeys(NOTHING), "reference": f"DEMO-{number.hex[:8]}", "uid": str(number), "sequence": 0,
        "state": state, "starts": starts, "ends": starts + dt.timedelta(minutes=30), "visitors_needed": 2, "moves": 0,
        "reasons": ",".join(chance.sample(reasons, k=min(len(reasons), chance.choice((1, 1, 1, 2))))),
        "points": 0, "priority": _pick(chance, much.PRIORITIES), "consents": "", "source": "telegram",
        "remind_by": "message", "follow_up": False, "safeguarding": False, "wrong_words": 0,
        "created_at": starts - dt.timedelta(days=chance.randint(3, LONGEST_WAIT)), "ended_at": starts,
    }  # fmt: skip


def _pick(chance: Random, weights: dict[str, int]) -> str:
    return chance.choices([*weights], [*weights.values()])[0]
