"""Opening hours as schedules. Times are wall-clock times in London: an offset would be wrong for half the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from knowledge.entry import Day, DayException, Hours, Opening
from knowledge.hours import WEEK, weekday
from knowledge.open_referral.values import Ids, Json, present
from knowledge.open_referral.words import Words

MIDNIGHT = dt.time()
LAST_MINUTE = "23:59"
EVERY_DAY = Opening(days=WEEK, opens=MIDNIGHT, closes=MIDNIGHT)


def schedules(hours: Hours, slug: str, ids: Ids, words: Words) -> list[Json]:
    """An organisation's hours and its slug in; a schedule for each weekly opening and each open date.

    Hours known only in words are one schedule without times. Nothing known is no schedule.
    """
    said = present(
        service_id=ids.of("service", slug), description=hours.words, notes=" ".join(_notes(hours, words)) or None
    )
    regular = (EVERY_DAY,) if hours.always else hours.weekly
    timed = [*map(_weekly, regular), *_dated(hours.exceptions)]
    if timed:
        return [{"id": ids.of("schedule", slug, _name(times)), **said, **times} for times in timed]
    return [{"id": ids.of("schedule", slug), **said}] if hours.words else []


def _weekly(opening: Opening) -> Json:
    return _times(opening.days, opening.opens, opening.closes)


def _dated(exceptions: Iterable[DayException]) -> Iterator[Json]:
    for exception in exceptions:
        day = exception.date.isoformat()
        for opens, closes in exception.openings:
            yield {"valid_from": day, "valid_to": day, **_times((weekday(exception.date),), opens, closes)}


def _times(days: Iterable[Day], opens: dt.time, closes: dt.time) -> Json:
    byday = ",".join(day[:2].upper() for day in sorted(days, key=WEEK.index))
    return {"freq": "WEEKLY", "byday": byday, "opens_at": _clock(opens), "closes_at": _closing(closes)}


def _clock(time: dt.time) -> str:
    return f"{time:%H:%M}"


def _closing(closes: dt.time) -> str:
    return LAST_MINUTE if closes == MIDNIGHT else _clock(closes)  # the standard has no 24:00


def _name(times: Json) -> str:
    """What tells one schedule of an organisation from another, so that a new opening leaves the others their ids."""
    return " ".join((times.get("valid_from", ""), times["byday"], times["opens_at"]))


def _notes(hours: Hours, words: Words) -> Iterator[str]:
    """What a weekly pattern cannot say. The standard has no exceptions and no bank holidays."""
    if hours.bank_holiday_openings:
        yield words.hours["bank_holiday"].format(times=_spoken(hours.bank_holiday_openings, words))
    elif hours.bank_holidays != "unknown":
        yield words.hours[hours.bank_holidays]
    for exception in hours.exceptions:
        day = f"{exception.date.day} {exception.date:%B %Y}"
        text = words.hours["on_day" if exception.openings else "closed_on"]
        yield text.format(day=day, times=_spoken(exception.openings, words))
        if exception.why:
            yield f"{exception.why.rstrip('.')}."


def _spoken(openings: Iterable[tuple[dt.time, dt.time]], words: Words) -> str:
    return ", ".join(words.hours["times"].format(opens=_clock(o), closes=_closing(c)) for o, c in openings)
