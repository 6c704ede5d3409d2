"""Times that may be offered for a home visit, and the cells that one would occupy.

Working hours are rules of the wall clock. They become numbered cells of UTC before anything is compared. A visitor is
then one whole number whose bit n stands for cell n: "free for so many cells in a row" is a few shifts and ands.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce
from itertools import chain, islice, pairwise, zip_longest
from operator import or_
from zoneinfo import ZoneInfo

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
CELL = 15 * MINUTE
DAY = dt.timedelta(days=1)
DAY_MINUTES = 24 * 60
NOON = dt.time(12)
STAFF_DAYS = 366
"""Days that staff may look ahead: no rule binds them, but a search must end."""

Bits = int
Dial = Sequence[int]
"""The cells at which a day's wall clock shows 00:00, a cell's length later, and so on to the next midnight."""
Visits = Counter[tuple[int, int]]
"""How many spans of a visitor start in a week of the grid; its weeks count from 1."""
Closed = AbstractSet[dt.date]
"""Local dates without visits: blocked days and bank holidays."""
Wish = Callable[[dt.datetime], bool]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Weekly working hours on the wall clock, to the minute; Monday is 0. `first` and `last` are days of work too."""

    visitor: int
    weekday: int
    begins: dt.time
    ends: dt.time
    first: dt.date | None = None
    last: dt.date | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for hours that end before they begin, or cross midnight."""
        if self.ends <= self.begins:
            raise ValueError(f"work that begins at {self.begins} cannot end at {self.ends} on the same day")

    def holds(self, day: dt.date) -> bool:
        """Is `day`, of the right weekday, within its dates?"""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Busy:
    """When a visitor cannot come, in UTC: a visit with its buffers, a hold, an absence, all alike."""

    visitor: int
    starts: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """How long visits take and when they may begin: every `step_minutes` of the wall clock, counted from midnight.

    `notice` runs from now, `window_days` are local days after today; both bind residents only.
    """

    minutes: int = 30
    buffer_minutes: int = 15
    cell_minutes: int = 15
    step_minutes: int = 30
    notice: dt.timedelta = DAY
    window_days: int = 42
    visitors_needed: int = 1
    zone: str = "Europe/London"

    def __post_init__(self) -> None:
        """Raises ValueError where starts would fall between cells: all zones are whole quarters of an hour from UTC."""
        if 15 % self.cell_minutes or self.step_minutes % self.cell_minutes:
            raise ValueError("cells must divide a quarter of an hour, and steps must be whole cells")

    @property
    def cells_before(self) -> int:
        """Cells of the buffer before a visit."""
        return -(-self.buffer_minutes // self.cell_minutes)

    @property
    def cells_after(self) -> int:
        """Cells from the start of a visit to the end of the buffer after it."""
        return -(-(self.minutes + self.buffer_minutes) // self.cell_minutes)


@dataclass(frozen=True, slots=True)
class Slot:
    """A visit that could be, in UTC, and all who could come: fewest spans of `Busy` that week first, then by id."""

    starts: dt.datetime
    ends: dt.datetime
    visitors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Whole weeks of cells, numbered from `origin`, which is itself a number of cells since 1970."""

    terms: Terms
    origin: int
    dials: Mapping[dt.date, Dial]
    weeks: tuple[int, ...]
    """The first cell of every Monday, that after the last week included."""

    def moment(self, cell: int) -> dt.datetime:
        """When a cell begins, in UTC."""
        return EPOCH + (self.origin + cell) * self.terms.cell_minutes * MINUTE


def free_slots(
    patterns: Iterable[Pattern],
    busy: Iterable[Busy],
    closed: Closed,
    terms: Terms,
    now: dt.datetime,
    *,
    for_staff: bool = False,
    until: dt.date | None = None,
) -> tuple[Slot, ...]:
    """Every slot not in the past, in order of time, on local dates up to `until` at most.

    Raises TypeError for a time without a zone, ZoneInfoNotFoundError for terms in an unknown one.
    """
    earliest = now - EPOCH + (dt.timedelta() if for_staff else terms.notice)
    today = now.astimezone(ZoneInfo(terms.zone)).date()
    last = min(until or dt.date.max, today + DAY * (STAFF_DAYS if for_staff else terms.window_days))
    if last < today:
        return ()
    grid = grid_of(today, last, terms)
    days = [day for day in grid.dials if today <= day <= last and day not in closed]
    starts = starts_on(days, grid) & -1 << -(-earliest // (terms.cell_minutes * MINUTE)) - grid.origin
    taken, visits = diaries(busy, grid)
    fits = {
        who: begins & starts & room(taken.get(who, 0), terms) for who, begins in working(patterns, days, grid).items()
    }
    return tuple(slots_of(fits, visits, grid))


def cells_of(
    starts: dt.datetime, ends: dt.datetime, buffer: dt.timedelta, cell: dt.timedelta = CELL
) -> tuple[dt.datetime, ...]:
    """The starts, in UTC, of the cells a visit occupies, `buffer` before and after it included."""
    begin, end = (starts - buffer - EPOCH) // cell, -((EPOCH - ends - buffer) // cell)
    return tuple(EPOCH + number * cell for number in range(begin, end))


def spread(
    slots: Iterable[Slot], wishes: Wish | None, how_many: int = 6, zone: str = "Europe/London"
) -> tuple[Slot, ...]:
    """A few slots for buttons, in order of time: of every morning and afternoon the first, then of each the second.

    `wishes` is asked about the local start. Of three or more, two are on different days wherever that can be.
    """
    shelves: defaultdict[tuple[dt.date, bool], list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: slot.starts):
        local = slot.starts.astimezone(ZoneInfo(zone))
        if wishes is None or wishes(local):
            shelves[local.date(), local.time() >= NOON].append(slot)
    rounds = chain.from_iterable(zip_longest(*shelves.values()))
    chosen = islice((slot for slot in rounds if slot), how_many)
    return tuple(sorted(chosen, key=lambda slot: slot.starts))


def later(slots: Iterable[Slot], after: dt.datetime) -> tuple[Slot, ...]:
    """The slots that start after the last one shown, for "later dates"."""
    return tuple(slot for slot in slots if slot.starts > after)


def instant(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """When a local clock first shows `time` on `day`, in UTC; the jump itself where spring leaves that time out."""
    wanted = dt.datetime.combine(day, time)
    moment = min(wanted.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    while moment.astimezone(zone).replace(tzinfo=None) < wanted:
        moment += MINUTE
    return moment


def grid_of(first: dt.date, last: dt.date, terms: Terms) -> Grid:
    """The grid of the whole weeks that hold two local dates, with room for a buffer before."""
    monday = first - DAY * first.weekday()
    days = [monday + DAY * n for n in range((last - monday).days // 7 * 7 + 8)]
    midnights = [cell_at(day, 0, terms) for day in days]
    origin = midnights[0] - terms.cells_before
    dials = {day: dial_of(day, *ends, terms, origin) for day, ends in zip(days, pairwise(midnights), strict=False)}
    return Grid(terms, origin, dials, tuple(midnight - origin for midnight in midnights[::7]))


def dial_of(day: dt.date, midnight: int, next_midnight: int, terms: Terms, origin: int) -> Dial:
    """A local day's dial, with cells numbered from `origin`. A time that spring leaves out has the cell of the jump."""
    if (next_midnight - midnight) * terms.cell_minutes == DAY_MINUTES:
        return range(midnight - origin, next_midnight - origin + 1)
    cells = [cell_at(day, minutes, terms) for minutes in range(0, DAY_MINUTES, terms.cell_minutes)]
    return [cell - origin for cell in (*cells, next_midnight)]


def cell_at(day: dt.date, minutes: int, terms: Terms) -> int:
    """The cell, numbered since 1970, at which a day's clock first shows so many minutes after midnight."""
    moment = instant(day, dt.time(*divmod(minutes, 60)), ZoneInfo(terms.zone))
    return (moment - EPOCH) // (terms.cell_minutes * MINUTE)


def starts_on(days: Iterable[dt.date], grid: Grid) -> Bits:
    """The cells at which a step of the wall clock begins; no step where spring leaves its time out."""
    every, bits = grid.terms.step_minutes // grid.terms.cell_minutes, 0
    for dial in (grid.dials[day] for day in days):
        for begin, following in zip(dial[::every], dial[1::every], strict=False):
            if begin < following:
                bits |= 1 << begin
    return bits


def working(patterns: Iterable[Pattern], days: Sequence[dt.date], grid: Grid) -> dict[int, Bits]:
    """For each visitor, the cells at which a visit could begin that lies within one of their patterns."""
    alike: defaultdict[tuple[object, ...], list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        alike[pattern.weekday, pattern.begins, pattern.ends, pattern.first, pattern.last].append(pattern)
    result: defaultdict[int, Bits] = defaultdict(int)
    for same in alike.values():
        worked = [day for day in days if day.weekday() == same[0].weekday and same[0].holds(day)]
        bits = reduce(or_, (begins_within(same[0], grid.dials[day], grid.terms) for day in worked), 0)
        for pattern in same:
            result[pattern.visitor] |= bits
    return result


def begins_within(pattern: Pattern, dial: Dial, terms: Terms) -> Bits:
    """The cells of a day at which a visit could begin that lies within a pattern."""
    cell = terms.cell_minutes
    first = dial[-(-minutes_of(pattern.begins) // cell)]
    place, rest = divmod(minutes_of(pattern.ends), cell)
    # Work whose end spring leaves out ends at the jump: no rest then.
    end = dial[place] * cell + min(rest, (dial[place + 1] - dial[place]) * cell)
    return ones(first, (end - terms.minutes) // cell + 1)


def minutes_of(time: dt.time) -> int:
    """Minutes on the wall clock since midnight."""
    return time.hour * 60 + time.minute


def diaries(busy: Iterable[Busy], grid: Grid) -> tuple[Mapping[int, Bits], Visits]:
    """For each visitor, the cells that are not free, those taken in part included; and how many visits a week."""
    cell, zero, end = grid.terms.cell_minutes * 60, grid.moment(0), grid.weeks[-1] + grid.terms.cells_after
    a_day, taken, weeks = DAY_MINUTES * 60 // cell, defaultdict[int, Bits](int), list[tuple[int, int]]()
    for one in busy:
        # In whole numbers: most of the time goes here, and Python is slow to divide by a timedelta.
        since, left = one.starts - zero, zero - one.ends
        begin, after = since.days * a_day + since.seconds // cell, -(left.days * a_day + left.seconds // cell)
        if begin < end and after > 0:
            taken[one.visitor] |= ones(begin if begin > 0 else 0, after if after < end else end)
            weeks.append((one.visitor, bisect_right(grid.weeks, begin)))
    return taken, Counter(weeks)


def room(taken: Bits, terms: Terms) -> Bits:
    """The cells at which a visit could begin so that neither it nor its buffers touch a taken one."""
    return runs(~taken, terms.cells_before + terms.cells_after) << terms.cells_before


def runs(bits: Bits, length: int) -> Bits:
    """The places at which so many ones in a row begin; each shift doubles what is known."""
    known = 1
    while known < length:
        more = min(known, length - known)
        bits &= bits >> more
        known += more
    return bits


def ones(begin: int, end: int) -> Bits:
    """Ones from `begin` up to, but not at, `end`; none where it is not later."""
    return ((1 << end - begin) - 1) << begin if begin < end else 0


def slots_of(fits: Mapping[int, Bits], visits: Visits, grid: Grid) -> Iterator[Slot]:
    """The slots for which enough visitors fit, week by week since fairness is reckoned by the week."""
    for week, (begin, end) in enumerate(pairwise(grid.weeks), 1):
        fairest = [who for _, who in sorted((visits[who, week], who) for who in fits)]
        within = [(who, fits[who] >> begin & ones(0, end - begin)) for who in fairest]
        for place in places(reduce(or_, (bits for _, bits in within), 0)):
            cell = 1 << place
            able = tuple([who for who, bits in within if bits & cell])
            if len(able) >= grid.terms.visitors_needed:
                starts = grid.moment(begin + place)
                yield Slot(starts, starts + grid.terms.minutes * MINUTE, able)


def places(bits: Bits) -> Iterator[int]:
    """The places of the ones, lowest first."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1
