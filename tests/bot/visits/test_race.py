"""Everybody at once: far more people than seats hold, book, move and cancel, and nobody is promised twice.

The suite tries a few hundred times. With HYPOTHESIS_PROFILE=long it is 3,000 times, and `make bench` counts what
another 3,000 tries come to, beside the usual way of booking.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import settings
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store.tables import Chat
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Occupied, StaffMember, Visit
from bot.visits import booking
from bot.visits.booking import BOOKED, Claim, Names, Rules
from knowledge.visits.slots import Slot, cells_of

Result = TypeVar("Result")

RULES = Rules(visitors=2, most_moves=1000)
TEN = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)
HALF_HOUR, QUARTER = dt.timedelta(minutes=30), dt.timedelta(minutes=15)
TIMES = tuple(TEN + n * dt.timedelta(hours=1) for n in range(12))
"""As close to each other as a visit and the road on both sides allow: with one pair, each is one seat."""
CHATS = 300
AT_ONCE = 24
"""More than there are connections to either database."""
CELLS = RULES.visitors * 4


@dataclass(frozen=True)
class Estate:
    """A store, the people of a team and of an estate, and names for visits."""

    store: Store
    staff: tuple[int, ...]
    chats: tuple[int, ...]
    numbers: count[int] = field(default_factory=lambda: count(1))

    def slot(self, starts: dt.datetime, chance: random.Random, staff: int) -> Slot:
        """Whose turn it is differs from one look to the next."""
        return Slot(starts, starts + HALF_HOUR, tuple(chance.sample(self.staff[:staff], staff)))

    async def book(self, chat: int, slot: Slot) -> Claim:
        """Hold, and confirm as soon as it is held."""
        number = next(self.numbers)
        async with self.store.write() as unit:
            held = await booking.hold(unit, chat, slot, RULES, Names(f"REF{number}", f"{number}@visits.test"))
        if held.visit_id is None:
            return held
        async with self.store.write() as unit:
            return await booking.confirm(unit, held.visit_id, f"home of {chat}", RULES)

    async def change(self, visit_id: int, slot: Slot | None) -> None:
        """Move a visit, or cancel it."""
        async with self.store.write() as unit:
            if slot is None:
                await booking.cancel(unit, visit_id)
            else:
                await booking.move(unit, visit_id, slot, RULES)

    async def booked(self) -> dict[int, dt.datetime]:
        """When each booked visit is."""
        async with self.store.read() as unit:
            rows = await unit.session.execute(
                select(col(Visit.id), col(Visit.starts)).where(col(Visit.state) == BOOKED)
            )
            return {int(visit_id): starts for visit_id, starts in rows}

    async def occupied(self) -> list[tuple[int | None, int, dt.datetime]]:
        """Every cell that is taken: by which visit, whose it is, and when."""
        statement = select(col(Occupied.visit_id), col(Occupied.staff_id), col(Occupied.cell))
        async with self.store.read() as unit:
            return [(visit_id, who, at) for visit_id, who, at in await unit.session.execute(statement)]


@pytest.fixture
async def estate(database_url: str, clock: FixedClock) -> AsyncIterator[Estate]:
    """Three of a team, and three hundred chats."""
    store, now = Store(database_url, throwaway_vault(), clock), clock.now()
    async with store.write() as unit:
        staff = [StaffMember(role="officer", created_at=now) for _ in range(3)]
        people = [Chat(channel="web", external_id=str(n), created_at=now, last_turn_at=now) for n in range(CHATS)]
        unit.session.add_all([*staff, *people])
        await unit.session.flush()
        numbers = tuple(one.id for one in staff), tuple(one.id for one in people)
    yield Estate(store, *numbers)
    await store.close()


async def crowd(doings: Iterable[Awaitable[Result]]) -> list[Result]:
    """All of them, so many at once."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(doing: Awaitable[Result]) -> Result:
        async with room:
            return await doing

    return await asyncio.gather(*(one(doing) for doing in doings))


async def everybody_has_what_they_were_promised(estate: Estate) -> None:
    """Each booked visit has the right cells, of two people, and nothing else is taken."""
    booked, taken = await estate.booked(), await estate.occupied()
    assert {visit_id for visit_id, _, _ in taken} == set(booked)
    assert Counter(visit_id for visit_id, _, _ in taken) == dict.fromkeys(booked, CELLS)
    for visit_id, starts in booked.items():
        times = {at for owner, _, at in taken if owner == visit_id}
        assert times == set(cells_of(starts, starts + HALF_HOUR, RULES.buffer))


@pytest.mark.parametrize("staff", [2, 3])
async def test_thousands_want_the_same_dozen_times(estate: Estate, staff: int) -> None:
    """One pair, or three people of whom only two can be a pair: a dozen seats either way."""
    chance = random.Random(staff)
    tries = 3000 if settings().max_examples > 1000 else 300
    wishes = [(estate.chats[n % CHATS], estate.slot(chance.choice(TIMES), chance, staff)) for n in range(tries)]
    claims = await crowd(estate.book(chat, slot) for chat, slot in wishes)

    booked = await estate.booked()
    assert sorted(booked.values()) == list(TIMES)
    assert {claim.visit_id for claim in claims} - {None} == set(booked)
    await everybody_has_what_they_were_promised(estate)


async def test_a_crowd_that_moves_and_cancels_at_once_leaves_nobody_out(estate: Estate) -> None:
    """Half of the times are booked; all of these visits are moved about, into each other's way, and a few end."""
    chance = random.Random(1)
    for chat, starts in zip(estate.chats, TIMES[::2], strict=False):
        await estate.book(chat, estate.slot(starts, chance, 3))
    visits = sorted(await estate.booked())
    begins = [TEN + n * QUARTER for n in range(4 * len(TIMES))]
    moves = [estate.change(n, estate.slot(chance.choice(begins), chance, 3)) for n in 12 * visits]
    await crowd([*moves[:40], *(estate.change(n, None) for n in visits[:2]), *moves[40:]])

    assert sorted(await estate.booked()) == visits[2:]
    await everybody_has_what_they_were_promised(estate)
