"""Any order of holding, booking, moving, cancelling and being away: the store says what a plain model says.

Three of a team, five chats, one short day, and pairs: most steps want what somebody else has.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, count, product
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.clock import FixedClock
from bot.store import chats
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Absence, ClosedDay, Occupied, RotaPattern, StaffMember, Visit
from bot.visits import booking, cells, diary
from bot.visits.booking import BOOKED, CANCELLED, EXPIRED, HELD, Claim, Names, Rules, Why
from handlers.turn import Turn
from knowledge.visits.slots import Slot, Terms, cells_of
from tests.databases import Databases

Result = TypeVar("Result")
Cell = tuple[int, dt.datetime]
"""A visitor, and when a quarter of an hour of theirs begins."""

RULES = Rules(visitors=2)
TERMS = Terms(visitors_needed=2, notice=dt.timedelta(), window_days=7)
STAFF, CHATS = 3, 5
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
TEN = dt.datetime(2026, 11, 30, 10, 0, tzinfo=dt.UTC)
QUARTER = dt.timedelta(minutes=15)
STARTS = tuple(TEN + n * 2 * QUARTER for n in range(6))
"""Each takes a quarter of the road to the next: neighbours are in each other's way."""
MONDAY = TEN.date()
AWAY = 0
"""Whose a cell is that an absence has."""

whole_team = st.permutations(range(STAFF)).map(tuple)
places = whole_team | whole_team | st.lists(st.integers(0, STAFF - 1), unique=True, min_size=1).map(tuple)
starts_of_day = st.sampled_from(STARTS)
households = st.sampled_from([None, None, "one", "two"])
patience = st.sampled_from([5, 10, 11])
anybody = st.integers(0, CHATS - 1)


@dataclass
class Kept:
    """What the model knows of a visit."""

    chat: int | None
    starts: dt.datetime
    ends: dt.datetime
    state: str = HELD
    until: dt.datetime | None = None
    household: str | None = None
    moves: int = 0
    sequence: int = 0


@dataclass
class Model:
    """Who has what, by the rules as one would tell them. Each step gives what should be answered."""

    now: dt.datetime = NOW
    visits: dict[int, Kept] = field(default_factory=dict)
    owners: dict[Cell, int] = field(default_factory=dict)
    absent: set[Cell] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    closed: bool = False

    def held_by(self, chat: int) -> int | None:
        return next((n for n, visit in self.visits.items() if visit.state == HELD and visit.chat == chat), None)

    def held(self, visit_id: int | None, chat: int, slot: Slot) -> None:
        """A hold that was got, or (None) the end of the one before."""
        before = self.held_by(chat)
        if before is not None:
            self.end(before, EXPIRED)
        if visit_id is not None:
            self.give(visit_id, slot)
            self.visits[visit_id] = Kept(chat, slot.starts, slot.ends, until=self.now + RULES.hold)

    def confirm(self, visit_id: int, household: str | None) -> Why | None:
        visit = self.visits[visit_id]
        if visit.state != HELD:
            return None if visit.state == BOOKED else "hold-over"
        whole = RULES.visitors * len(cells_of(visit.starts, visit.ends, RULES.buffer))
        why: Why | None = None if self.has(visit_id) == whole else "hold-over"
        if household and household in self.households():
            why = "household-has-one"
        if why is not None:
            self.end(visit_id, EXPIRED)
            return why
        visit.state, visit.until, visit.household = BOOKED, None, household
        return None

    def move(self, visit_id: int, slot: Slot, by_staff: bool) -> Why | None:
        visit = self.visits[visit_id]
        if visit.state != BOOKED:
            return "not-booked"
        if visit.moves >= RULES.most_moves and not by_staff:
            return "moved-too-often"
        if self.team(visit_id, slot) is None:
            return "taken"
        self.give(visit_id, slot)
        visit.starts, visit.ends = slot.starts, slot.ends
        visit.moves, visit.sequence = visit.moves + (not by_staff), visit.sequence + 1
        return None

    def cancel(self, visit_id: int) -> bool:
        if self.visits[visit_id].state != BOOKED:
            return False
        self.end(visit_id, CANCELLED)
        self.visits[visit_id].sequence += 1
        return True

    def away(self, wanted: list[Cell]) -> list[int]:
        """An absence takes what is free, or only kept by a hold that ran out; the visits in its way."""
        self.absent.update(wanted)
        self.owners.update((cell, AWAY) for cell in wanted if self.is_free(cell))
        return sorted({self.owners[cell] for cell in wanted} - {AWAY})

    def expire(self) -> int:
        over = [visit_id for visit_id in self.visits if self.ran_out(visit_id)]
        for visit_id in over:
            self.end(visit_id, EXPIRED)
        return len(over)

    def team(self, visit_id: int | None, slot: Slot) -> list[Cell] | None:
        """The cells of the first two who could come, if any two can."""
        starts = cells_of(slot.starts, slot.ends, RULES.buffer)
        wishes = (list(product(pair, starts)) for pair in combinations(slot.visitors, RULES.visitors))
        return next((wish for wish in wishes if all(self.may_have(visit_id, cell) for cell in wish)), None)

    def may_have(self, visit_id: int | None, cell: Cell) -> bool:
        return cell not in self.absent and (self.is_free(cell) or self.owners[cell] == visit_id)

    def is_free(self, cell: Cell) -> bool:
        owner = self.owners.get(cell)
        return owner is None or (owner != AWAY and self.ran_out(owner))

    def offered(self, staff: tuple[int, ...]) -> dict[dt.datetime, set[int]]:
        """Who could come at each time of the day, where that is enough of them."""
        if self.closed:
            return {}
        free = {starts: self.free_for(starts, set(staff) - self.gone) for starts in STARTS}
        return {starts: who for starts, who in free.items() if len(who) >= RULES.visitors}

    def free_for(self, starts: dt.datetime, staff: set[int]) -> set[int]:
        needed = cells_of(starts, starts + 2 * QUARTER, RULES.buffer)
        return {who for who in staff if all(self.is_free((who, cell)) for cell in needed)}

    def ran_out(self, visit_id: int) -> bool:
        until = self.visits[visit_id].until
        return until is not None and until < self.now

    def give(self, visit_id: int, slot: Slot) -> None:
        wish = self.team(visit_id, slot)
        assert wish is not None
        self.release(visit_id)
        self.owners.update(dict.fromkeys(wish, visit_id))

    def end(self, visit_id: int, state: str) -> None:
        self.release(visit_id)
        self.visits[visit_id].state, self.visits[visit_id].until = state, None

    def release(self, visit_id: int) -> None:
        """What lies in an absence goes to the absence."""
        given = {cell for cell, owner in self.owners.items() if owner == visit_id}
        self.owners |= dict.fromkeys(given & self.absent, AWAY)
        for cell in given - self.absent:
            del self.owners[cell]

    def has(self, visit_id: int) -> int:
        return sum(owner == visit_id for owner in self.owners.values())

    def households(self) -> set[str | None]:
        return {visit.household for visit in self.visits.values() if visit.state == BOOKED}


Seen = tuple[dict[int, Kept], dict[Cell, int]]
"""The visits by their numbers, and whose every cell is."""
KEPT = [col(getattr(Visit, name)) for name in (
    "id", "chat_id", "starts", "ends", "state", "hold_until", "household", "moves", "sequence"
)]  # fmt: skip


@dataclass(frozen=True)
class House:
    """One store for the whole run, on the one loop that its connections belong to."""

    store: Store
    clock: FixedClock
    runner: asyncio.Runner
    staff: tuple[int, ...]
    chats: tuple[int, ...]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def step(self, work: Callable[[Unit], Awaitable[Result]]) -> Result:
        """One transaction."""
        return self.runner.run(_written(self.store, work))

    def offered(self) -> dict[dt.datetime, set[int]]:
        """The times of the day that residents are offered, and who could come."""
        slots = self.step(lambda unit: diary.offer(unit, TERMS))
        return {slot.starts: set(slot.visitors) for slot in slots}


async def _written(store: Store, work: Callable[[Unit], Awaitable[Result]]) -> Result:
    async with store.write() as unit:
        return await work(unit)


async def _done(unit: Unit, work: Callable[[Unit], Awaitable[Result]]) -> tuple[Result, Seen]:
    return await work(unit), await _seen(unit)


async def _people(unit: Unit) -> tuple[tuple[int, ...], tuple[int, ...]]:
    members = [StaffMember(role="officer", created_at=unit.now) for _ in range(STAFF)]
    unit.session.add_all(members)
    await unit.session.flush()
    unit.session.add_all(
        RotaPattern(staff_id=one.id, weekday=0, begins=dt.time(10), ends=dt.time(13)) for one in members
    )
    turns = [Turn(channel="web", bot="", key="1", chat=str(n), at=unit.now, text="visit") for n in range(CHATS)]
    return tuple(member.id for member in members), tuple([(await chats.lock(unit, turn)).id for turn in turns])


async def _emptied(unit: Unit) -> None:
    for table in (Occupied, Visit, Absence, ClosedDay):
        await unit.session.execute(delete(table))
    await unit.session.execute(update(RotaPattern).values(last=None))


async def _closed(unit: Unit) -> None:
    unit.session.add(ClosedDay(day=MONDAY))
    await unit.session.flush()


async def _opened(unit: Unit) -> None:
    await unit.session.execute(delete(ClosedDay))


async def _works_until(unit: Unit, visitor: int, last: dt.date | None) -> None:
    statement = update(RotaPattern).where(col(RotaPattern.staff_id) == visitor).values(last=last)
    await unit.session.execute(statement)


async def _absent(unit: Unit, visitor: int, starts: dt.datetime, ends: dt.datetime) -> list[int]:
    absence = Absence(staff_id=visitor, starts=starts, ends=ends)
    unit.session.add(absence)
    await unit.session.flush()
    return list(await cells.block(unit, visitor, cells_of(starts, ends, dt.timedelta()), absence.id))


async def _seen(unit: Unit) -> Seen:
    visits = await unit.session.execute(select(*KEPT))
    rows = await unit.session.execute(select(col(Occupied.staff_id), col(Occupied.cell), col(Occupied.visit_id)))
    return {row[0]: Kept(*row[1:]) for row in visits}, {(who, cell): owner or AWAY for who, cell, owner in rows}


class Bookings(RuleBasedStateMachine):
    """What residents, staff and the clock may do, in any order."""

    known = Bundle("known")

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house, self.model = house, Model()
        self.sequences: dict[int, int] = {}
        house.clock.at = NOW
        house.step(_emptied)
        self.visits, self.owners = house.step(_seen)

    def did(self, work: Callable[[Unit], Awaitable[Result]]) -> Result:
        """Do it, and look at what is kept then."""
        self.sequences = {visit_id: visit.sequence for visit_id, visit in self.visits.items()}
        result, (self.visits, self.owners) = self.house.step(lambda unit: _done(unit, work))
        return result

    def slot(self, starts: dt.datetime, who: tuple[int, ...]) -> Slot:
        return Slot(starts, starts + 2 * QUARTER, tuple(self.house.staff[n] for n in who))

    @rule(target=known, chat=anybody, starts=starts_of_day, who=places)
    def hold(self, chat: int, starts: dt.datetime, who: tuple[int, ...]) -> object:
        chat_id, slot, number = self.house.chats[chat], self.slot(starts, who), next(self.house.numbers)
        before = self.model.held_by(chat_id)
        expected = self.model.team(before, slot)
        names = Names(f"REF{number}", f"{number}@visits.test")
        claim = self.did(lambda unit: booking.hold(unit, chat_id, slot, RULES, names))
        self.model.held(claim.visit_id, chat_id, slot)

        assert claim.why == (None if expected else "taken")
        assert (claim.visit_id is None) == (expected is None)
        assert before is None or claim.visit_id in (None, before)
        return multiple() if claim.visit_id is None else claim.visit_id

    @rule(visit_id=known, household=households)
    def confirm(self, visit_id: int, household: str | None) -> None:
        claim = self.did(lambda unit: booking.confirm(unit, visit_id, household, RULES))
        self.agrees(claim, visit_id, self.model.confirm(visit_id, household))

    @rule(target=known, chat=anybody, starts=starts_of_day, who=whole_team, household=households)
    def book(self, chat: int, starts: dt.datetime, who: tuple[int, ...], household: str | None) -> object:
        """Both at once, as most do: what is booked can be moved and cancelled."""
        visit_id = self.hold(chat, starts, who)
        if isinstance(visit_id, int):
            self.confirm(visit_id, household)
        return visit_id

    @rule(target=known, late=anybody, other=anybody, starts=starts_of_day, who=whole_team, minutes=patience)
    def be_late(self, late: int, other: int, starts: dt.datetime, who: tuple[int, ...], minutes: int) -> object:
        """Hold, and say yes when the hold has all but run out, or just has; somebody else wants the time meanwhile."""
        held = self.hold(late, starts, who)
        self.wait(minutes)
        self.expire_holds() if other == late else self.hold(other, starts, who[::-1])
        if isinstance(held, int):
            self.confirm(held, None)
        return held

    @rule(visit_id=known, starts=starts_of_day, who=places, by_staff=st.booleans())
    def move(self, visit_id: int, starts: dt.datetime, who: tuple[int, ...], by_staff: bool) -> None:
        slot = self.slot(starts, who)
        claim = self.did(lambda unit: booking.move(unit, visit_id, slot, RULES, by_staff=by_staff))
        self.agrees(claim, visit_id, self.model.move(visit_id, slot, by_staff))

    @rule(visit_id=known)
    def cancel(self, visit_id: int) -> None:
        before = self.visits[visit_id].state
        said = self.did(lambda unit: booking.cancel(unit, visit_id))

        assert said == ((before, self.visits[visit_id].state) == (BOOKED, CANCELLED))
        assert said == self.model.cancel(visit_id)

    @rule(who=st.integers(0, STAFF - 1), starts=starts_of_day, quarters=st.integers(1, 4))
    def be_away(self, who: int, starts: dt.datetime, quarters: int) -> None:
        visitor, ends = self.house.staff[who], starts + quarters * QUARTER
        in_its_way = self.did(lambda unit: _absent(unit, visitor, starts, ends))

        assert in_its_way == self.model.away([(visitor, starts + n * QUARTER) for n in range(quarters)])

    @rule()
    def close_or_open_the_day(self) -> None:
        """Nobody loses a visit by it."""
        self.model.closed = not self.model.closed
        self.did(_closed if self.model.closed else _opened)

    @rule(who=st.integers(0, STAFF - 1))
    def leave_or_come_back(self, who: int) -> None:
        """Fewer who work on Mondays: nobody loses a visit by it."""
        visitor = self.house.staff[who]
        self.model.gone ^= {visitor}
        last = MONDAY - dt.timedelta(days=1) if visitor in self.model.gone else None
        self.did(lambda unit: _works_until(unit, visitor, last))

    @rule()
    def ask_for_times(self) -> None:
        assert self.house.offered() == self.model.offered(self.house.staff)

    @rule(minutes=patience)
    def wait(self, minutes: int) -> None:
        self.house.clock.move(minutes=minutes)
        self.model.now = self.house.clock.now()

    @rule()
    def expire_holds(self) -> None:
        assert self.did(booking.expire_holds) == self.model.expire()

    def agrees(self, claim: Claim, visit_id: int, why: Why | None) -> None:
        assert claim == (Claim(visit_id) if why is None else Claim(why=why))

    @invariant()
    def everybody_is_where_the_model_says(self) -> None:
        assert self.owners == self.model.owners
        assert {n: visit for n, visit in self.visits.items() if n in self.model.visits} == self.model.visits
        assert {visit.state for n, visit in self.visits.items() if n not in self.model.visits} <= {EXPIRED}

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        """Counted from the visits as residents read them, not from the cells."""
        times = (cells_of(v.starts, v.ends, RULES.buffer) for v in self.visits.values() if v.state == BOOKED)
        needed = Counter(cell for starts in times for cell in starts for _ in range(RULES.visitors))
        away = Counter(cell for (_, cell), owner in self.owners.items() if owner == AWAY)
        assert max((needed + away).values(), default=0) <= STAFF

    @invariant()
    def a_visit_has_exactly_its_cells(self) -> None:
        """Booked, or held by a hold that runs: two people for all of it. Ended: nobody, never."""
        for visit_id, visit in self.visits.items():
            has = {cell for cell, owner in self.owners.items() if owner == visit_id}
            if visit.state in (CANCELLED, EXPIRED):
                assert has == set()
            elif visit.state == BOOKED or not self.model.ran_out(visit_id):
                who = {visitor for visitor, _ in has}
                assert len(who) == RULES.visitors
                assert has == set(product(who, cells_of(visit.starts, visit.ends, RULES.buffer)))

    @invariant()
    def a_household_has_one_visit(self) -> None:
        homes = [visit.household for visit in self.visits.values() if visit.state == BOOKED and visit.household]
        assert len(homes) == len(set(homes))

    @invariant()
    def a_calendar_never_goes_back(self) -> None:
        for visit_id, before in self.sequences.items():
            assert self.visits[visit_id].sequence >= before


@pytest.fixture
def house(databases: Databases) -> Iterator[House]:
    """Loop of its own, so that no other test's is touched."""
    clock = FixedClock(NOW)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        store = Store(databases.fresh(), throwaway_vault(), clock)
        staff, chat_ids = runner.run(_written(store, _people))
        yield House(store, clock, runner, staff, chat_ids)
        runner.run(store.close())


def test_whatever_happens_in_whatever_order_nobody_is_promised_twice(house: House) -> None:
    class Here(Bookings):
        def __init__(self) -> None:
            super().__init__(house)

    examples = max(2, settings().max_examples // 3)
    run_state_machine_as_test(Here, settings=settings(max_examples=examples, stateful_step_count=20, deadline=None))
