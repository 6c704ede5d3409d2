"""Holding, booking, moving and cancelling a visit: on SQLite and on PostgreSQL, alone and in a crowd."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from itertools import count

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store import chats
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Absence, Occupied, StaffMember, Visit
from bot.visits import booking, cells
from bot.visits.booking import Claim, Names, Rules
from handlers.turn import Turn
from knowledge.visits.slots import Slot, cells_of

RULES = Rules(visitors=2)
TEN = dt.datetime(2026, 11, 30, 10, 0, tzinfo=dt.UTC)
HALF_HOUR, QUARTER = dt.timedelta(minutes=30), dt.timedelta(minutes=15)
CELLS = 2 * 4
"""Two visitors; a quarter on the road, the visit's two, and a quarter back."""
CROWD = 24


class Diary:
    """One store, its staff, and names that count up."""

    def __init__(self, store: Store, staff: tuple[int, ...]) -> None:
        self.store = store
        self.staff = staff
        self._numbers = count(1)

    def names(self) -> Names:
        number = next(self._numbers)
        return Names(f"REF{number}", f"{number}@visits.test")

    def slot(self, starts: dt.datetime = TEN) -> Slot:
        return Slot(starts, starts + HALF_HOUR, self.staff)

    async def hold(self, chat: int, starts: dt.datetime = TEN) -> Claim:
        async with self.store.write() as unit:
            return await booking.hold(unit, chat, self.slot(starts), RULES, self.names())

    async def book(self, chat: int, starts: dt.datetime = TEN, household: str | None = None) -> Claim:
        held = await self.hold(chat, starts)
        return held if held.visit_id is None else await self.confirm(held.visit_id, household)

    async def confirm(self, visit_id: int, household: str | None = None) -> Claim:
        async with self.store.write() as unit:
            return await booking.confirm(unit, visit_id, household, RULES)

    async def visit(self, visit_id: int) -> Visit:
        async with self.store.read() as unit:
            found = await unit.session.get(Visit, visit_id)
            assert found is not None
            return found

    async def taken(self) -> int:
        async with self.store.read() as unit:
            return int((await unit.session.execute(select(func.count()).select_from(Occupied))).scalar_one())


@pytest.fixture
async def diary(database_url: str, clock: FixedClock) -> AsyncIterator[Diary]:
    """Two visitors who are always together, and a crowd of chats."""
    store = Store(database_url, throwaway_vault(), clock)
    async with store.write() as unit:
        staff = [StaffMember(role="officer", created_at=clock.now()) for _ in range(2)]
        unit.session.add_all(staff)
        for number in range(1, CROWD + 1):
            await chats.lock(unit, Turn(channel="web", bot="", key="1", chat=str(number), at=clock.now(), text="visit"))
        await unit.session.flush()
        numbers = tuple(member.id for member in staff)
    yield Diary(store, numbers)
    await store.close()


async def test_a_held_time_becomes_a_visit_of_two_people(diary: Diary) -> None:
    booked = await diary.book(1)

    assert booked.visit_id is not None
    visit = await diary.visit(booked.visit_id)
    assert (visit.state, visit.starts, visit.sequence) == ("booked", TEN, 0)
    assert await diary.taken() == CELLS


async def test_a_time_that_somebody_holds_is_taken(diary: Diary) -> None:
    assert (await diary.hold(1)).visit_id is not None
    assert (await diary.hold(2)).why == "taken"


async def test_visits_need_time_on_the_road_between_them(diary: Diary) -> None:
    await diary.book(1)

    assert (await diary.hold(2, TEN + HALF_HOUR)).why == "taken"
    assert (await diary.hold(2, TEN + 4 * QUARTER)).visit_id is not None


async def test_a_hold_that_ran_out_may_be_taken_over_and_its_owner_is_told(diary: Diary, clock: FixedClock) -> None:
    first = await diary.hold(1)
    clock.move(minutes=11)
    second = await diary.hold(2)

    assert first.visit_id is not None
    assert second.visit_id is not None
    assert (await diary.confirm(first.visit_id)).why == "hold-over"
    assert (await diary.confirm(second.visit_id)).visit_id == second.visit_id


async def test_a_hold_that_ran_out_is_still_theirs_while_nobody_wanted_it(diary: Diary, clock: FixedClock) -> None:
    held = await diary.hold(1)
    clock.move(minutes=30)

    assert held.visit_id is not None
    assert (await diary.confirm(held.visit_id)).visit_id == held.visit_id


async def test_another_time_gives_the_first_one_back(diary: Diary) -> None:
    await diary.hold(1)
    await diary.hold(1, TEN + dt.timedelta(hours=2))

    assert await diary.taken() == CELLS
    assert (await diary.hold(2)).visit_id is not None


async def test_confirming_twice_is_one_visit(diary: Diary) -> None:
    held = await diary.hold(1)
    assert held.visit_id is not None
    first, again = await diary.confirm(held.visit_id), await diary.confirm(held.visit_id)

    assert first == again == Claim(held.visit_id)
    assert await diary.taken() == CELLS


async def test_a_household_has_one_visit_at_a_time(diary: Diary) -> None:
    await diary.book(1, household="home")
    second = await diary.book(2, TEN + dt.timedelta(days=1), household="home")

    assert second.why == "household-has-one"
    assert await diary.taken() == CELLS


async def test_moving_keeps_the_old_time_unless_the_new_one_was_got(diary: Diary) -> None:
    mine, theirs = await diary.book(1), await diary.book(2, TEN + dt.timedelta(hours=3))
    assert mine.visit_id is not None
    assert theirs.visit_id is not None
    async with diary.store.write() as unit:
        refused = await booking.move(unit, mine.visit_id, diary.slot(TEN + dt.timedelta(hours=3)), RULES)
    async with diary.store.write() as unit:
        moved = await booking.move(unit, mine.visit_id, diary.slot(TEN + QUARTER), RULES)

    assert refused.why == "taken"
    assert moved.visit_id == mine.visit_id
    visit = await diary.visit(mine.visit_id)
    assert (visit.starts, visit.moves, visit.sequence) == (TEN + QUARTER, 1, 1)
    assert await diary.taken() == 2 * CELLS


async def test_after_three_moves_a_person_helps(diary: Diary) -> None:
    booked = await diary.book(1)
    assert booked.visit_id is not None
    for hours in range(1, 5):
        async with diary.store.write() as unit:
            last = await booking.move(unit, booked.visit_id, diary.slot(TEN + hours * dt.timedelta(hours=1)), RULES)
    async with diary.store.write() as unit:
        by_staff = await booking.move(unit, booked.visit_id, diary.slot(TEN), RULES, by_staff=True)

    assert last.why == "moved-too-often"
    assert by_staff.visit_id == booked.visit_id


async def test_cancelled_is_said_only_when_something_was_cancelled(diary: Diary) -> None:
    booked = await diary.book(1)
    assert booked.visit_id is not None
    said = []
    for _ in range(2):
        async with diary.store.write() as unit:
            said.append(await booking.cancel(unit, booked.visit_id))

    assert said == [True, False]
    assert await diary.taken() == 0
    assert (await diary.visit(booked.visit_id)).sequence == 1


async def test_holds_that_ran_out_give_their_time_back(diary: Diary, clock: FixedClock) -> None:
    await diary.hold(1)
    clock.move(minutes=11)
    async with diary.store.write() as unit:
        ended = await booking.expire_holds(unit)

    assert ended == 1
    assert await diary.taken() == 0


async def test_an_absence_never_evicts_and_names_the_visits_in_its_way(diary: Diary, clock: FixedClock) -> None:
    booked = await diary.book(1)
    async with diary.store.write() as unit:
        conflicts = await _absent(unit, diary.staff[0])

    assert conflicts == [booked.visit_id]
    assert booked.visit_id is not None
    assert (await diary.visit(booked.visit_id)).state == "booked"
    assert (await diary.hold(2, TEN + dt.timedelta(hours=2))).why == "taken"


async def test_a_visit_that_ends_gives_its_time_to_the_absence_it_stood_in(diary: Diary) -> None:
    booked = await diary.book(1)
    assert booked.visit_id is not None
    async with diary.store.write() as unit:
        await _absent(unit, diary.staff[0])
    async with diary.store.write() as unit:
        assert await booking.cancel(unit, booked.visit_id)

    assert (await diary.hold(2, TEN + HALF_HOUR)).why == "taken"


async def test_a_hold_that_runs_out_in_an_absence_is_not_for_the_next_one(diary: Diary, clock: FixedClock) -> None:
    await diary.hold(1)
    async with diary.store.write() as unit:
        await _absent(unit, diary.staff[0])
    clock.move(minutes=11)

    assert (await diary.hold(2)).why == "taken"


async def test_a_time_that_was_refused_leaves_no_visit_behind(diary: Diary) -> None:
    await diary.book(1)
    await diary.hold(2)

    async with diary.store.read() as unit:
        assert (await unit.session.execute(select(func.count()).select_from(Visit))).scalar_one() == 1


async def test_a_visit_may_be_booked_for_somebody_without_a_chat(diary: Diary) -> None:
    """Two of them: neither takes the place of the other."""
    claims = []
    for starts in (TEN, TEN + dt.timedelta(hours=1)):
        async with diary.store.write() as unit:
            claims.append(await booking.hold(unit, None, diary.slot(starts), RULES, diary.names()))

    assert len({claim.visit_id for claim in claims} - {None}) == 2
    assert await diary.taken() == 2 * CELLS


async def test_a_hold_that_was_ended_meanwhile_begins_anew(diary: Diary, clock: FixedClock) -> None:
    first = await diary.hold(1)
    clock.move(minutes=11)
    again = await diary.hold(1)
    assert again.visit_id is not None
    assert (await diary.visit(again.visit_id)).state == "held"
    assert first.visit_id == again.visit_id


async def _absent(unit: Unit, visitor: int) -> list[int]:
    absence = Absence(staff_id=visitor, starts=TEN, ends=TEN + dt.timedelta(hours=4))
    unit.session.add(absence)
    await unit.session.flush()
    return list(await cells.block(unit, visitor, cells_of(absence.starts, absence.ends, dt.timedelta()), absence.id))


async def test_a_crowd_that_wants_the_same_few_times_books_each_once(diary: Diary) -> None:
    """Six for each of four times, all at once."""
    wanted = [TEN + number * dt.timedelta(hours=1) for number in range(4)]
    claims = await asyncio.gather(*(diary.book(1 + n, wanted[n % len(wanted)]) for n in range(CROWD)))

    booked = [claim.visit_id for claim in claims if claim.visit_id]
    assert len(booked) == len(wanted)
    assert await diary.taken() == CELLS * len(booked)
    async with diary.store.read() as unit:
        statement = select(col(Occupied.visit_id), func.count()).group_by(col(Occupied.visit_id))
        assert {each for _, each in (await unit.session.execute(statement)).all()} == {CELLS}
