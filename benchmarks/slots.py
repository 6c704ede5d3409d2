"""How long it takes to find the free slots of six weeks: bit sets beside a loop over datetimes, in the same run.

    python -m benchmarks.slots [--staff 50] [--rounds 20]

A made-up rota, the same each time: everybody works five days in two shifts, some early and some late, with three
visits a working day booked and a week's leave. Both ways must find the same slots. The loop is given what anybody would
think of: local times made once, busy spans by visitor and day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from knowledge.visits.slots import Busy, Pattern, Slot, Terms, free_slots

NOW = dt.datetime(2026, 10, 1, 11, tzinfo=dt.UTC)
"""So that the clocks change within the six weeks."""
CLOSED = frozenset({dt.date(2026, 10, 16)})
TERMS = Terms()
LONDON = ZoneInfo(TERMS.zone)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
SHIFTS = (
    ((dt.time(8, 30), dt.time(12)), (dt.time(12, 45), dt.time(16, 30))),
    ((dt.time(9), dt.time(12, 30)), (dt.time(13, 15), dt.time(17))),
    ((dt.time(10), dt.time(14)), (dt.time(15), dt.time(19))),
)
LIMIT_MS = 20


@dataclass(frozen=True, slots=True)
class Rota:
    """What both ways are given."""

    patterns: tuple[Pattern, ...]
    busy: tuple[Busy, ...]


def local(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A time on the wall clock, in UTC."""
    return dt.datetime.combine(day, dt.time(hour, minute), LONDON).astimezone(dt.UTC)


def made_up(staff: int) -> Rota:
    """How many staff in; a rota out, the same for the same number."""
    chance = random.Random(7)  # noqa: S311
    patterns = [
        Pattern(who, weekday, *shift) for who in range(staff) for weekday in range(5) for shift in SHIFTS[who % 3]
    ]
    busy = [span for who in range(staff) for span in diary(who, chance)]
    chance.shuffle(busy)
    return Rota(tuple(patterns), tuple(busy))


def diary(who: int, chance: random.Random) -> Iterator[Busy]:
    """Three visits with their buffers on each working day, and a week's leave."""
    today = NOW.astimezone(LONDON).date()
    for day in (today + DAY * n for n in range(TERMS.window_days + 1)):
        for hour in chance.sample((9, 10, 11, 14, 15, 16), 3) if day.weekday() < 5 else ():
            yield Busy(who, local(day, hour), local(day, hour) + 60 * MINUTE)
    leave = today + DAY * chance.randrange(TERMS.window_days)
    yield Busy(who, local(leave, 0), local(leave + 7 * DAY, 0))


def by_bits(rota: Rota) -> tuple[Slot, ...]:
    """The way of the bot."""
    return free_slots(rota.patterns, rota.busy, CLOSED, TERMS, NOW)


def by_loop(rota: Rota) -> tuple[Slot, ...]:
    """The same by asking each visitor about each time. Rotas without hours at night only: no start is left out."""
    shifts, spans, visits = by_weekday(rota), by_day(rota), by_week(rota)
    today, result = NOW.astimezone(LONDON).date(), list[Slot]()
    for day in (today + DAY * n for n in range(TERMS.window_days + 1)):
        for minutes in range(0, 24 * 60, TERMS.step_minutes) if day not in CLOSED else ():
            starts = local(day, *divmod(minutes, 60))
            able = {p.visitor for p in shifts[day.weekday()] if within(p, day, minutes) and free(p, starts, day, spans)}
            if starts >= NOW + TERMS.notice and len(able) >= TERMS.visitors_needed:
                fairest = sorted(able, key=lambda who, day=day: (visits[who, day.isocalendar()[:2]], who))  # type: ignore[misc]
                result.append(Slot(starts, starts + TERMS.minutes * MINUTE, tuple(fairest)))
    return tuple(result)


def within(pattern: Pattern, day: dt.date, minutes: int) -> bool:
    """Does a visit that begins so many minutes after midnight lie in the hours?"""
    begins, ends = (time.hour * 60 + time.minute for time in (pattern.begins, pattern.ends))
    return begins <= minutes and minutes + TERMS.minutes <= ends and pattern.holds(day)


Spans = defaultdict[tuple[int, dt.date], list[Busy]]


def free(pattern: Pattern, starts: dt.datetime, day: dt.date, spans: Spans) -> bool:
    """Is the visitor free, buffers included?"""
    begin = starts - TERMS.buffer_minutes * MINUTE
    end = starts + (TERMS.minutes + TERMS.buffer_minutes) * MINUTE
    return not any(one.starts < end and begin < one.ends for one in spans[pattern.visitor, day])


def by_weekday(rota: Rota) -> defaultdict[int, list[Pattern]]:
    """The patterns of each day of the week."""
    result = defaultdict(list)
    for pattern in rota.patterns:
        result[pattern.weekday].append(pattern)
    return result


def by_day(rota: Rota) -> Spans:
    """The busy spans of each visitor on each local day they touch."""
    result: Spans = defaultdict(list)
    for one in rota.busy:
        day, last = one.starts.astimezone(LONDON).date(), one.ends.astimezone(LONDON).date()
        for n in range((last - day).days + 1):
            result[one.visitor, day + n * DAY].append(one)
    return result


def by_week(rota: Rota) -> Counter[tuple[int, tuple[int, int]]]:
    """How many busy spans of each visitor start in each week."""
    weeks = ((one.visitor, one.starts.astimezone(LONDON).isocalendar()) for one in rota.busy)
    return Counter((visitor, (week.year, week.week)) for visitor, week in weeks)


def timed(way: Callable[[Rota], tuple[Slot, ...]], rota: Rota) -> float:
    """Milliseconds of processor time of one run, so that other work on the machine counts less."""
    began = time.process_time()
    way(rota)
    return (time.process_time() - began) * 1000


def main() -> int:
    """0 where both ways agree and the bit sets keep to their time, 1 otherwise."""
    parser = argparse.ArgumentParser(description="How long it takes to find the free slots of six weeks.")
    parser.add_argument("--staff", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    rota = made_up(asked.staff)
    found = by_bits(rota)
    if found != by_loop(rota):
        print("The two ways do not find the same slots.", file=sys.stderr)
        return 1
    print(f"{asked.staff} staff, {len(rota.busy)} busy spans, {TERMS.window_days} days: {len(found)} slots")
    pairs = [(timed(by_bits, rota), timed(by_loop, rota)) for _ in range(asked.rounds)]
    bits, loop = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"median of {asked.rounds}: bit sets {bits:.1f} ms, loop over datetimes {loop:.1f} ms, {loop / bits:.1f} times"
    )
    return 0 if bits < LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
