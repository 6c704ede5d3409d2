"""Personal details go by a timer whatever became of a visit, or at once for somebody who asks; a bare row stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from bot.clock import FixedClock
from bot.store import privacy
from bot.store.visit_tables import Occupied, Referral, Resident, Visit, VisitFeedback, VisitTask, WaitingPlace
from bot.visits import booking, erasing
from knowledge.visits.questions import End
from tests.bot.visits.estate import ELEVEN, HALF_HOUR, NINE, TEN, Estate, estate, visits

ENDS: Mapping[End, int] = visits().erase_after_days
SAID = ("Zebedee", "Marzipan", "parrot", "kettle", "960123", "noon", "LE3 1AB", "a quiet word", "so kind")


@pytest.fixture
async def place(database_url: str, clock: FixedClock) -> AsyncIterator[Estate]:
    async with estate(database_url, clock) as built:
        yield built


async def full(place: Estate, chat: int, starts: dt.datetime, **said: object) -> int:
    """A booked visit about which everything is known that can be."""
    booked = await place.book(chat, starts, **said)
    async with place.desk(chat) as desk:
        await desk.wait(booked.id, True)
    async with place.store.write() as unit:
        notes = unit.vault.seal("visit.notes", "a quiet word")
        await unit.session.execute(update(Visit).where(col(Visit.id) == booked.id).values(notes=notes))
        words = unit.vault.seal("visit_feedback.words", "so kind")
        unit.session.add(VisitFeedback(visit_id=booked.id, came="yes", words=words, at=unit.now))
        unit.session.add(Referral(visit_id=booked.id, organisation="brite-centre", at=unit.now))
    return booked.id


async def ended(place: Estate, visit_id: int, end: str) -> None:
    """A visit in this state, as if the team had said so."""
    async with place.store.write() as unit:
        await unit.session.execute(update(Visit).where(col(Visit.id) == visit_id).values(state=end))


async def erased(place: Estate) -> int:
    """One look for what is due."""
    async with place.store.write() as unit:
        return await erasing.erase_due(unit)


async def timers(place: Estate) -> int:
    """Start the timers that do not run yet."""
    async with place.store.write() as unit:
        return await erasing.start_timers(unit, visits())


async def is_bare(place: Estate, visit_id: int) -> bool:
    """Is nothing personal left in the row?"""
    visit = await place.visit(visit_id)
    return all(getattr(visit, name) is None for name in erasing.PERSONAL)


@pytest.mark.parametrize("end", ENDS)
async def test_details_go_on_the_day_that_the_place_says(place: Estate, clock: FixedClock, end: End) -> None:
    number = await full(place, 1, TEN)
    assert "Zebedee" in await place.words_in_clear()
    await ended(place, number, end)
    async with place.store.write() as unit:
        await erasing.set_timer(unit, number, end, visits())
    clock.move(days=ENDS[end], seconds=-1)
    assert await erased(place) == 0
    clock.move(seconds=1)

    assert [await erased(place), await erased(place)] == [1, 0]
    assert await is_bare(place, number)
    clear = await place.words_in_clear()
    assert [word for word in SAID if word in clear] == []


async def test_what_counts_outlives_who_it_was(place: Estate, clock: FixedClock) -> None:
    number = await full(place, 1, TEN)
    await ended(place, number, "done")
    await timers(place)
    clock.move(days=400)
    await erased(place)

    visit = await place.visit(number)
    assert (visit.state, visit.starts, visit.priority, visit.reasons, visit.area) == (
        "done", TEN, "high", "fire-safety,loneliness", "Braunstone",
    )  # fmt: skip
    assert await place.count(Resident) == await place.count(VisitTask) == await place.count(WaitingPlace) == 0
    assert await place.count(Referral) == 1
    (feedback,) = await place.rows(VisitFeedback)
    assert isinstance(feedback, VisitFeedback)
    assert (feedback.came, feedback.words) == ("yes", None)


async def test_every_end_gets_its_timer_and_what_is_to_come_gets_none(place: Estate, clock: FixedClock) -> None:
    expired = await place.hold(1, NINE)
    coming = (await place.book(2, TEN)).id
    cancelled = (await place.book(3, ELEVEN)).id
    clock.move(minutes=11)
    async with place.store.write() as unit:
        await booking.expire_holds(unit)
        await booking.cancel(unit, cancelled)

    assert [await timers(place), await timers(place)] == [2, 0]
    assert expired is not None
    days = [(await place.visit(number)).erase_at for number in (expired, cancelled)]
    assert days == [
        clock.now() + dt.timedelta(days=ENDS["expired"]),
        clock.now() + dt.timedelta(days=ENDS["cancelled"]),
    ]
    assert (await place.visit(coming)).erase_at is None


async def test_a_visit_whose_outcome_nobody_wrote_down_is_erased_too(place: Estate, clock: FixedClock) -> None:
    number = await full(place, 1, TEN)
    clock.at = TEN + HALF_HOUR + dt.timedelta(minutes=1)
    assert await timers(place) == 1
    clock.move(days=ENDS["done"])

    assert await erased(place) == 1
    assert await is_bare(place, number)


async def test_a_visit_to_come_is_never_erased_by_an_old_timer(place: Estate, clock: FixedClock) -> None:
    number = await full(place, 1, TEN)
    async with place.store.write() as unit:
        await erasing.set_timer(unit, number, "done", visits())
        late = clock.now() + dt.timedelta(days=300)
        await unit.session.execute(update(Visit).values(starts=late, ends=late + HALF_HOUR))
    clock.move(days=200)

    assert await erased(place) == 0
    assert await place.count(Resident) == 1


async def test_somebody_who_is_visited_again_stays_until_the_last_timer(place: Estate, clock: FixedClock) -> None:
    first, second = await full(place, 1, TEN), await full(place, 2, ELEVEN)
    async with place.store.write() as unit:
        same = (await place.visit(second)).resident_id
        await unit.session.execute(update(Visit).where(col(Visit.id) == first).values(resident_id=same))
        await erasing.set_timer(unit, first, "cancelled", visits())
        await unit.session.execute(update(Visit).where(col(Visit.id) == first).values(state="cancelled"))
    clock.move(days=1)
    await ended(place, second, "refused")
    await timers(place)
    clock.move(days=ENDS["cancelled"] - 1)
    assert await erased(place) == 1
    assert (await place.visit(second)).resident_id == same

    clock.move(days=1)
    assert await erased(place) == 1
    assert (await place.visit(second)).resident_id is None


async def test_who_asks_to_be_forgotten_is_not_visited_and_leaves_nothing(place: Estate, clock: FixedClock) -> None:
    past, coming = await full(place, 1, NINE), await full(place, 1, ELEVEN, address="1 Nougat Way")
    theirs = await place.book(2, TEN)
    clock.at = NINE + HALF_HOUR
    await ended(place, past, "done")
    async with place.store.write() as unit:
        assert await erasing.forget(unit, 1) == 1

    assert (await place.visit(past)).state == "done"
    assert (await place.visit(coming)).state == "cancelled"
    assert await is_bare(place, past)
    assert await is_bare(place, coming)
    cells = {cell.visit_id for cell in await place.rows(Occupied) if isinstance(cell, Occupied)}
    assert coming not in cells
    async with place.desk(2) as desk:
        still = await desk.mine()
    assert still is not None
    assert (still.id, still.address) == (theirs.id, theirs.address)
    assert await place.count(Resident) == 1


async def test_what_is_held_is_given_back_by_who_is_forgotten(place: Estate) -> None:
    held = await place.hold(1)
    async with place.store.write() as unit:
        assert await erasing.forget(unit, 1) == 0

    assert held is not None
    assert ((await place.visit(held)).state, await is_bare(place, held)) == ("expired", True)
    assert await place.count(Occupied) == 0


async def test_a_receipt_counts_visits_and_deleting_everything_ends_them(place: Estate) -> None:
    await full(place, 1, TEN)
    async with place.store.write() as unit:
        assert (await privacy.ThisPerson(unit, 1).held()).visits == 1
        await privacy.forget_person(unit, 1)
        assert (await privacy.ThisPerson(unit, 1).held()).visits == 0

    assert await place.count(Occupied) == 0


async def test_a_household_that_was_forgotten_may_ask_again(place: Estate) -> None:
    await place.book(1, TEN, address="12 Marzipan Walk")
    async with place.store.write() as unit:
        await erasing.forget(unit, 1)

    assert (await place.book(2, ELEVEN, address="12 Marzipan Walk")).state == "booked"


MADE_UP = st.text("BCDFGHJKLMNPQRSTVWXZ", min_size=12, max_size=20)
"""Long words that nothing else in the tables holds."""


@given(
    words=st.lists(MADE_UP, min_size=5, max_size=5, unique=True), at_once=st.booleans(), end=st.sampled_from(list(ENDS))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
async def test_whatever_was_said_nothing_of_it_can_be_read_afterwards(
    place: Estate, words: list[str], at_once: bool, end: End
) -> None:
    name, address, needs, safe, word = words
    number = await full(place, 1, TEN, name=name, address=address, needs=needs, safe=safe, word=word)
    said = await place.words_in_clear()
    assert [w for w in words if w not in said] == []
    async with place.store.write() as unit:
        if at_once:
            await erasing.forget(unit, 1)
        else:
            await booking.cancel(unit, number)
            await unit.session.execute(
                update(Visit).where(col(Visit.id) == number).values(state=end, erase_at=unit.now)
            )
            await erasing.erase_due(unit)

    assert [w for w in words if w in await place.words_in_clear()] == []
    assert await is_bare(place, number)
