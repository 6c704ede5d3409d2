"""Schedules of a feed as our hours. Where one of them cannot be reckoned with, only the words are kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from knowledge.hours import WEEK
from knowledge.open_referral.values import Json, present

Said = Callable[[object], str]
DAYS = {day[:2].upper(): day for day in WEEK}
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::00(?:\.0+)?)?Z?")
MIDNIGHT, LAST_MINUTE = "00:00", "23:59"


def hours_of(schedules: Iterable[Json], today: dt.date, said: Said) -> tuple[Json, bool]:
    """Schedules in; our `hours` as a file holds them out, and whether all that still holds could be reckoned with."""
    current = [each for each in schedules if not _over(each, today, said)]
    texts = (said(each.get(name)) for each in current for name in ("description", "notes"))
    openings = [_opening(each, said) for each in current]
    spoken = " ".join(dict.fromkeys(filter(None, texts)))
    sure = None not in openings
    weekly = [opening for opening in openings if opening] if sure else []
    always = weekly == [{"days": list(WEEK), "opens": MIDNIGHT, "closes": MIDNIGHT}]
    return present(words=spoken, always=always or None, weekly=[] if always else weekly), sure


def _over(schedule: Json, today: dt.date, said: Said) -> bool:
    try:
        return dt.date.fromisoformat(said(schedule.get("valid_to"))[:10]) < today
    except ValueError:
        return False


def _opening(schedule: Json, said: Said) -> dict[str, Any] | None:
    """One weekly opening; None for what is not every week of the year: months, single dates, every other week."""
    opens, closes = (_clock(said(schedule.get(name))) for name in ("opens_at", "closes_at"))
    days = [DAYS.get(name.strip()) for name in said(schedule.get("byday")).upper().split(",")]
    weekly = said(schedule.get("freq")).upper() == "WEEKLY" and schedule.get("interval") in (None, 1)
    bound = any(schedule.get(name) for name in ("bymonthday", "byweekno", "byyearday", "count", "until", "valid_to"))
    if not weekly or bound or not opens or not closes or None in days:
        return None
    return {"days": [day for day in WEEK if day in days], "opens": opens, "closes": closes}


def _clock(text: str) -> str | None:
    found = CLOCK.fullmatch(text)
    time = f"{found[1]}:{found[2]}" if found else None
    return MIDNIGHT if time == LAST_MINUTE else time
