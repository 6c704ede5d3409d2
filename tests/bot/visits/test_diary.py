"""What may be offered follows from rota, absences, closed days, visits and holds: on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from bot.store import chats
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Absence, ClosedDay, RotaPattern, StaffMember
from bot.visits import booking, cells, diary
from bot.visits.booking import Names
from handlers.turn import Turn
from knowledge.visits.questions import read_visits
from knowledge.visits.slots import Slot, cells_of
from tests.house import BRAUNSTONE

VISITS = read_visits(BRAUNSTONE)
RULES, TERMS = diary.rules_of(VISITS), diary.terms_of(VISITS, "Europe/London")
MONDAY = dt.date(2026, 11, 30)


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    """Two officers who work on Mondays from 9 to 12, and one who has left."""
    made = Store(database_url, throwaway_vault(), clock)
    async with made.write() as unit:
        staff = [StaffMember(role="officer", created_at=clock.now()) for _ in range(3)]
        staff[2].left_at = clock.now()
        unit.session.add_all(staff)
        await unit.session.flush()
        nine, noon = dt.time(9), dt.time(12)
        unit.session.add_all(
            RotaPattern(staff_id=each.id, weekday=0, begins=nine, ends=noon, last=MONDAY) for each in staff
        )
        await chats.lock(unit, Turn(channel="web", bot="", key="1", chat="1", at=clock.now(), text="visit"))
    yield made
    await made.close()


async def offered(store: Store, *, by_staff: bool = False) -> list[Slot]:
    async with store.read() as unit:
        return list(await diary.offer(unit, TERMS, by_staff=by_staff))


def times(slots: list[Slot]) -> list[str]:
    return [f"{slot.starts:%H:%M}" for slot in slots]


async def test_a_morning_of_two_officers(store: Store) -> None:
    slots = await offered(store)

    assert times(slots) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert {len(slot.visitors) for slot in slots} == {2}


async def test_what_is_held_is_not_offered_and_comes_back(store: Store, clock: FixedClock) -> None:
    ten = (await offered(store))[2]
    async with store.write() as unit:
        await booking.hold(unit, 1, ten, RULES, Names("K7M", "1@visits.test"))

    assert times(await offered(store)) == ["09:00", "11:00", "11:30"]
    clock.move(minutes=11)
    assert len(await offered(store)) == 6


async def test_a_pair_needs_both(store: Store) -> None:
    async with store.write() as unit:
        starts = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
        absence = Absence(staff_id=1, starts=starts, ends=starts + dt.timedelta(hours=2))
        unit.session.add(absence)
        await unit.session.flush()
        await cells.block(unit, 1, cells_of(absence.starts, absence.ends, dt.timedelta()), absence.id)

    assert times(await offered(store)) == ["11:30"]


async def test_a_closed_day_has_no_times(store: Store) -> None:
    async with store.write() as unit:
        unit.session.add(ClosedDay(day=MONDAY, why="training"))

    assert await offered(store) == []


async def test_notice_binds_residents_and_not_staff(store: Store, clock: FixedClock) -> None:
    clock.move(days=4)

    assert await offered(store) == []
    assert len(await offered(store, by_staff=True)) == 6
