"""What residents may do about visits, each from their own chat: on SQLite and on PostgreSQL, alone and in a crowd."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import event, update
from sqlmodel import col

from bot.clock import FixedClock
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import ClosedDay, Occupied, Resident, StaffMember, Visit, VisitTask, WaitingPlace
from bot.visits.deadlocks import retried
from handlers.ports import Booked, Taken, Visitor
from knowledge.visits import names
from tests.bot.visits.estate import (
    ELEVEN,
    HALF_HOUR,
    MONDAY,
    NINE,
    TEN,
    Estate,
    draft,
    estate,
    library,
    patterns_end,
    visits,
)
from tests.databases import PostgresServer

CROWD = 12


@pytest.fixture
async def place(database_url: str, clock: FixedClock) -> AsyncIterator[Estate]:
    async with estate(database_url, clock, residents=CROWD) as built:
        yield built


async def test_a_time_is_found_held_and_booked_and_the_resident_sees_their_visit(place: Estate) -> None:
    async with place.desk(1) as desk:
        assert await desk.open()
        times = [slot.starts for slot in await desk.free()]
        taken = await desk.hold(times[2])
    assert times[:6] == [NINE + n * HALF_HOUR for n in range(6)]
    assert taken.until == place.clock.now() + dt.timedelta(minutes=10)

    booked = (await place.confirm(1, draft(taken.visit))).visit
    async with place.desk(1) as desk:
        mine = await desk.mine()

    assert mine is not None
    assert mine == booked
    assert (mine.state, mine.starts, mine.ends) == ("booked", TEN, TEN + HALF_HOUR)
    assert (mine.postcode, mine.address, mine.word) == ("LE3 1AB", "12 Marzipan Walk", "cosy kettle")
    assert (mine.moves_left, mine.waiting) == (3, False)
    assert names.parse_reference(mine.reference) == mine.reference
    assert mine.reference in mine.calendar_path
    assert "METHOD:PUBLISH" in mine.calendar


async def test_visitors_are_named_by_first_name_and_only_where_the_name_is_known(place: Estate) -> None:
    assert [visitor.name for visitor in (await place.book(1)).visitors] == ["Sam", "Alex"]
    async with place.store.write() as unit:
        await unit.session.execute(update(StaffMember).where(col(StaffMember.agency) == "fire").values(name=None))
        await unit.session.execute(update(StaffMember).values(agency="", role="coordinator"))
    async with place.desk(1) as desk:
        mine = await desk.mine()

    assert mine is not None
    assert mine.visitors == (Visitor(name="Alex", role="coordinator"),)


async def test_a_second_tap_on_book_is_the_same_visit_and_writes_nothing(place: Estate) -> None:
    held = await place.hold(1)
    first = await place.confirm(1, draft(held))
    before = [await place.count(table) for table in (Resident, Visit, VisitTask, Occupied)]
    again = await place.confirm(1, draft(held, name="Somebody Else"))

    assert again == first
    assert [await place.count(table) for table in (Resident, Visit, VisitTask, Occupied)] == before


async def test_two_devices_that_book_at_once_are_one_visit(place: Estate) -> None:
    held = await place.hold(1)
    both = await asyncio.gather(*(place.confirm(1, draft(held)) for _ in range(2)))

    assert both[0] == both[1]
    assert await place.count(Resident) == 1


async def test_nobody_at_work_is_not_open(place: Estate) -> None:
    async with place.store.write() as unit:
        await unit.session.execute(update(StaffMember).values(left_at=unit.now))
    async with place.desk(1) as desk:
        assert not await desk.open()
        assert not await desk.free()


@pytest.mark.parametrize("starts", [TEN + dt.timedelta(minutes=7), TEN + dt.timedelta(hours=6), TEN.replace(day=25)])
async def test_only_a_time_that_is_offered_can_be_held(place: Estate, starts: dt.datetime) -> None:
    async with place.desk(1) as desk:
        assert await desk.hold(starts) == Taken()
    assert await place.count(Occupied) == 0


async def test_what_somebody_holds_is_not_free_for_others_and_in_nobody_s_own_way(place: Estate) -> None:
    await place.hold(1, TEN)
    async with place.desk(2) as desk:
        assert NINE + HALF_HOUR not in [slot.starts for slot in await desk.free()]
        assert await desk.hold(TEN) == Taken()
    async with place.desk(1) as desk:
        assert NINE + HALF_HOUR in [slot.starts for slot in await desk.free()]
        assert (await desk.hold(NINE + HALF_HOUR)).visit is not None


async def test_a_time_that_was_let_go_is_free_again(place: Estate) -> None:
    await place.hold(1)
    async with place.desk(1) as desk:
        await desk.release()
        await desk.release()

    assert await place.count(Occupied) == 0
    assert await place.hold(2) is not None


async def test_their_own_time_can_be_held_again_when_it_has_become_too_soon_for_others(place: Estate) -> None:
    place.clock.at = TEN - dt.timedelta(hours=48)
    held = await place.hold(1)
    place.clock.move(minutes=5)

    assert await place.hold(2) is None
    assert await place.hold(1) == held


async def test_a_hold_that_ran_out_is_still_theirs_while_it_is_free(place: Estate) -> None:
    held = await place.hold(1)
    place.clock.move(hours=3)

    booked = await place.confirm(1, draft(held))
    assert booked.visit is not None


@pytest.mark.parametrize("meanwhile", ["taken", "closed", "too soon"])
async def test_a_hold_that_ran_out_is_over_when_the_time_is_gone(place: Estate, meanwhile: str) -> None:
    held = await place.hold(1)
    place.clock.move(minutes=11)
    match meanwhile:
        case "taken":
            await place.book(2)
        case "closed":
            await place.add(ClosedDay(day=MONDAY, why="training"))
        case _:
            place.clock.at = TEN - dt.timedelta(hours=1)

    assert await place.confirm(1, draft(held)) == Booked(why="hold-over")
    assert await place.count(Resident) == (meanwhile == "taken")


async def test_a_household_has_one_visit_however_its_address_is_typed(place: Estate) -> None:
    await place.book(1, address="Flat 2, 9 Marzipan Walk", postcode="LE3 1AB")
    held = await place.hold(2, ELEVEN)
    second = await place.confirm(2, draft(held, address="flat 2 9 marzipan walk.", postcode="le31ab", name="Another"))

    assert second == Booked(why="household-has-one")
    assert await place.count(Resident) == 1
    async with place.desk(2) as desk:
        assert await desk.mine() is None
        assert (await desk.hold(ELEVEN)).visit is not None


async def test_nobody_books_moves_cancels_or_waits_with_another_chat_s_visit(place: Estate) -> None:
    held, theirs = await place.hold(1), await place.book(2, ELEVEN)
    async with place.desk(3) as desk:
        assert await desk.book(draft(held)) == Booked(why="hold-over")
        assert await desk.move(theirs.id, NINE) == Booked(why="not-booked")
        assert await desk.cancel(theirs.id) is None
        await desk.wait(theirs.id, True)
        assert not await desk.say_after(theirs.id, "came", "yes")
        assert await desk.mine() is None

    assert await place.count(WaitingPlace) == 0
    assert (await place.visit(theirs.id)).state == "booked"


async def test_a_visit_moves_and_its_messages_with_it(place: Estate) -> None:
    booked = await place.book(1)
    async with place.desk(1) as desk:
        moved = (await desk.move(booked.id, TEN + dt.timedelta(days=7))).visit

    assert moved is not None
    assert (moved.id, moved.starts, moved.moves_left) == (booked.id, TEN + dt.timedelta(days=7), 2)
    assert "SEQUENCE:1" in moved.calendar
    tasks = [task for task in await place.rows(VisitTask) if isinstance(task, VisitTask)]
    assert {task.sequence for task in tasks if task.state == "waiting"} == {1}
    assert max(task.due_at for task in tasks) > moved.starts


async def test_half_an_hour_later_is_possible_though_they_have_that_time_themselves(place: Estate) -> None:
    booked = await place.book(1)
    async with place.desk(1) as desk:
        assert TEN + HALF_HOUR not in [slot.starts for slot in await desk.free()]
        assert TEN + HALF_HOUR in [slot.starts for slot in await desk.free(moving=booked.id)]
        assert (await desk.move(booked.id, TEN + HALF_HOUR)).visit is not None


async def test_a_move_that_is_tapped_twice_is_one_move(place: Estate) -> None:
    booked = await place.book(1)
    for _ in range(2):
        async with place.desk(1) as desk:
            moved = (await desk.move(booked.id, ELEVEN)).visit

    assert moved is not None
    assert moved.moves_left == 2


async def test_a_move_that_fails_leaves_the_visit_where_it_was(place: Estate) -> None:
    mine = await place.book(1, NINE)
    await place.book(2, ELEVEN)
    async with place.desk(1) as desk:
        assert await desk.move(mine.id, ELEVEN) == Booked(why="taken")
        assert await desk.mine() == mine


async def test_after_three_moves_a_person_helps(place: Estate) -> None:
    booked = await place.book(1, NINE)
    for starts in (TEN, ELEVEN, NINE, TEN):
        async with place.desk(1) as desk:
            last = await desk.move(booked.id, starts)

    assert last == Booked(why="moved-too-often")


async def test_cancelling_frees_the_time_ends_the_messages_and_sets_the_timer(place: Estate) -> None:
    booked = await place.book(1)
    async with place.desk(1) as desk:
        await desk.wait(booked.id, True)
    async with place.desk(1) as desk:
        waiting = await desk.mine()
        cancelled = await desk.cancel(booked.id)

    assert waiting is not None
    assert waiting.waiting
    assert cancelled is not None
    assert (cancelled.state, cancelled.reference, cancelled.waiting) == ("cancelled", booked.reference, False)
    assert "METHOD:CANCEL" in cancelled.calendar
    assert await place.count(Occupied) == await place.count(WaitingPlace) == 0
    assert {getattr(task, "state", "") for task in await place.rows(VisitTask)} == {"dropped"}
    assert (await place.visit(booked.id)).erase_at == place.clock.now() + dt.timedelta(days=30)


async def test_cancelled_is_said_once_and_only_of_what_was_cancelled(place: Estate) -> None:
    booked = await place.book(1)
    said = []
    for _ in range(2):
        async with place.desk(1) as desk:
            said.append(await desk.cancel(booked.id) is not None)
            said.append(await desk.mine() is None)

    assert said == [True, True, False, True]


async def test_a_visit_can_be_changed_until_the_minute_it_begins_and_seen_until_it_ends(place: Estate) -> None:
    booked = await place.book(1)
    place.clock.at = TEN
    async with place.desk(1) as desk:
        assert await desk.move(booked.id, TEN + dt.timedelta(days=7)) == Booked(why="not-booked")
        assert await desk.cancel(booked.id) is None
        assert await desk.mine() is not None
    place.clock.at = TEN + HALF_HOUR
    async with place.desk(1) as desk:
        assert await desk.mine() is None


async def test_the_last_minute_is_not_too_late_to_cancel(place: Estate) -> None:
    booked = await place.book(1)
    place.clock.at = TEN - dt.timedelta(minutes=1)
    async with place.desk(1) as desk:
        assert await desk.cancel(booked.id) is not None


async def test_the_newest_visit_is_shown(place: Estate) -> None:
    await place.book(1, NINE)
    second = await place.book(1, ELEVEN, address="77 Somebody's Mum's Close")
    async with place.desk(1) as desk:
        assert await desk.mine() == second


async def test_with_nothing_offered_there_is_nothing_to_accept(place: Estate) -> None:
    booked = await place.book(1)
    async with place.desk(1) as desk:
        assert await desk.offered() is None
        assert await desk.accept() == Booked(why="taken")
        await desk.decline()
        mine = await desk.mine()

    assert mine == booked


async def test_a_reference_that_exists_is_drawn_again(place: Estate) -> None:
    def drawn() -> Iterator[bytes]:
        for number in (1, 8, 1, 1, 2, 9):  # a reference, an id; the same twice, another, an id
            yield bytes([number]) * 16

    bytes_ = drawn()
    place.random_bytes = lambda size: next(bytes_)[:size]
    first, second = await place.hold(1, NINE), await place.hold(2, ELEVEN)

    assert first is not None
    assert second is not None
    assert (await place.visit(first)).reference != (await place.visit(second)).reference


async def test_who_chose_no_word_is_given_one(place: Estate) -> None:
    assert len((await place.book(1, word="")).word.split()) == 2


def test_a_place_without_visits_has_no_desk(clock: FixedClock) -> None:
    from bot.visits.desk import Desk
    from handlers.catalogue import Texts

    bare = library().model_copy(update={"visits": None})
    with pytest.raises(ValueError, match="no desk"):
        Desk(None, 1, "web", bare, (), Texts(), bytes)  # type: ignore[arg-type]


async def test_a_desk_that_is_not_asked_costs_no_statement(place: Estate) -> None:
    spoken: list[str] = []
    async with place.store.write() as unit:
        engine = place.store.writing.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *said: spoken.append(said[2]))
        assert place.desk_in(unit, 1).content is visits()
        assert spoken == []
        await place.desk_in(unit, 1).open()
        assert len(spoken) == 1


async def test_a_crowd_that_wants_the_last_time_books_it_once(place: Estate) -> None:
    """The losers are told, and nothing of them is kept."""
    await place.shift(dt.time(10), dt.time(10, 30))
    await patterns_end(place, MONDAY)

    async def wants(chat: int) -> Booked:
        held = await place.hold(chat)
        return Booked(why="taken") if held is None else await place.confirm(chat, draft(held, name=f"Nobody {chat}"))

    results = await asyncio.gather(*(wants(chat) for chat in range(1, CROWD + 1)))

    assert sorted(result.why or "booked" for result in results) == ["booked"] + ["taken"] * (CROWD - 1)
    assert await place.count(Resident) == 1
    assert await place.count(Occupied) == 2 * 4


async def test_two_that_wait_for_each_other_both_come_through(
    postgres_server: PostgresServer, clock: FixedClock
) -> None:
    """PostgreSQL refuses one of them; it tries again once the other is done. What it did before stays."""
    store = Store(postgres_server.fresh(), throwaway_vault(), clock)
    async with store.write() as unit:
        unit.session.add_all(StaffMember(role="officer", created_at=clock.now()) for _ in range(3))
    met, tries = asyncio.Barrier(2), list[int]()

    async def turn(own: int, other: int) -> None:
        async def step() -> None:
            tries.append(own)
            await _touch(unit, own, "own")
            if tries.count(own) == 1:
                await met.wait()
            await _touch(unit, other, "other")

        async with store.write() as unit:
            unit.session.add(StaffMember(role=f"before {own}", created_at=clock.now()))
            await unit.session.flush()
            await retried(unit, step)

    try:
        await asyncio.gather(turn(1, 2), turn(2, 1))
        async with store.read() as unit:
            kept = [(await unit.session.get_one(StaffMember, number)).role for number in (4, 5)]
    finally:
        await store.close()
    assert len(tries) >= 3, "one of them had to try again"
    assert sorted(kept) == ["before 1", "before 2"]


async def _touch(unit: Unit, member: int, role: str) -> None:
    await unit.session.execute(update(StaffMember).where(col(StaffMember.id) == member).values(role=role))
