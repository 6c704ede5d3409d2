"""Working hours, absences, closed days: what they cut off stays and is named; and a rota from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, RotaPattern
from bot.visits import booking, rota, rota_file, team
from bot.visits.rota import Away, Fault, Hours, Pattern
from bot.visits.rota_file import Plan
from knowledge.visits.slots import Slot
from tests.bot.visits.estate import ELEVEN, HALF_HOUR, MONDAY, NINE, TEN, Estate, estate

ZONE = "Europe/London"
MORNING = Hours(1, dt.time(9), dt.time(12))
HEAD = "name,role,weekday,begins,ends,first,last\n"


@pytest.fixture
async def place(database_url: str, clock: FixedClock) -> AsyncIterator[Estate]:
    async with estate(database_url, clock) as built:
        yield built


async def away(place: Estate, starts: dt.datetime, ends: dt.datetime, who: int = 0) -> Away:
    async with place.store.write() as unit:
        made = await rota.be_away(unit, place.staff[who], starts, ends, "training")
    assert isinstance(made, Away)
    return made


async def free(place: Estate) -> list[dt.datetime]:
    async with place.desk(4) as desk:
        return [slot.starts for slot in await desk.free() if slot.starts.date() == MONDAY]


async def test_hours_that_are_added_can_be_booked_once_two_work_them(place: Estate) -> None:
    tuesday = TEN + dt.timedelta(days=1)
    for number, staff in enumerate(place.staff):
        async with place.store.write() as unit:
            made = await rota.add(unit, staff, MORNING)
        assert isinstance(made, Pattern)
        async with place.desk(1) as desk:
            assert (tuesday in [slot.starts for slot in await desk.free()]) == (number == 1)


@pytest.mark.parametrize(
    ("hours", "fault"),
    [
        (Hours(0, dt.time(12), dt.time(9)), "ends-first"),
        (Hours(0, dt.time(9), dt.time(9)), "ends-first"),
        (Hours(0, dt.time(9), dt.time(12), MONDAY, MONDAY - dt.timedelta(days=1)), "last-first"),
        (Hours(0, dt.time(9), dt.time(12), MONDAY, MONDAY), None),
    ],
)
async def test_hours_that_nobody_can_work_are_refused(place: Estate, hours: Hours, fault: Fault | None) -> None:
    async with place.store.write() as unit:
        made = await rota.add(unit, place.staff[0], hours)

    assert made == fault if fault else isinstance(made, Pattern)
    assert await place.count(RotaPattern) == 2 + (fault is None)


async def test_nobody_and_editors_have_no_hours(place: Estate) -> None:
    async with place.store.write() as unit:
        editor = await team.add(unit, "Bea Invented", "editor")
        assert await rota.add(unit, 999, MORNING) == "nobody"
        assert await rota.add(unit, editor, MORNING) == "no-visits"
        assert await rota.be_away(unit, 999, NINE, TEN) == "nobody"


async def test_an_absence_takes_the_times_and_names_the_visits_in_its_way(place: Estate) -> None:
    booked = await place.book(1, TEN)
    made = await away(place, NINE, NINE + dt.timedelta(hours=3))

    assert [(one.reference, one.state) for one in made.conflicts] == [(booked.reference, "booked")]
    assert (await place.visit(booked.id)).state == "booked"
    assert await free(place) == []


async def test_a_time_that_somebody_is_just_booking_is_named_too(place: Estate) -> None:
    await place.hold(1, TEN)
    made = await away(place, NINE, ELEVEN)

    assert [one.state for one in made.conflicts] == ["held"]


async def test_a_visit_that_is_over_is_in_nobodys_way(place: Estate, clock: FixedClock) -> None:
    await place.book(1, TEN)
    clock.move(days=6)
    made = await away(place, NINE, NINE + dt.timedelta(days=14))

    assert made.conflicts == ()


@pytest.mark.parametrize(
    ("ends", "fault"), [(NINE, "ends-first"), (NINE - HALF_HOUR, "ends-first"), (NINE + dt.timedelta(400), "too-long")]
)
async def test_an_absence_has_an_end_that_can_be(place: Estate, ends: dt.datetime, fault: Fault) -> None:
    async with place.store.write() as unit:
        assert await rota.be_away(unit, place.staff[0], NINE, ends) == fault


async def test_a_fortnight_away_is_more_than_one_statement_holds_and_fits(place: Estate) -> None:
    made = await away(place, NINE, NINE + dt.timedelta(days=14))

    assert await place.count(Occupied) == 14 * 96 > rota.CELLS_AT_ONCE
    async with place.store.write() as unit:
        assert await rota.come_back(unit, made.id)
    assert await place.count(Occupied) == 0


async def test_of_two_absences_at_once_the_second_holds_when_the_first_goes(place: Estate) -> None:
    first = await away(place, NINE, ELEVEN)
    second = await away(place, TEN, ELEVEN + HALF_HOUR)
    async with place.store.read() as unit:
        assert [one.id for one in await rota.absences(unit)] == [first.id, second.id]
    async with place.store.write() as unit:
        assert await rota.come_back(unit, first.id)
        assert not await rota.come_back(unit, first.id)

    assert await free(place) == [NINE]
    async with place.store.read() as unit:
        owners = set((await unit.session.execute(select(col(Occupied.absence_id)))).scalars())
    assert owners == {second.id}


async def test_hours_that_go_leave_the_visits_in_them_and_name_them(place: Estate) -> None:
    booked = await place.book(1, TEN)
    async with place.store.write() as unit:
        pattern = next(one for one in await rota.patterns(unit) if one.staff_id == place.staff[0])
        assert await rota.outside(unit, place.staff[0], ZONE) == ()
        assert await rota.remove(unit, pattern.id) == pattern
        assert await rota.remove(unit, pattern.id) is None
        left = await rota.outside(unit, place.staff[0], ZONE)

    assert [one.visit_id for one in left] == [booked.id]
    assert (await place.visit(booked.id)).state == "booked"


async def test_a_closed_day_takes_no_more_visits_and_opens_again(place: Estate) -> None:
    booked = await place.book(1, TEN)
    async with place.store.write() as unit:
        named = await rota.close_day(unit, MONDAY, ZONE, "flood")
        again = await rota.close_day(unit, MONDAY, ZONE, "storm")
        elsewhere = await rota.close_day(unit, MONDAY + dt.timedelta(days=1), ZONE)

    assert [one.visit_id for one in named] == [booked.id]
    assert (again, elsewhere) == (named, ())
    assert await free(place) == []
    async with place.store.write() as unit:
        assert await rota.open_day(unit, MONDAY)
        assert not await rota.open_day(unit, MONDAY)
    assert await free(place) != []


async def test_a_day_is_the_local_one_when_clocks_change(place: Estate, clock: FixedClock) -> None:
    """On 28 March 2027 London's day begins at 0:00 UTC and ends at 23:00 UTC."""
    async with place.store.write() as unit:
        for hour, day in ((22, 28), (23, 28)):
            starts = dt.datetime(2027, 3, day, hour, 15, tzinfo=dt.UTC)
            slot = Slot(starts, starts + HALF_HOUR, place.staff)
            names = booking.Names(f"REF{hour}", f"{hour}@visits.test")
            assert (await booking.hold(unit, hour - 20, slot, booking.Rules(), names)).visit_id
        named = await rota.close_day(unit, dt.date(2027, 3, 28), ZONE)

    assert [one.reference for one in named] == ["REF22"]


async def planned(unit: Unit, text: str) -> Plan:
    found = rota_file.read(HEAD + text)
    assert found.faults == ()
    return await rota_file.plan(unit, found.rows)


FILE = (
    "Sam Underhill,officer,tue,09:00,12:00,,\n"
    "sam  underhill,officer,Tuesday,9:00,12:00,,\n"
    "Sam Underhill,officer,mon,09:00,12:00,,\n"
    "Robin Made-Up,coordinator,fri,13:00,17:30,2026-12-01,2026-12-31\n"
    "Robin Made-Up,coordinator,sat,13:00,17:30,,\n"
)


async def test_a_rota_from_a_file_adds_what_is_new_and_a_second_time_nothing(place: Estate) -> None:
    async with place.store.write() as unit:
        first = await planned(unit, FILE)
        await rota_file.apply(unit, first)
    async with place.store.write() as unit:
        second = await planned(unit, FILE)
        await rota_file.apply(unit, second)
        everybody = {one.name: one for one in await team.everybody(unit)}
        hours = [one.hours for one in await rota.patterns(unit) if one.staff_id == everybody["Robin Made-Up"].id]

    assert (first.new, len(first.hours), first.there) == ((("Robin Made-Up", "coordinator"),), 3, 2)
    assert (second.new, second.hours, second.there) == ((), (), 5)
    assert hours == [
        Hours(4, dt.time(13), dt.time(17, 30), dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
        Hours(5, dt.time(13), dt.time(17, 30)),
    ]
    assert await place.count(RotaPattern) == 5


async def test_a_name_that_two_have_or_another_role_is_a_fault(place: Estate) -> None:
    async with place.store.write() as unit:
        await team.add(unit, "Sam Underhill", "officer")
        found = await planned(unit, "Sam Underhill,officer,tue,09:00,12:00,,\nAlex Brandybuck,admin,tue,9:00,12:00,,\n")

    assert len(found.faults) == 2
    assert found.faults[0].startswith("Row 2: Sam Underhill is the name of numbers ")
    assert found.faults[1] == "Row 3: Alex Brandybuck is officer in the team, not admin."
    assert found.hours == ()


def test_every_fault_of_a_file_is_told_with_its_row() -> None:
    found = rota_file.read(
        HEAD + "Sam,officer,someday,09:00,12:00,,\n"
        "Sam,officer,mon,nine,12:00,,\n"
        "Sam,officer,mon,12:00,09:00,,\n"
        ",officer,mon,09:00,12:00,,\n"
        "Sam,editor,mon,09:00,12:00,,\n"
        "Sam,officer,mon,09:00,12:00,2026-13-01,\n"
        "Sam,officer,mon,09:00,12:00,2026-12-02,2026-12-01\n"
        "Sam,officer,mon\n"
        "Sam,officer,mon,09:00,12:00,,\n"
        "sam,admin,mon,09:00,12:00,,\n"
    )

    assert found.rows == ()
    assert found.faults == (
        "Row 2: someday is not a weekday: write mon, tue, wed, thu, fri, sat or sun.",
        "Row 3: nine is not a time: write it like 09:30.",
        "Row 4: the hours end before they begin.",
        "Row 5: name is empty.",
        "Row 6: editor is not a role that goes to visits: write officer, coordinator, admin.",
        "Row 7: 2026-13-01 is not a date: write it like 2026-12-01.",
        "Row 8: last is before first.",
        "Row 9: begins is empty.",
        "Row 11: sam has another role in a row above.",
    )


def test_a_file_without_its_columns_is_told_once() -> None:
    for text in ("", "name;role\n", "name,role,weekday,begins,ends,first\n"):
        assert len(rota_file.read(text).faults) == 1


@given(st.text())
def test_any_text_is_read_or_told_and_never_breaks(text: str) -> None:
    found = rota_file.read(HEAD + text)

    assert not (found.rows and found.faults)


@given(st.integers(0, 6), st.times(), st.times())
def test_hours_hold_what_lies_within_them_on_their_day(weekday: int, one: dt.time, other: dt.time) -> None:
    begins, ends = sorted((one, other))
    day = dt.datetime.combine(MONDAY, dt.time(10))
    hours = Hours(weekday, begins, ends)

    expected = weekday == 0 and begins <= dt.time(10) and dt.time(10, 30) <= ends
    assert hours.holds(day, day + HALF_HOUR) == expected
