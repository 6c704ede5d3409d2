"""The weekends on which the clocks change: what is offered, booked, moved and recalled is right on the wall clock.

In 2026 they go on at 1 on 29 March and back at 2 on 25 October; in 2027 on at 1 on 28 March.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store import chats
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Occupied, RotaPattern, StaffMember, Visit
from bot.visits import booking, diary
from bot.visits.booking import Names, Rules
from handlers.turn import Turn
from knowledge.visits.reminders import reminders
from knowledge.visits.slots import Slot, Terms

ZONE = "Europe/London"
LONDON = ZoneInfo(ZONE)
RULES = Rules(visitors=2)
TERMS = Terms(visitors_needed=2, notice=dt.timedelta(), zone=ZONE)
DAY, QUARTER = dt.timedelta(days=1), dt.timedelta(minutes=15)
SPRING, AUTUMN, NEXT_SPRING = dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2027, 3, 28)
"""Each a Sunday."""
sundays = pytest.mark.parametrize("sunday", [SPRING, AUTUMN, NEXT_SPRING], ids=str)
HOURS = (10, 14)
NIGHT = (dt.time(0), dt.time(4))


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """What a clock in London shows, in UTC."""
    return dt.datetime.combine(day, dt.time(hour, minute), LONDON).astimezone(dt.UTC)


def wall(moment: dt.datetime) -> tuple[dt.date, str]:
    """The day and the time on a clock in London."""
    local = moment.astimezone(LONDON)
    return local.date(), f"{local:%H:%M}"


@dataclass(frozen=True)
class Week:
    """A store in the week before the clocks change, and its two visitors."""

    store: Store
    staff: tuple[int, ...]
    numbers: count[int] = field(default_factory=lambda: count(1))

    async def works(self, weekdays: tuple[int, ...], begins: dt.time, ends: dt.time) -> None:
        async with self.store.write() as unit:
            unit.session.add_all(
                RotaPattern(staff_id=who, weekday=weekday, begins=begins, ends=ends)
                for who in self.staff
                for weekday in weekdays
            )

    async def offered(self, day: dt.date) -> dict[str, Slot]:
        """What is offered on a day, by the time on the wall; each time once."""
        async with self.store.read() as unit:
            slots = [slot for slot in await diary.offer(unit, TERMS) if wall(slot.starts)[0] == day]
        times = [wall(slot.starts)[1] for slot in slots]
        assert len(set(times)) == len(times)
        return dict(zip(times, slots, strict=True))

    async def book(self, slot: Slot) -> int:
        number = next(self.numbers)
        async with self.store.write() as unit:
            held = await booking.hold(unit, 1, slot, RULES, Names(f"REF{number}", f"{number}@visits.test"))
        assert held.visit_id is not None
        async with self.store.write() as unit:
            assert (await booking.confirm(unit, held.visit_id, f"home {number}", RULES)) == held
        return held.visit_id

    async def move(self, visit_id: int, slot: Slot) -> None:
        async with self.store.write() as unit:
            assert (await booking.move(unit, visit_id, slot, RULES)).visit_id == visit_id

    async def visit(self, visit_id: int) -> Visit:
        async with self.store.read() as unit:
            found = await unit.session.get(Visit, visit_id)
            assert found is not None
            return found

    async def taken(self) -> list[tuple[int, dt.datetime]]:
        """Whose cells are taken, and when they begin."""
        statement = select(col(Occupied.staff_id), col(Occupied.cell)).order_by(
            col(Occupied.staff_id), col(Occupied.cell)
        )
        async with self.store.read() as unit:
            return [(who, cell) for who, cell in await unit.session.execute(statement)]


def cells_at(week: Week, *starts: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Of each visitor, from a quarter of an hour before each visit to a quarter after it."""
    return [(who, begins + n * QUARTER) for who in week.staff for begins in starts for n in range(-1, 3)]


@pytest.fixture
async def week(database_url: str, sunday: dt.date) -> AsyncIterator[Week]:
    """Two visitors, in the week before a Sunday; nobody works yet."""
    clock = FixedClock(at(sunday - 4 * DAY, 9))
    store = Store(database_url, throwaway_vault(), clock)
    async with store.write() as unit:
        numbers = await _people(unit)
    yield Week(store, numbers)
    await store.close()


async def _people(unit: Unit) -> tuple[int, ...]:
    staff = [StaffMember(role="officer", created_at=unit.now) for _ in range(2)]
    unit.session.add_all(staff)
    await unit.session.flush()
    await chats.lock(unit, Turn(channel="web", bot="", key="1", chat="1", at=unit.now, text="visit"))
    return tuple(member.id for member in staff)


@pytest.fixture
async def weekend(week: Week) -> Week:
    """They work from 9 to 5 on the Saturday, Sunday and Monday."""
    await week.works((5, 6, 0), dt.time(9), dt.time(17))
    return week


HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 30)]

IN_UTC = {
    SPRING: {-1: ("10:00", "14:00"), 0: ("09:00", "13:00"), 1: ("09:00", "13:00")},
    AUTUMN: {-1: ("09:00", "13:00"), 0: ("10:00", "14:00"), 1: ("10:00", "14:00")},
    NEXT_SPRING: {-1: ("10:00", "14:00"), 0: ("09:00", "13:00"), 1: ("09:00", "13:00")},
}
"""When ten and two are, on the Saturday, Sunday and Monday, told by hand."""


@sundays
async def test_nine_to_five_is_nine_to_five_on_each_of_the_three_days(weekend: Week, sunday: dt.date) -> None:
    for days, in_utc in IN_UTC[sunday].items():
        offered = await weekend.offered(sunday + days * DAY)

        assert list(offered) == HALF_HOURS
        assert tuple(f"{offered[time].starts:%H:%M}" for time in ("10:00", "14:00")) == in_utc


@sundays
async def test_a_booked_visit_keeps_its_time_on_the_wall(weekend: Week, sunday: dt.date) -> None:
    for hour in HOURS:
        slot = (await weekend.offered(sunday))[f"{hour}:00"]
        visit = await weekend.visit(await weekend.book(slot))
        assert (wall(visit.starts), wall(visit.ends)) == ((sunday, f"{hour}:00"), (sunday, f"{hour}:30"))

    assert await weekend.taken() == cells_at(weekend, *(at(sunday, hour) for hour in HOURS))
    gone = {"09:30", "10:00", "10:30", "13:30", "14:00", "14:30"}
    assert list(await weekend.offered(sunday)) == [time for time in HALF_HOURS if time not in gone]


@sundays
async def test_a_visit_that_is_moved_across_the_change_has_its_cells_there(weekend: Week, sunday: dt.date) -> None:
    visit_id = await weekend.book((await weekend.offered(sunday - DAY))["10:00"])
    for day, hour in ((sunday, 10), (sunday + DAY, 14), (sunday - DAY, 14)):
        await weekend.move(visit_id, (await weekend.offered(day))[f"{hour}:00"])

        assert wall((await weekend.visit(visit_id)).starts) == (day, f"{hour}:00")
        assert await weekend.taken() == cells_at(weekend, at(day, hour))


@sundays
@pytest.mark.parametrize("hour", HOURS, ids=["morning", "afternoon"])
@pytest.mark.parametrize("days", [0, 1, 6], ids=["sunday", "monday", "saturday after"])
def test_reminders_come_at_the_hour_of_the_visit(sunday: dt.date, hour: int, days: int) -> None:
    """A week before the Sunday or the Monday, the clocks showed another hour at that moment of the day."""
    day = sunday + days * DAY
    told = reminders(at(day, hour), at(day - 30 * DAY, hour), ZONE)

    assert [wall(one.at) for one in told] == [(day - 7 * DAY, f"{hour}:00"), (day - DAY, f"{hour}:00")]


@pytest.mark.parametrize("sunday", [SPRING, NEXT_SPRING], ids=str)
async def test_half_past_one_is_not_offered_where_the_clocks_leave_it_out(week: Week, sunday: dt.date) -> None:
    await week.works((6,), *NIGHT)
    offered = await week.offered(sunday)

    assert list(offered) == ["00:00", "00:30", "02:00", "02:30", "03:00", "03:30"]
    starts = [slot.starts for slot in offered.values()]
    assert {after - before for before, after in pairwise(starts)} == {2 * QUARTER}


@pytest.mark.parametrize("sunday", [AUTUMN], ids=str)
async def test_half_past_one_is_offered_once_where_the_clocks_show_it_twice(week: Week, sunday: dt.date) -> None:
    """The first of the two, and its visit takes half an hour: it ends when the clocks show one again."""
    await week.works((6,), *NIGHT)
    offered = await week.offered(sunday)
    assert list(offered) == ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    slot = offered["01:30"]
    assert slot.starts == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)

    visit = await week.visit(await week.book(slot))
    assert (wall(visit.starts)[1], wall(visit.ends)[1]) == ("01:30", "01:00")
    assert await week.taken() == cells_at(week, slot.starts)
    assert list(await week.offered(sunday)) == ["00:00", "00:30", "02:00", "02:30", "03:00", "03:30"]
