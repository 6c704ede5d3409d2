"""The waiting list: one person at a time, in order, until a moment; and nobody slips in between."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from bot.store.visit_tables import Occupied, Visit, VisitTask, WaitingPlace
from bot.visits import booking, waiting
from bot.visits.booking import Claim, Names
from knowledge.prose import words_of
from knowledge.visits.slots import Slot
from tests.bot.visits.later import FEEDBACK_AFTER, HALF_HOUR, MONDAY_IN_TWO_WEEKS, RULES, ZONE, Later, labels, later
from tests.databases import SqliteFiles

DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 11, 30)
MONDAY_AT_NINE = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
TUESDAY_AT_NINE = MONDAY_AT_NINE + DAY
CELLS = 2 * 4


@pytest.fixture
async def house(database_url: str, clock: FixedClock) -> AsyncIterator[Later]:
    """The team has one free time: on Monday at nine."""
    async with later(database_url, clock) as made:
        await made.works(MONDAY)
        yield made


@pytest.fixture
async def small(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Later]:
    """The same on SQLite alone, where a test is about a decision and not about SQL."""
    async with later(sqlite_files.fresh(), clock) as made:
        await made.works(MONDAY)
        yield made


async def waits(house: Later, chat: int | None, hours: int = 0, **visit: object) -> int:
    """A booked visit on the list, so many hours after ten o'clock."""
    booked = await house.book(chat, MONDAY_IN_TWO_WEEKS + dt.timedelta(hours=hours), **visit)
    async with house.store.write() as unit:
        await waiting.wait(unit, booked, True)
    return booked


async def offered(house: Later, chat: int) -> Slot | None:
    async with house.store.read() as unit:
        return await waiting.offered(unit, chat)


async def accept(house: Later, chat: int) -> Claim:
    async with house.store.write() as unit:
        return await waiting.accept(unit, chat, RULES, ZONE, FEEDBACK_AFTER)


async def decline(house: Later, chat: int) -> None:
    async with house.store.write() as unit:
        await waiting.decline(unit, chat)


async def hold(house: Later, chat: int, starts: dt.datetime) -> Claim:
    slot, number = Slot(starts, starts + HALF_HOUR, house.staff), next(house.numbers)
    async with house.store.write() as unit:
        return await booking.hold(unit, chat, slot, RULES, Names(f"REF-{number}", f"{number}@visits.test"))


async def test_an_earlier_time_is_offered_and_taken(house: Later) -> None:
    chat = await house.chat()
    visit = await waits(house, chat)
    await house.sweep()
    await house.sweep()

    assert await offered(house, chat) == Slot(MONDAY_AT_NINE, MONDAY_AT_NINE + HALF_HOUR, house.staff)
    (letter,) = await house.sent(chat)
    assert labels(letter) == ["Yes, take the earlier time", "No, keep my time"]
    assert words_of(letter.blocks) == (
        "We have an earlier time for your visit: Monday 30 November at 9am.\n"
        "Your visit is now on Monday 7 December at 10am. Would you like the earlier time? "
        "We keep it for you until Thursday 26 November at 10am.\n"
        "If you do nothing, your visit stays as it is."
    )
    assert await accept(house, chat) == Claim(visit)

    moved = await house.visit(visit)
    assert (moved.starts, moved.sequence, moved.moves, moved.state) == (MONDAY_AT_NINE, 1, 0, "booked")
    assert await house.cells(visit) == len(await house.rows(Occupied)) == CELLS
    assert all(row.hold_until is None for row in await house.rows(Occupied))
    assert await house.rows(WaitingPlace) == []
    assert [row.id for row in await house.rows(Visit)] == [visit]


async def test_what_was_to_be_said_is_planned_anew(small: Later) -> None:
    chat = await small.chat()
    await waits(small, chat)
    await small.sweep()
    await accept(small, chat)

    waiting_now = {task.kind: task.due_at for task in await small.rows(VisitTask) if task.state == "waiting"}
    assert waiting_now == {
        "day-before": MONDAY_AT_NINE - DAY,
        "after": MONDAY_AT_NINE + HALF_HOUR + FEEDBACK_AFTER,
    }


async def test_the_most_urgent_comes_first_then_who_has_waited_longest(house: Later) -> None:
    first, second, urgent = [await house.chat() for _ in range(3)]
    await waits(house, first, 0)
    house.clock.move(minutes=1)
    await waits(house, second, 2)
    house.clock.move(minutes=1)
    await waits(house, urgent, 4, priority="high")
    asked: list[int] = []
    for _ in range(4):
        await house.sweep()
        open_to = [chat for chat in (first, second, urgent) if await offered(house, chat)]
        assert len(open_to) <= 1
        for chat in open_to:
            asked.append(chat)
            await decline(house, chat)

    assert asked == [urgent, first, second]


async def test_what_is_kept_for_one_nobody_else_can_have(small: Later) -> None:
    chat, other = await small.chat(), await small.chat()
    await waits(small, chat)
    await small.sweep()

    assert (await hold(small, other, MONDAY_AT_NINE)).why == "taken"


async def test_silence_is_no_and_the_next_person_is_asked(house: Later) -> None:
    first, second = await house.chat(), await house.chat()
    await waits(house, first, 0)
    house.clock.move(minutes=1)
    await waits(house, second, 2)
    await house.sweep()
    house.clock.move(hours=24, minutes=1)

    assert (await accept(house, first)).why == "taken"
    await house.sweep()
    assert await offered(house, first) is None
    assert await offered(house, second) is not None


async def test_too_late_changes_nothing(small: Later) -> None:
    chat = await small.chat()
    visit = await waits(small, chat)
    await small.sweep()
    small.clock.move(hours=24, minutes=1)
    late = await accept(small, chat)

    assert late == Claim(why="taken")
    assert (await small.visit(visit)).starts == MONDAY_IN_TWO_WEEKS
    assert await small.cells(visit) == CELLS


async def test_cells_that_somebody_took_over_cannot_be_accepted(house: Later) -> None:
    chat, other = await house.chat(), await house.chat()
    visit = await waits(house, chat)
    await house.sweep()
    (place,) = await house.rows(WaitingPlace)
    for row in await house.rows(Occupied):
        if row.visit_id == place.offer_id and row.staff_id == house.staff[0]:
            async with house.store.write() as unit:
                await unit.session.delete(await unit.session.merge(row))
    await house.book(other, TUESDAY_AT_NINE)

    assert (await accept(house, chat)).why == "taken"
    assert await house.cells(visit) == CELLS
    assert (await house.visit(visit)).starts == MONDAY_IN_TWO_WEEKS


async def test_no_leaves_the_time_to_others_and_is_remembered(small: Later) -> None:
    chat, other = await small.chat(), await small.chat()
    await waits(small, chat)
    await small.sweep()
    await decline(small, chat)
    await small.sweep()

    assert await offered(small, chat) is None
    assert (await hold(small, other, MONDAY_AT_NINE)).visit_id is not None


async def test_an_offer_never_stands_past_the_notice_of_its_time(small: Later) -> None:
    chat = await small.chat()
    await waits(small, chat)
    small.clock.at = MONDAY_AT_NINE - dt.timedelta(hours=65)  # Friday at four
    await small.sweep()
    (place,) = await small.rows(WaitingPlace)

    assert place.offer_until == MONDAY_AT_NINE - dt.timedelta(hours=48)


@pytest.mark.parametrize("hours_before", [48.5, 47, -1])
async def test_a_time_that_leaves_no_time_to_answer_is_not_offered(small: Later, hours_before: float) -> None:
    chat = await small.chat()
    await waits(small, chat)
    small.clock.at = MONDAY_AT_NINE - dt.timedelta(hours=hours_before)
    await small.sweep()

    assert await offered(small, chat) is None


@pytest.mark.parametrize(("later_by", "worth_it"), [(dt.timedelta(hours=23, minutes=30), False), (DAY, True)])
async def test_less_than_a_day_earlier_is_not_worth_a_message(
    small: Later, later_by: dt.timedelta, worth_it: bool
) -> None:
    chat = await small.chat()
    visit = await small.book(chat, MONDAY_AT_NINE + later_by)
    async with small.store.write() as unit:
        await waiting.wait(unit, visit, True)
    await small.sweep()

    assert (await offered(small, chat) is not None) is worth_it


async def test_nothing_is_offered_at_night(small: Later) -> None:
    chat = await small.chat()
    await waits(small, chat)
    small.clock.at = dt.datetime(2026, 11, 25, 23, 0, tzinfo=dt.UTC)
    await small.sweep()
    at_night = await offered(small, chat)
    small.clock.move(hours=9)
    await small.sweep()

    assert at_night is None
    assert await offered(small, chat) is not None


async def test_whom_no_message_reaches_is_rung_once_and_the_next_is_asked(house: Later) -> None:
    await house.works(MONDAY + DAY)
    unreached, next_one = await house.chat("web"), await house.chat()
    rung = await waits(house, unreached, 0, priority="high")
    await waits(house, next_one, 2)
    for _ in range(3):
        await house.sweep()

    calls = [task for task in await house.rows(VisitTask) if task.state == "ring"]
    assert [(task.visit_id, task.kind) for task in calls] == [(rung, "earlier")]
    assert await house.sent(unreached) == []
    assert await offered(house, next_one) is not None


@pytest.mark.parametrize("contact", ["reply_only", "never"])
async def test_whoever_must_hide_is_neither_asked_nor_rung(small: Later, contact: str) -> None:
    visit = await waits(small, await small.chat(contact=contact))
    await small.sweep()

    assert "earlier" not in await small.tasks(visit)
    assert len(await small.rows(Visit)) == 1


async def test_a_visit_that_is_cancelled_gives_its_offer_back(house: Later) -> None:
    chat = await house.chat()
    visit = await waits(house, chat)
    await house.sweep()
    async with house.store.write() as unit:
        await booking.cancel(unit, visit)
    await house.sweep()

    assert await house.rows(WaitingPlace) == []
    assert await house.rows(Occupied) == []
    assert (await accept(house, chat)).why == "taken"


async def test_whoever_found_an_earlier_time_alone_needs_no_offer(small: Later) -> None:
    chat = await small.chat()
    visit = await waits(small, chat)
    await small.sweep()
    sooner = MONDAY_AT_NINE - DAY
    await small.change(Visit, visit, starts=sooner, ends=sooner + HALF_HOUR)

    assert await offered(small, chat) is None
    assert (await accept(small, chat)).why == "taken"
    await small.sweep()
    (place,) = await small.rows(WaitingPlace)
    assert place.offer_id is None
    assert await small.cells(visit) == len(await small.rows(Occupied)) == CELLS


async def test_on_the_list_twice_is_once_and_off_is_off(small: Later) -> None:
    visit = await waits(small, await small.chat())
    async with small.store.write() as unit:
        await waiting.wait(unit, visit, True)
    assert len(await small.rows(WaitingPlace)) == 1
    async with small.store.write() as unit:
        await waiting.wait(unit, visit, False)
        await waiting.wait(unit, visit, False)

    assert await small.rows(WaitingPlace) == []


async def test_no_chat_can_take_what_is_kept_for_another(small: Later) -> None:
    chat, other = await small.chat(), await small.chat()
    await waits(small, chat)
    await small.sweep()
    await decline(small, other)

    assert (await accept(small, other)).why == "taken"
    assert await offered(small, chat) is not None


async def test_nobody_slips_in_while_an_offer_is_taken(house: Later) -> None:
    chat = await house.chat()
    visit = await waits(house, chat)
    others = [await house.chat() for _ in range(6)]
    await house.sweep()
    taken, *claims = await asyncio.gather(
        accept(house, chat),
        *(hold(house, other, MONDAY_AT_NINE) for other in others[:3]),
        *(hold(house, other, MONDAY_IN_TWO_WEEKS) for other in others[3:]),
    )

    assert taken == Claim(visit)
    assert [claim.why for claim in claims[:3]] == ["taken"] * 3
    assert sum(claim.visit_id is not None for claim in claims[3:]) <= 1
    assert await house.cells(visit) == CELLS


async def test_two_taps_at_once_are_one_move(house: Later) -> None:
    chat = await house.chat()
    visit = await waits(house, chat)
    await house.sweep()
    claims = await asyncio.gather(accept(house, chat), accept(house, chat))

    assert sorted(claim.why or "got" for claim in claims) == ["got", "taken"]
    assert (await house.visit(visit)).sequence == 1
    assert await house.cells(visit) == CELLS
